/* rhook_align.h - what the files of the aligner share. Not installed. Steps in order, each filling what the later ones read. */
#ifndef RHOOK_ALIGN_H
#define RHOOK_ALIGN_H

#include "rhook_lex.h"

#define RHOOK_UNPAIRED UINT32_MAX

/* A function of the Rust text as the aligner needs it. Functions nest; they are in order of their start. */
struct rhook_side {
	char *name;
	enum rhook_fn_kind kind;
	uint32_t first, end; /* Rust tokens, half-open */
	uint32_t named;	     /* itself, or for a closure the function that holds it; RHOOK_UNPAIRED = none */
	uint32_t pair;	     /* Ruchy function or RHOOK_UNPAIRED */
	uint32_t first_row, last_row;
};

struct rhook_align {
	bool identity;			    /* no Ruchy text: every Rust line is its own */
	const char *rust_text, *ruchy_text; /* the caller's; used only while the aligner is made */
	struct rhook_token *rust;
	size_t rust_count;
	struct rhook_outline ruchy;
	struct rhook_side *fns;
	size_t fn_count;
	uint32_t *rust_fn, *ruchy_fn; /* innermost function of each token, RHOOK_UNPAIRED = none */
	uint32_t *ruchy_named;	      /* of each Ruchy function: itself, or for a closure the function that holds it */
	uint32_t *ruchy_pair;	      /* of each Ruchy function: Rust function */
	uint32_t *partner;	      /* of each Rust token: Ruchy token that it was made from */
	uint32_t *resolved;	      /* of each Rust token: Ruchy token that gives its line */
	uint32_t *inlined;	      /* Ruchy functions without Rust function */
	size_t inlined_count;
	struct rhook_pair *pairs;
	size_t pair_count;
	uint32_t *rows; /* identity: first byte of each Rust row */
	size_t row_count;
};

/* rhook_align_key.c: equal keys for tokens that may stand for each other; 0: of no use. *weight: how much a match says (1 = little). */
uint64_t rhook_align_key(const char *text, const struct rhook_token *token, uint32_t *weight);
uint64_t rhook_align_hash(const char *text, size_t size);

/* rhook_align_fn.c: functions by name; closures by the tokens that they share, once bodies are aligned. False: no memory. */
bool rhook_align_names(struct rhook_align *align);
bool rhook_align_closures(struct rhook_align *align);

/* rhook_align_body.c: fills `partner`, body by body. False: no memory. */
bool rhook_align_bodies(struct rhook_align *align);

/* rhook_align_statement.c: fills `resolved`: every token takes its place from the nearest partner in its statement. False: no memory. */
bool rhook_align_statements(struct rhook_align *align);

/* An implicit function of top-level statements? */
bool rhook_align_implicit(const struct rhook_align *align, uint32_t ruchy_fn);

#endif
