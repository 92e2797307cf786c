/* rhook_hint_number_internal.h - shared by the rhook_hint_number*.c files alone. */
#ifndef RHOOK_HINT_NUMBER_INTERNAL_H
#define RHOOK_HINT_NUMBER_INTERNAL_H

#include "rhook_hint_number.h"
#include "rhook_type_internal.h"

#define RHOOK_NUMBER_DEEP 64 /* expressions are not followed further */

/* A variable or the result of a function: all values that it ever has. */
struct rhook_slot {
	uint32_t node, fn; /* its parameter, `let` or `for`; RHOOK_NONE: the result of fn */
	enum rhook_integer type;
	bool any; /* somebody else may write it */
	struct rhook_range range;
	size_t first; /* of its sources */
};

/* Where a slot gets its value from. */
struct rhook_source {
	uint32_t slot;
	uint32_t node; /* the value; of `+=` and the like the whole expression; of `for` the range */
	uint32_t at;   /* the assignment, RHOOK_NONE: it is none */
};

struct rhook_numbers {
	struct rhook_program *program;
	struct rhook_hinting *h;
	struct rhook_pairs names;   /* (function, name) -> what binds it, RHOOK_AMBIGUOUS */
	struct rhook_pairs slot_of; /* (node, 0), (function, 1) -> slot */
	struct rhook_slot *slots;
	size_t slot_count, slot_capacity;
	struct rhook_source *sources;
	size_t source_count, source_capacity;
};

/* What binds the identifier, when only one thing in its function binds that name. */
uint32_t rhook_number_binder(const struct rhook_numbers *numbers, uint32_t identifier);
enum rhook_integer rhook_integer_of_type(const struct rhook_program *p, uint32_t type);
/* What `node` may be, when that is computed without overflow, or else anything of its type. */
struct rhook_range rhook_fit(enum rhook_integer type, struct rhook_range range);
struct rhook_range rhook_binary_range(const struct rhook_program *p, uint32_t sign, struct rhook_range a, struct rhook_range b);
struct rhook_range rhook_joined(struct rhook_range a, struct rhook_range b);
struct rhook_range rhook_range_at(const struct rhook_numbers *numbers, uint32_t node, int depth);
/* What the conditions around this reading of a variable leave of its range. */
struct rhook_range rhook_refined(const struct rhook_numbers *numbers, uint32_t identifier, struct rhook_range range, int depth);
bool rhook_number_read(struct rhook_numbers *numbers);
void rhook_number_solve(struct rhook_numbers *numbers);

#endif
