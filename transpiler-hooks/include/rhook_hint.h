/*
 * rhook_hint.h - changes that may make the Rust of a program faster and leave what it does alone. Text in, text out.
 *
 * rhook_candidates() finds the places where a change is proved to be safe; which of them pay is not known here: a profile proposes, a
 * measurement decides. rhook_optimise() makes those that were chosen. What it returns is plain Rust that needs no library of ours; each
 * change has a comment of one line above it with the evidence that the caller gives.
 *
 * What a change may change: time, memory, the depth at which a recursion overflows the stack, and the line numbers in messages of panics.
 * Nothing else: the output, the exit status and the overflow behaviour stay, in every build profile. docs/hints.md has the proof of each
 * kind. Kinds that need more than that from the user say so (`allow`).
 *
 * Stability, threads, errors: as in rhook.h. Symbol version RHOOK_2.
 */
#ifndef RHOOK_HINT_H
#define RHOOK_HINT_H

#include "rhook.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Kinds may be added at the end of a release's list, so ask a library for its names: numbers are of one release, names stay. */
enum rhook_hint_kind {
#define HINT(id, suffix, name, slower, allow, summary) RHOOK_HINT_##id,
#include "rhook_hint_kinds.def"
#undef HINT
	RHOOK_HINT_KINDS
};

struct rhook_hint_info {
	const char *name;    /* "inline-recursion" */
	const char *summary; /* one sentence without a full stop */
	bool slower;	     /* may make a program slower: measure. false: never harmful */
	bool allow;	     /* only when the user says so */
};

/* NULL behind the last kind. Static. */
const struct rhook_hint_info *rhook_hint_info(unsigned kind);

#define RHOOK_HINT_NO_FUNCTION UINT32_MAX

/* A change that could be made. */
struct rhook_candidate {
	uint32_t kind;	      /* enum rhook_hint_kind */
	uint32_t function;    /* index as in rhook_output.functions of the same input */
	const char *name;     /* of that function */
	uint32_t rust_line;   /* 1-based */
	uint32_t line;	      /* .ruchy line, 0 = unknown; without Ruchy text the Rust line */
	const char *key;      /* "KIND FUNCTION ORDINAL HASH", the hash over the function's text without blanks: moved code keeps it */
	const char *what;     /* the text that it is about, on one line, cut at 60 bytes */
	uint32_t callee;      /* a function that it is also about, or RHOOK_HINT_NO_FUNCTION */
	uint64_t least, most; /* range of the amount; both 0: it takes none */
	uint64_t usual;	      /* an amount when nothing is known */
};

struct rhook_candidates {
	const struct rhook_candidate *list; /* by function, then by place */
	size_t count;
};

/*
 * Find the candidates of `input` (the prelude and trace fields are not looked at). Returns 0 and sets *candidates, or -1 and fills *error.
 * Fails as rhook_instrument() does. The caller frees with rhook_candidates_free().
 */
int rhook_candidates(const struct rhook_input *input, struct rhook_candidates **candidates, struct rhook_error *error);
void rhook_candidates_free(struct rhook_candidates *candidates); /* NULL is fine */

struct rhook_choice {
	uint32_t candidate;   /* index in the list of rhook_candidates() for the same input */
	uint64_t amount;      /* 0: the usual one */
	const char *evidence; /* for the comment above it; NULL: the kind's name alone */
};

/*
 * Apply `choices`. As rhook_instrument(), but `table` is empty and there is no edited map. Of two choices that change the same text the
 * later one in the order of the kinds is left out: output->refused has its index in `choices`, output->skips its line and why.
 * output->back maps lines of the new text to the old (0: inserted).
 */
int rhook_optimise(const struct rhook_input *input, const struct rhook_choice *choices, size_t count, struct rhook_output **output,
		   struct rhook_error *error);

#ifdef __cplusplus
}
#endif
#endif
