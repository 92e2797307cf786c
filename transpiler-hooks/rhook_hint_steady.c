/* What does not change while a loop runs: names that nothing in the loop writes, and what is computed from them without a panic. */
#include "rhook_hint_steady.h"
#include "rhook_type_internal.h"

#include <string.h>

/* A variable that holds a number itself, and no reference to one. */
static bool holds_number(const struct rhook_hinting *h, uint32_t binder)
{
	const struct rhook_program *p = h->program;
	uint32_t type = rhook_child(p, binder, F_TYPE), value;

	if (type != RHOOK_NONE)
		return p->nodes[type].kind == K_PRIMITIVE_TYPE && !rhook_node_is(p, type, "str");
	value = rhook_hint_inner(p, rhook_child(p, binder, F_VALUE));
	if (value == RHOOK_NONE)
		return false;
	if (p->nodes[binder].kind == K_FOR)
		return rhook_is_range(p, value);
	return p->nodes[value].kind == K_INTEGER || p->nodes[value].kind == K_FLOAT || p->nodes[value].kind == K_BOOLEAN ||
	       p->nodes[value].kind == K_CAST || p->nodes[value].kind == K_BINARY ||
	       (p->nodes[value].kind == K_CALL && p->nodes[value].call != RHOOK_NONE);
}

static bool is_local_number(const struct rhook_hinting *h, uint32_t node)
{
	uint32_t binder = rhook_hint_binder(h, node);

	return binder != RHOOK_NONE && rhook_type_of(h->types, node).number && holds_number(h, binder);
}

/* A child of a node of these kinds that is no expression, such as the type of a cast or the name of a method. */
static bool is_harmless_node(const struct rhook_hinting *h, uint32_t i)
{
	const struct rhook_program *p = h->program;
	uint32_t from;

	switch (p->nodes[i].kind) {
	case K_ARGUMENTS:
	case K_BOOLEAN:
	case K_CAST:
	case K_CHARACTER:
	case K_FIELD_IDENTIFIER:
	case K_FLOAT:
	case K_INTEGER:
	case K_PARENTHESIZED:
	case K_PRIMITIVE_TYPE:
		return true;
	case K_FIELD_EXPRESSION: /* of `x.clone()` */
		return p->nodes[i].field == F_FUNCTION && p->nodes[p->nodes[i].parent].kind == K_CALL;
	case K_IDENTIFIER:
		return is_local_number(h, i);
	case K_CALL:
		from = rhook_hint_receiver(h, i, "clone");
		from = from == RHOOK_NONE ? from : rhook_hint_inner(p, from);
		return from != RHOOK_NONE && p->nodes[from].kind == K_IDENTIFIER && rhook_hint_argument(p, i, 0) == RHOOK_NONE;
	default:
		return !p->nodes[i].named || rhook_is_comment(&p->nodes[i]);
	}
}

bool rhook_is_harmless(const struct rhook_hinting *h, uint32_t node)
{
	const struct rhook_program *p = h->program;

	for (uint32_t i = node; i < p->nodes[node].last; i++)
		if (!is_harmless_node(h, i))
			return false;
	return true;
}

/* Does the declaration alone give the variable its value? */
static bool is_fixed(const struct rhook_program *p, uint32_t binder)
{
	return rhook_child_kind(p, binder, K_MUTABLE) == RHOOK_NONE &&
	       (p->nodes[binder].kind == K_PARAMETER || rhook_child(p, binder, F_VALUE) != RHOOK_NONE);
}

/* Is the variable written in the loop, or by a closure, which may run at any time? */
static bool is_written(const struct rhook_hinting *h, uint32_t name, uint32_t loop)
{
	const struct rhook_program *p = h->program;
	const struct rhook_node *n = &p->nodes[name];
	uint32_t fn = p->infos[rhook_hint_owner(p, name)].node;

	for (uint32_t i = fn; i < p->nodes[fn].last; i++) {
		uint32_t left;
		if (p->nodes[i].kind != K_ASSIGNMENT && p->nodes[i].kind != K_COMPOUND_ASSIGNMENT)
			continue;
		left = rhook_hint_inner(p, rhook_child(p, i, F_LEFT));
		if (left == RHOOK_NONE || p->nodes[left].end - p->nodes[left].start != n->end - n->start ||
		    memcmp(p->text + p->nodes[left].start, p->text + n->start, n->end - n->start) != 0)
			continue;
		if ((i >= loop && i < p->nodes[loop].last) || p->nodes[i].ctx != p->nodes[loop].ctx)
			return true;
	}
	return false;
}

bool rhook_is_steady(const struct rhook_hinting *h, const struct rhook_numbers *numbers, uint32_t node, uint32_t loop)
{
	const struct rhook_program *p = h->program;

	if (!rhook_is_harmless(h, node))
		return false;
	for (uint32_t i = node; i < p->nodes[node].last; i++) {
		uint32_t binder;
		if (p->nodes[i].kind != K_IDENTIFIER)
			continue;
		binder = rhook_hint_binder(h, i);
		if (binder == RHOOK_NONE || (binder >= loop && binder < p->nodes[loop].last))
			return false;
		if (!is_fixed(p, binder) && (rhook_variable_of(numbers, i) != binder || is_written(h, i, loop)))
			return false;
	}
	return true;
}

uint32_t rhook_loop_around(const struct rhook_program *p, uint32_t node, uint32_t loop)
{
	uint32_t ctx = p->nodes[node].ctx, from = loop == RHOOK_NONE ? node : loop;

	for (uint32_t i = p->nodes[from].parent; i != RHOOK_NONE && p->nodes[i].ctx == ctx; from = i, i = p->nodes[i].parent)
		if (p->nodes[i].kind == K_WHILE || p->nodes[i].kind == K_LOOP ||
		    (p->nodes[i].kind == K_FOR && p->nodes[from].field == F_BODY))
			return i;
	return RHOOK_NONE;
}

bool rhook_can_wrap(const struct rhook_program *p, uint32_t loop)
{
	uint32_t parent = p->nodes[loop].parent;

	if (p->nodes[loop].previous != RHOOK_NONE && p->nodes[p->nodes[loop].previous].kind == K_ATTRIBUTE)
		return false;
	return p->nodes[parent].kind == K_BLOCK ||
	       (p->nodes[parent].kind == K_EXPRESSION_STATEMENT && p->nodes[p->nodes[parent].parent].kind == K_BLOCK &&
		(p->nodes[parent].previous == RHOOK_NONE || p->nodes[p->nodes[parent].previous].kind != K_ATTRIBUTE));
}
