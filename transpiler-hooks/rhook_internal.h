/* rhook_internal.h - what the files of the hook share. Not installed. */
#ifndef RHOOK_INTERNAL_H
#define RHOOK_INTERNAL_H

#include "rhook.h"

#include <stdbool.h>
#include <tree_sitter/api.h>

/* --- rhook_buf.c: growing text; allocation failure is remembered and reported once --------------------------------------- */
struct rhook_buf {
	char *data;
	size_t size, capacity;
	bool failed;
};
void rhook_buf_add(struct rhook_buf *buf, const char *data, size_t size);
void rhook_buf_puts(struct rhook_buf *buf, const char *text);
void rhook_buf_printf(struct rhook_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void rhook_buf_free(struct rhook_buf *buf);

/* --- rhook_rust.c: what is in the Rust text ------------------------------------------------------------------------------ */
const TSLanguage *tree_sitter_rust(void);

enum rhook_fn_kind { RHOOK_FN, RHOOK_METHOD, RHOOK_CLOSURE };

/*
 * A function of the Rust text, in the order of its start byte. Found by rhook_rust.c, looked at by the aligner and the guard pass.
 * `name` is the Rust path without crate: `fibonacci`, `Point::new`, `main::{closure}`, `outer::inner`, `<Circle as Shape>::area` is
 * written `Circle::area`. For a nested function and a closure `parent` is the index of the enclosing function, else -1.
 */
struct rhook_fn {
	char *name;
	enum rhook_fn_kind kind;
	int parent;
	uint32_t start, end;	       /* bytes: whole item (attributes excluded), closure: from `|` or `move` */
	uint32_t body_start, body_end; /* bytes: the `{ ... }`; for a closure without braces the expression */
	uint32_t first_row, last_row;  /* 0-based rows of start and end */
};

/* --- rhook_ruchy.c: outline of the Ruchy text (tokens, functions), with no help from the transpiler --------------------- */
enum rhook_token_kind { RHOOK_WORD, RHOOK_NUMBER, RHOOK_STRING, RHOOK_OPERATOR };
struct rhook_token {
	uint32_t start, size; /* bytes */
	uint32_t line;	      /* 1-based */
	uint32_t column;      /* 0-based, bytes */
	enum rhook_token_kind kind;
};
struct rhook_ruchy_fn {
	char *name; /* as in Ruchy, with its type: `Point::new`; closures `main::{closure}`; top-level statements: `main` */
	enum rhook_fn_kind kind;
	uint32_t first_token, end_token; /* half-open range */
	uint32_t from, to;		 /* lines, 1-based */
};
struct rhook_outline {
	struct rhook_token *tokens;
	size_t token_count;
	struct rhook_ruchy_fn *fns;
	size_t fn_count;
};
/* Never fails on bad text (it outlines what it can), only for want of memory (false). */
bool rhook_outline(const char *text, size_t size, struct rhook_outline *outline);
void rhook_outline_free(struct rhook_outline *outline);

/* --- rhook_align.c: token alignment .ruchy <-> .rs --------------------------------------------------------------------- */
struct rhook_align;
/*
 * Align the tokens of the two texts: functions by name first, then body with body, longest common subsequence of identifiers, literals,
 * operators and the words inside strings. `ruchy->data` may be NULL: then every Rust line maps to itself. Returns NULL for want of memory.
 */
struct rhook_align *rhook_align_new(const struct rhook_text *ruchy, const struct rhook_text *rust, TSTree *tree, const struct rhook_fn *fns,
				    size_t fn_count);
void rhook_align_free(struct rhook_align *align);
/* .ruchy line (1-based) of the Rust byte; 0 = none. The nearest aligned token of the same statement decides. */
uint32_t rhook_align_line(const struct rhook_align *align, uint32_t rust_byte);
/* .ruchy name and lines of the Rust function `fn`; false: it has no Ruchy counterpart (then Rust name, lines 0). `name` lives as long as
 * `align`. */
bool rhook_align_fn(const struct rhook_align *align, size_t fn, const char **name, uint32_t *from, uint32_t *to);
/* Ruchy functions for which the transpiler left no Rust function: index 0, 1, ...; false behind the last. */
bool rhook_align_inlined(const struct rhook_align *align, size_t index, const char **name, uint32_t *from, uint32_t *to);
/* Token pairs for the source map, ordered by Rust position: returns false behind the last. Rows and columns 0-based, bytes. */
struct rhook_pair {
	uint32_t rust_row, rust_column, ruchy_row, ruchy_column;
};
bool rhook_align_pair(const struct rhook_align *align, size_t index, struct rhook_pair *pair);

/* --- rhook_map.c: Source Map v3 text ------------------------------------------------------------------------------------ */
bool rhook_map_write(const struct rhook_align *align, const struct rhook_text *ruchy, const struct rhook_text *rust, struct rhook_buf *out);
/* The same of the text that the edits make of `rust`. They must neither add nor remove a line feed. */
struct rhook_edits;
bool rhook_map_write_edited(const struct rhook_align *align, const struct rhook_text *ruchy, const struct rhook_text *rust,
			    const struct rhook_edits *edits, struct rhook_buf *out);

/* --- rhook_edit.c: ordered insertions and replacements, applied once, at the end; passes never splice text --------------- */
struct rhook_edits;
struct rhook_edits *rhook_edits_new(void);
void rhook_edits_free(struct rhook_edits *edits);
/* Replace `size` bytes at `at` by `text` (copied). Insertions at one place keep the order in which they were made. */
void rhook_edit(struct rhook_edits *edits, uint32_t at, uint32_t size, const char *text);
void rhook_editf(struct rhook_edits *edits, uint32_t at, uint32_t size, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Apply all. False: overlapping edits (a bug of a pass) or no memory. */
bool rhook_edits_apply(const struct rhook_edits *edits, const char *text, size_t size, struct rhook_buf *out);
/* Where bytes of the text will be: ask in ascending order. What was replaced is where its replacement begins. *before: where what is
 * inserted in front of the byte begins. */
struct rhook_moves {
	void *sorted; /* of rhook_edit.c */
	size_t count, next;
	int64_t by;
};
bool rhook_moves_begin(struct rhook_moves *moves, const struct rhook_edits *edits);
uint32_t rhook_moves_to(struct rhook_moves *moves, uint32_t at, uint32_t *before);
void rhook_moves_end(struct rhook_moves *moves);

#endif
