/*
 * rhook_hint_number.h - integer types of expressions, and between which values they lie. Not installed.
 *
 * What is said holds in every build profile: where overflow panics, a value that is out of range is never seen; where it wraps, an
 * expression that may overflow is said to be anything of its type. On every target, too: an usize is 32 bits wide when it must not
 * overflow, and 64 bits wide when it may be anything.
 */
#ifndef RHOOK_HINT_NUMBER_H
#define RHOOK_HINT_NUMBER_H

#include "rhook_hint_internal.h"

/* Types of up to 64 bits. */
enum rhook_integer {
	RHOOK_NO_INTEGER,
	RHOOK_I8,
	RHOOK_I16,
	RHOOK_I32,
	RHOOK_I64,
	RHOOK_ISIZE,
	RHOOK_U8,
	RHOOK_U16,
	RHOOK_U32,
	RHOOK_U64,
	RHOOK_USIZE
};

__extension__ typedef __int128 rhook_wide;

/* Inclusive. low > high: no value at all (code that is not reached). */
struct rhook_range {
	bool known;
	rhook_wide low, high;
};

struct rhook_numbers;
/* Reads the whole program when it is first asked for. NULL for want of memory. Lives as long as `h`. */
const struct rhook_numbers *rhook_hint_numbers(struct rhook_hinting *h);
void rhook_numbers_free(struct rhook_numbers *numbers);

const char *rhook_integer_name(enum rhook_integer type);
/* All values of a type. */
struct rhook_range rhook_type_range(enum rhook_integer type);
/* Both ends of `a..b`; false: it has not both. *closed: `a..=b`. */
bool rhook_range_ends(const struct rhook_program *p, uint32_t range, uint32_t *low, uint32_t *high, bool *closed);
enum rhook_integer rhook_integer_of(const struct rhook_numbers *numbers, uint32_t node);
struct rhook_range rhook_range_of(const struct rhook_numbers *numbers, uint32_t node);
/* The parameter, `let` or `for` that this names, where only the program's own assignments write it; RHOOK_NONE. */
uint32_t rhook_variable_of(const struct rhook_numbers *numbers, uint32_t identifier);
/* Assignments to it behind its declaration: how many, and the first. */
size_t rhook_assignments_of(const struct rhook_numbers *numbers, uint32_t variable, uint32_t *first);
/* The value of an integer literal of at most 63 bits; false: it is none. */
bool rhook_literal(const struct rhook_program *p, uint32_t node, uint64_t *value);

#endif
