/* rhook_type_method.c - questions about types: whose method is called, what a clone takes, what `?` does. */
#include "rhook_type_internal.h"

#include <string.h>

/* --- questions about types ----------------------------------------------------------------------------------------------------- */

static bool derives_clone(const struct rhook_program *p, uint32_t item)
{
	for (uint32_t a = p->nodes[item].previous; a != RHOOK_NONE; a = p->nodes[a].previous) {
		if (p->nodes[a].kind != K_ATTRIBUTE) {
			if (rhook_is_comment(&p->nodes[a]))
				continue;
			return false;
		}
		for (uint32_t i = a + 1; i < p->nodes[a].last; i++)
			if (p->nodes[i].last == i + 1 && rhook_node_is(p, i, "Clone"))
				return true;
	}
	return false;
}

static bool is_flat(struct rhook_types *t, uint32_t type, int depth);

/* Every type named in the fields of a struct, or of the variants of an enum. */
static bool has_flat_fields(struct rhook_types *t, uint32_t item, int depth) /* NOLINT(misc-no-recursion): RHOOK_TYPE_DEEP */
{
	const struct rhook_program *p = t->program;

	if (rhook_child(p, item, F_TYPE_PARAMETERS) != RHOOK_NONE || !derives_clone(p, item))
		return false;
	for (uint32_t i = item + 1; i < p->nodes[item].last; i++)
		if (p->nodes[i].field == F_TYPE && p->nodes[i].parent != RHOOK_NONE &&
		    (p->nodes[p->nodes[i].parent].kind == K_FIELD_DECLARATION || p->nodes[p->nodes[i].parent].kind == K_ORDERED_FIELDS) &&
		    !is_flat(t, i, depth + 1))
			return false;
	return true;
}

static bool is_flat(struct rhook_types *t, uint32_t type, int depth) /* NOLINT(misc-no-recursion): RHOOK_TYPE_DEEP */
{
	const struct rhook_program *p = t->program;
	uint32_t item, known;

	if (type == RHOOK_NONE || depth > RHOOK_TYPE_DEEP)
		return false;
	if (rhook_is_number_type(p, type) || rhook_node_is(p, type, "str") || p->nodes[type].kind == K_REFERENCE_TYPE)
		return true;
	if (p->nodes[type].kind == K_ARRAY_TYPE)
		return is_flat(t, rhook_child(p, type, F_ELEMENT), depth + 1);
	item = p->nodes[type].kind == K_TYPE_IDENTIFIER ? rhook_type_item(t, type) : RHOOK_NONE;
	if (item == RHOOK_NONE)
		return false;
	known = rhook_pairs_get(&t->flat, item, 0);
	if (known == RHOOK_NONE) {
		rhook_types_put(t, &t->flat, item, 0, 0); /* a type within itself is behind a box */
		known = has_flat_fields(t, item, depth);
		rhook_types_put(t, &t->flat, item, 0, known);
	}
	return known == 1;
}

bool rhook_is_flat(struct rhook_types *types, struct rhook_type type)
{
	return type.number || type.text || is_flat(types, type.node, 0);
}

bool rhook_is_plain_iteration(const struct rhook_types *types, uint32_t for_expression)
{
	struct rhook_type round = rhook_type_of_round(types, for_expression, 0);

	return round.number || round.text || round.node != RHOOK_NONE;
}

bool rhook_is_same_error(const struct rhook_types *t, uint32_t try_expression)
{
	static const char option[] = " Option ";
	static const char result[] = " Result ";
	const struct rhook_program *p = t->program;
	uint32_t fn = p->nodes[try_expression].ctx, from, into;
	struct rhook_type operand = rhook_type_at(t, rhook_first_named(p, try_expression), 0), returned;

	if (fn == RHOOK_NONE || operand.node == RHOOK_NONE)
		return false;
	if (rhook_type_is_named(p, operand.node, option))
		return true;
	returned = p->infos[fn].role == ROLE_CLOSURE ? RHOOK_TYPE_UNKNOWN : rhook_result_type(p, fn);
	if (!rhook_type_is_named(p, operand.node, result) || !rhook_type_is_named(p, returned.node, result))
		return false;
	from = rhook_type_argument(p, operand.node, 1);
	into = rhook_type_argument(p, returned.node, 1);
	if (from == RHOOK_NONE || into == RHOOK_NONE)
		return false;
	return p->nodes[from].end - p->nodes[from].start == p->nodes[into].end - p->nodes[into].start &&
	       memcmp(p->text + p->nodes[from].start, p->text + p->nodes[into].start, p->nodes[from].end - p->nodes[from].start) == 0;
}

