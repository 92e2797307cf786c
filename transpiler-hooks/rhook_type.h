/*
 * rhook_type.h - types of expressions, as far as the text tells them. Not installed.
 */
#ifndef RHOOK_TYPE_H
#define RHOOK_TYPE_H

#include "rhook_program.h"

struct rhook_type {
	bool number;   /* an integer, a float, a bool, a char or () */
	bool text;     /* else: a string literal */
	uint32_t node; /* else: where the type is written, without references, or an array expression; RHOOK_NONE = not known */
};

/* Read once and kept by the program, so ask when the calls are known. NULL for want of memory. */
struct rhook_types *rhook_types_of(struct rhook_program *program);

struct rhook_type rhook_type_of(const struct rhook_types *types, uint32_t node);
/* Does a clone of it take no memory, and run nothing of the program? */
bool rhook_is_flat(struct rhook_types *types, struct rhook_type type);
/* Is what a `for` loop goes over of the standard library, and made without taking memory for each round? */
bool rhook_is_plain_iteration(const struct rhook_types *types, uint32_t for_expression);
/* Does this `?` hand on the error as it is? */
bool rhook_is_same_error(const struct rhook_types *types, uint32_t try_expression);
/* `name` in `x.name(..)`: is it certain that a method of this program is called? */
bool rhook_is_own_method(const struct rhook_types *types, uint32_t name);
/*
 * The name (id) of the trait of this program through which `x.name(..)` is called, where that is certain: x is of a type parameter with
 * that bound, `dyn Trait`, `impl Trait`, or the trait's own `self`. Else RHOOK_NONE.
 */
uint32_t rhook_trait_of_call(const struct rhook_types *types, uint32_t name);
bool rhook_is_number_type(const struct rhook_program *program, uint32_t type);
bool rhook_is_range(const struct rhook_program *program, uint32_t node);

#endif
