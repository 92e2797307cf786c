/*
 * rhook_hint_internal.h - what the kinds of hint share. Not installed.
 *
 * A kind is one file with two functions: rhook_find_X() adds what it can prove to be safe, rhook_apply_X() makes the edits of one of them.
 * Edits are as small as they can be, so that those of several kinds fit into one statement; rhook_hint.c takes back what does not fit.
 */
#ifndef RHOOK_HINT_INTERNAL_H
#define RHOOK_HINT_INTERNAL_H

#include "rhook_hint.h"
#include "rhook_type.h"

struct rhook_found {
	uint32_t kind, fn, node;
	uint32_t callee; /* RHOOK_NONE */
	uint64_t least, most, usual;
	uint32_t more[4]; /* of the kind */
	uint32_t ordinal; /* among those of its kind in its function, from 1 */
	/* Bytes whose structure it changes: no other that claims some of them is applied together with it. Empty: none. */
	uint32_t from, to;
};

struct rhook_hinting {
	struct rhook_program *program;
	const struct rhook_align *align;
	struct rhook_types *types;
	struct rhook_numbers *numbers; /* rhook_hint_numbers() */
	struct rhook_found *found;
	size_t count, capacity;
	bool *own_names; /* by name: of a function or method of the program */
	bool *hidden;	 /* by name: a type, or a type parameter, of the program, or imported from elsewhere than std */
	size_t name_count;
	bool own_format; /* the program has a format! of its own */
	/* while choices are applied */
	struct rhook_edits *edits;
	struct rhook_buf text; /* what is being put together */
	const char *evidence;
};

#define HINT(id, suffix, name, slower, allow, summary)                                                                                     \
	void rhook_find_##suffix(struct rhook_hinting *h);                                                                                 \
	void rhook_apply_##suffix(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount);
#include "rhook_hint_kinds.def"
#undef HINT

/* A new one, zeroed but for these; NULL for want of memory. Valid until the next. */
struct rhook_found *rhook_hint_add(struct rhook_hinting *h, enum rhook_hint_kind kind, uint32_t fn, uint32_t node);
/* The comment with the evidence, above the statement or item of the node. */
void rhook_hint_comment(struct rhook_hinting *h, enum rhook_hint_kind kind, uint32_t node);
void rhook_hint_restart(struct rhook_hinting *h);
/* A name that the program has nowhere: `base_word`, or the same with more behind it. Into `out`. */
void rhook_hint_name(const struct rhook_hinting *h, uint32_t base, const char *word, struct rhook_buf *out);
/* Blanks in front of the node on its line, when nothing else is. */
void rhook_hint_indent(const struct rhook_program *p, uint32_t byte, struct rhook_buf *out);
/* Blanks that the line of this byte begins with, whatever stands between. */
void rhook_hint_line_indent(const struct rhook_program *p, uint32_t byte, struct rhook_buf *out);
/* Do items, macros that are not understood, or words about the place in the source stand in the function? A copy of it would differ. */
bool rhook_hint_can_copy(const struct rhook_program *p, uint32_t fn);

/* --- rhook_hint_cold.c ----------------------------------------------------------------------------------------------------------- */
bool rhook_hint_may_mark(const struct rhook_program *p, uint32_t fn);
void rhook_hint_mark(struct rhook_hinting *h, enum rhook_hint_kind kind, uint32_t fn, const char *text);

/* --- rhook_hint_know.c, rhook_hint_text.c: what is certain about names and texts
 * --------------------------------------------------------------------- */
/* Fills own_names, hidden and own_format. */
bool rhook_hint_find_names(struct rhook_hinting *h);
/* The function around a node that is no closure; RHOOK_NONE. */
uint32_t rhook_hint_owner(const struct rhook_program *p, uint32_t node);
/*
 * What binds the name of this identifier: a parameter, `let`, `for`, ... whose whole pattern it is, when nothing else in the function (its
 * closures included) binds the same name. Else RHOOK_NONE.
 */
uint32_t rhook_hint_binder(const struct rhook_hinting *h, uint32_t identifier);
/* Does the name stand in the subtree, as an identifier or in the braces of a string? */
bool rhook_hint_mentions(const struct rhook_program *p, uint32_t node, uint32_t name_node);
enum rhook_text_kind {
	RHOOK_NO_TEXT,
	RHOOK_TEXT_BORROWED, /* &str, &String */
	RHOOK_TEXT_PLACE,    /* a String in a variable of the function */
	RHOOK_TEXT_VALUE,    /* a String that this expression makes */
	RHOOK_TEXT_CHAR,     /* a char */
};
enum rhook_text_kind rhook_hint_text(const struct rhook_hinting *h, uint32_t node);
/* Is it this type of the standard library, without references? */
bool rhook_hint_is_std_type(const struct rhook_hinting *h, uint32_t type, const char *name);
/* Has the program a type of its own by this name? */
bool rhook_hint_hides(const struct rhook_hinting *h, const char *name);
/* The expression without brackets around it. */
uint32_t rhook_hint_inner(const struct rhook_program *p, uint32_t node);
/* The last expression of a block, RHOOK_NONE: it ends with a statement. Comments do not count. */
uint32_t rhook_hint_tail(const struct rhook_program *p, uint32_t block);
/* Is the value of this expression that of the function around it, outside of all loops? */
bool rhook_hint_is_result(const struct rhook_program *p, uint32_t node);
/* A call of the masked macro of this name. */
bool rhook_hint_is_macro(const struct rhook_hinting *h, uint32_t call, const char *name);
/* The receiver of `x.NAME(..)`, where NAME is no method of this program, else RHOOK_NONE. */
uint32_t rhook_hint_receiver(const struct rhook_hinting *h, uint32_t call, const char *name);
/* The n-th argument of a call, RHOOK_NONE. */
uint32_t rhook_hint_argument(const struct rhook_program *p, uint32_t call, unsigned n);
bool rhook_hint_has_word(const struct rhook_program *p, const char *word);
/* Could the program see how much room a vector or string has? */
bool rhook_hint_sees_capacity(const struct rhook_program *p);
/* Does it run at compile time, where only constant functions may be called? */
bool rhook_hint_is_constant(const struct rhook_program *p, uint32_t node);
/* A place where text is printed as it stands, so that it must not change. */
bool rhook_hint_is_quoted(const struct rhook_program *p, uint32_t node);
/* Must a block in place of this expression be in brackets? */
bool rhook_hint_needs_brackets(const struct rhook_program *p, uint32_t node);
void rhook_hint_add_text(const struct rhook_program *p, uint32_t from, uint32_t to, struct rhook_buf *out);

/* The edits of `edits` in [from, to), as new ones. NULL for want of memory. */
struct rhook_edits *rhook_edits_within(const struct rhook_edits *edits, uint32_t from, uint32_t to);
bool rhook_edits_apply_to(const struct rhook_edits *edits, const char *text, uint32_t from, uint32_t to, struct rhook_buf *out);
size_t rhook_edits_count(const struct rhook_edits *edits);
void rhook_edits_cut(struct rhook_edits *edits, size_t count); /* to the first so many */
bool rhook_edits_fit(const struct rhook_edits *edits, uint32_t size);
/* Is one of the last edits of the same place and text? */
bool rhook_edits_has(const struct rhook_edits *edits, uint32_t at, const char *text);
/* back[1..count]: old line of each new line of the edited text, 0 = inserted. NULL for want of memory. */
uint32_t *rhook_edits_back(const struct rhook_edits *edits, const char *text, uint32_t size, size_t *count);

#endif