/* --- methods of traits ------------------------------------------------------------------------------------------------------------ */

/* Do the bounds below this node (`T: Shape + Clone`, `dyn Shape`, `impl Shape`) name a trait of the program with this method? */
static bool bound_has_method(const struct rhook_types *t, uint32_t bounds, uint32_t method)
{
	const struct rhook_program *p = t->program;

	if (bounds == RHOOK_NONE)
		return false;
	for (uint32_t i = bounds; i < p->nodes[bounds].last; i++)
		if (p->nodes[i].kind == K_TYPE_IDENTIFIER && rhook_types_get(&t->origins, method, 0) == rhook_types_name(t, i))
			return true;
	return false;
}

static bool parameter_has_method(const struct rhook_types *t, uint32_t item, uint32_t type, uint32_t method)
{
	const struct rhook_program *p = t->program;
	uint32_t parameters = item == RHOOK_NONE ? RHOOK_NONE : rhook_child(p, item, F_TYPE_PARAMETERS), name = rhook_types_name(t, type);

	for (uint32_t c = parameters == RHOOK_NONE ? RHOOK_NONE : rhook_first(p, parameters); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].kind == K_TYPE_PARAMETER && rhook_types_name(t, rhook_child(p, c, F_NAME)) == name)
			return bound_has_method(t, rhook_child(p, c, F_BOUNDS), method);
	return false;
}

static bool type_has_method(const struct rhook_types *t, uint32_t type, uint32_t method)
{
	uint32_t name = rhook_type_name(t->program, type), owner = name == RHOOK_NONE ? RHOOK_NONE : rhook_types_name(t, name), trait;

	if (rhook_type_item(t, type) == RHOOK_NONE)
		return false;
	trait = rhook_types_get(&t->origins, method, 0);
	return rhook_types_get(&t->methods, owner, method) != RHOOK_NONE || rhook_types_get(&t->impls, owner, trait) == 1;
}

/* By what a call `x.name(..)` finds its method, see rhook_trait_of_call(); `*type`: the type of x otherwise. */
static bool is_through_trait(const struct rhook_types *t, uint32_t name, struct rhook_type *type,
			     int depth) /* NOLINT(misc-no-recursion): RHOOK_TYPE_DEEP */
{
	const struct rhook_program *p = t->program;
	uint32_t receiver = rhook_child(p, p->nodes[name].parent, F_VALUE), method = rhook_types_name(t, name), fn, impl;

	*type = RHOOK_TYPE_UNKNOWN;
	if (receiver == RHOOK_NONE)
		return false;
	fn = p->nodes[receiver].ctx;
	impl = fn == RHOOK_NONE ? RHOOK_NONE : rhook_impl_around(p, fn);
	if (p->nodes[receiver].kind == K_SELF && impl != RHOOK_NONE && p->nodes[impl].kind == K_TRAIT)
		return rhook_types_get(&t->methods, rhook_types_name(t, rhook_child(p, impl, F_NAME)), method) != RHOOK_NONE;
	*type = rhook_type_at(t, receiver, depth + 1);
	if (type->node == RHOOK_NONE)
		return false;
	if (p->nodes[type->node].kind == K_OTHER || p->nodes[type->node].kind == K_ABSTRACT_TYPE)
		return bound_has_method(t, rhook_child(p, type->node, F_TRAIT), method);
	if (p->nodes[type->node].kind != K_TYPE_IDENTIFIER)
		return false;
	for (; fn != RHOOK_NONE; fn = p->fns[fn].parent < 0 ? RHOOK_NONE : (uint32_t)p->fns[fn].parent)
		if (parameter_has_method(t, p->infos[fn].node, type->node, method))
			return true;
	return parameter_has_method(t, impl, type->node, method);
}

uint32_t rhook_trait_of_call(const struct rhook_types *types, uint32_t name)
{
	struct rhook_type type;

	return is_through_trait(types, name, &type, 0) ? rhook_types_get(&types->origins, rhook_types_name(types, name), 0) : RHOOK_NONE;
}

bool rhook_own_method_at(const struct rhook_types *t, uint32_t name, int depth) /* NOLINT(misc-no-recursion): RHOOK_TYPE_DEEP */
{
	struct rhook_type type;

	if (is_through_trait(t, name, &type, depth))
		return true;
	return type.node != RHOOK_NONE && type_has_method(t, type.node, rhook_types_name(t, name));
}

bool rhook_is_own_method(const struct rhook_types *types, uint32_t name)
{
	return rhook_own_method_at(types, name, 0);
}
