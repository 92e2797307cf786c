/* rhook_type_internal.h - shared by the rhook_type*.c files alone. */
#ifndef RHOOK_TYPE_INTERNAL_H
#define RHOOK_TYPE_INTERNAL_H

#include "rhook_type.h"

#define RHOOK_TYPE_DEEP 16 /* expressions and types are not followed further */

#define RHOOK_TYPE_UNKNOWN ((struct rhook_type){.node = RHOOK_NONE})
#define RHOOK_TYPE_NUMBER  ((struct rhook_type){.number = true, .node = RHOOK_NONE})
#define RHOOK_TYPE_TEXT	   ((struct rhook_type){.text = true, .node = RHOOK_NONE})
#define RHOOK_AMBIGUOUS	   (RHOOK_NONE - 1)

struct rhook_types {
	struct rhook_program *program;
	struct rhook_pairs numbers; /* (function, name) -> 1: every local of this name is a number, 0: not */
	struct rhook_pairs locals;  /* (function, name) -> node that its type can be read from, RHOOK_AMBIGUOUS */
	struct rhook_pairs items;   /* (name, 0) -> struct or enum, RHOOK_AMBIGUOUS */
	struct rhook_pairs fields;  /* (struct, name) -> type */
	struct rhook_pairs methods; /* (trait or type, name of a method) -> its function, one of them */
	struct rhook_pairs impls;   /* (type, trait) -> 1 */
	struct rhook_pairs origins; /* (name of a method, 0) -> trait that declares it, RHOOK_AMBIGUOUS */
	struct rhook_pairs flat;    /* (item, 0) -> 1: a clone takes no memory, 0 */
};

/* --- rhook_type_declared.c: what the program declares ------------------------------------------------------------------------ */
void rhook_types_put(struct rhook_types *t, struct rhook_pairs *pairs, uint32_t a, uint32_t b, uint32_t value);
uint32_t rhook_types_get(const struct rhook_pairs *pairs, uint32_t a, uint32_t b);

/* --- rhook_type.c: types as they are written, types of expressions ------------------------------------------------------------- */
uint32_t rhook_first_named(const struct rhook_program *p, uint32_t node);
uint32_t rhook_referred_type(const struct rhook_program *p, uint32_t type);
struct rhook_type rhook_written_type(const struct rhook_program *p, uint32_t type);
uint32_t rhook_type_name(const struct rhook_program *p, uint32_t type);
uint32_t rhook_type_argument(const struct rhook_program *p, uint32_t type, int index);
bool rhook_type_is_named(const struct rhook_program *p, uint32_t type, const char *names);
uint32_t rhook_types_name(const struct rhook_types *t, uint32_t node);
uint32_t rhook_impl_around(const struct rhook_program *p, uint32_t fn);
struct rhook_type rhook_self_type(const struct rhook_program *p, uint32_t fn);
struct rhook_type rhook_result_type(const struct rhook_program *p, uint32_t fn);
uint32_t rhook_type_item(const struct rhook_types *t, uint32_t type);
/* The type of an expression, found at this depth; of what a `for` loop binds in each round. */
struct rhook_type rhook_type_at(const struct rhook_types *t, uint32_t node, int depth);
struct rhook_type rhook_type_of_round(const struct rhook_types *t, uint32_t node, int depth);

/* --- rhook_type_method.c ---------------------------------------------------------------------------------------------------------- */
bool rhook_own_method_at(const struct rhook_types *t, uint32_t name, int depth);

#endif
