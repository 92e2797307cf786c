/* rhook_type_declared.c - what the program declares: locals, structs with their fields, traits with their methods, impls. */
#include "rhook_type_internal.h"

#include <stdlib.h>

void rhook_types_put(struct rhook_types *t, struct rhook_pairs *pairs, uint32_t a, uint32_t b, uint32_t value)
{
	if (a == RHOOK_NONE || b == RHOOK_NONE)
		return;
	if (!rhook_pairs_put(pairs, a, b, value))
		t->program->no_memory = true;
}

/* The first value stays; a second one that differs makes it ambiguous. */
static void put_once(struct rhook_types *t, struct rhook_pairs *pairs, uint32_t a, uint32_t b, uint32_t value)
{
	uint32_t before = rhook_pairs_get(pairs, a, b);

	if (before != value)
		rhook_types_put(t, pairs, a, b, before == RHOOK_NONE ? value : RHOOK_AMBIGUOUS);
}

uint32_t rhook_types_get(const struct rhook_pairs *pairs, uint32_t a, uint32_t b)
{
	uint32_t value = a == RHOOK_NONE || b == RHOOK_NONE ? RHOOK_NONE : rhook_pairs_get(pairs, a, b);

	return value == RHOOK_AMBIGUOUS ? RHOOK_NONE : value;
}

static void note_number(struct rhook_types *t, uint32_t fn, uint32_t name, bool is)
{
	rhook_types_put(t, &t->numbers, fn, name, is && rhook_pairs_get(&t->numbers, fn, name) != 0);
}

static void note_local(struct rhook_types *t, uint32_t fn, uint32_t pattern, uint32_t source, bool is_number)
{
	const struct rhook_program *p = t->program;
	uint32_t name;

	if (fn == RHOOK_NONE || pattern == RHOOK_NONE || p->nodes[pattern].kind != K_IDENTIFIER)
		return;
	name = rhook_types_name(t, pattern);
	note_number(t, fn, name, is_number);
	if (source == RHOOK_NONE)
		source = RHOOK_AMBIGUOUS;
	put_once(t, &t->locals, fn, name, source);
}

static void note_parameters(struct rhook_types *t, uint32_t fn)
{
	const struct rhook_program *p = t->program;
	uint32_t parameters = rhook_child(p, p->infos[fn].node, F_PARAMETERS);

	for (uint32_t c = parameters == RHOOK_NONE ? RHOOK_NONE : rhook_first(p, parameters); c != RHOOK_NONE; c = rhook_next(p, c)) {
		uint32_t type = rhook_child(p, c, F_TYPE);
		if (p->nodes[c].kind == K_PARAMETER)
			note_local(t, fn, rhook_child(p, c, F_PATTERN), type, rhook_is_number_type(p, type));
	}
}

/* The n-th parameter's type of what a known call calls, or RHOOK_NONE. */
static uint32_t parameter_type(const struct rhook_program *p, uint32_t fn, uint32_t index)
{
	uint32_t parameters = rhook_child(p, p->infos[fn].node, F_PARAMETERS);

	for (uint32_t c = parameters == RHOOK_NONE ? RHOOK_NONE : rhook_first(p, parameters); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].kind == K_PARAMETER && index-- == 0)
			return rhook_child(p, c, F_TYPE);
	return RHOOK_NONE;
}

/* `fn(A, B)`, also in `&dyn Fn(A, B)` and `impl Fn(A, B)`: the list of A and B. */
static uint32_t function_parameters(const struct rhook_program *p, uint32_t type)
{
	type = rhook_referred_type(p, type);
	for (int i = 0; i < RHOOK_TYPE_DEEP && type != RHOOK_NONE; i++) {
		if (p->nodes[type].kind == K_FUNCTION_TYPE)
			return rhook_child(p, type, F_PARAMETERS);
		type = rhook_child(p, type, F_TRAIT);
	}
	return RHOOK_NONE;
}

/* Names bound by a pattern: of no known type. */
static void note_pattern(struct rhook_types *t, uint32_t fn, uint32_t pattern)
{
	const struct rhook_program *p = t->program;

	for (uint32_t i = pattern; pattern != RHOOK_NONE && i < p->nodes[pattern].last; i++)
		note_local(t, fn, i, RHOOK_NONE, false);
}

/* The list of what is given to a closure handed to a known function whose parameter says so, or RHOOK_NONE. */
static uint32_t closure_types(const struct rhook_program *p, uint32_t closure)
{
	uint32_t arguments = p->nodes[closure].parent, call, index = 0;

	if (arguments == RHOOK_NONE || p->nodes[arguments].kind != K_ARGUMENTS)
		return RHOOK_NONE;
	call = p->nodes[arguments].parent;
	if (call == RHOOK_NONE || p->nodes[call].call == RHOOK_NONE)
		return RHOOK_NONE;
	for (uint32_t c = p->nodes[closure].previous; c != RHOOK_NONE; c = p->nodes[c].previous)
		index += p->nodes[c].named && !rhook_is_comment(&p->nodes[c]);
	return function_parameters(p, parameter_type(p, p->calls[p->nodes[call].call].target, index));
}

static uint32_t next_named(const struct rhook_program *p, uint32_t node)
{
	do
		node = rhook_next(p, node);
	while (node != RHOOK_NONE && (!p->nodes[node].named || rhook_is_comment(&p->nodes[node])));
	return node;
}

static void note_closure(struct rhook_types *t, uint32_t fn)
{
	const struct rhook_program *p = t->program;
	uint32_t closure = p->infos[fn].node, wanted = closure_types(p, closure), given = rhook_child(p, closure, F_PARAMETERS);

	wanted = wanted == RHOOK_NONE ? RHOOK_NONE : rhook_first_named(p, wanted);
	for (uint32_t c = given == RHOOK_NONE ? RHOOK_NONE : rhook_first_named(p, given); c != RHOOK_NONE; c = next_named(p, c)) {
		if (p->nodes[c].kind == K_IDENTIFIER)
			note_local(t, fn, c, wanted, rhook_is_number_type(p, wanted));
		else if (p->nodes[c].kind != K_PARAMETER) /* those have a type: note_parameters() */
			note_pattern(t, fn, c);
		wanted = wanted == RHOOK_NONE ? RHOOK_NONE : next_named(p, wanted);
	}
}

static void note_let(struct rhook_types *t, uint32_t node)
{
	const struct rhook_program *p = t->program;
	uint32_t type = rhook_child(p, node, F_TYPE), value = rhook_child(p, node, F_VALUE);
	bool is = type != RHOOK_NONE ? rhook_is_number_type(p, type) : value != RHOOK_NONE && rhook_type_of(t, value).number;

	note_local(t, p->nodes[node].ctx, rhook_child(p, node, F_PATTERN), type != RHOOK_NONE ? type : value, is);
}

static void note_for(struct rhook_types *t, uint32_t node)
{
	const struct rhook_program *p = t->program;
	uint32_t over = rhook_child(p, node, F_VALUE);

	note_local(t, p->nodes[node].ctx, rhook_child(p, node, F_PATTERN), node,
		   over != RHOOK_NONE && (rhook_is_range(p, over) || rhook_type_of_round(t, node, 0).number));
}

static void note_item(struct rhook_types *t, uint32_t node)
{
	const struct rhook_program *p = t->program;
	uint32_t body = rhook_child(p, node, F_BODY);

	put_once(t, &t->items, rhook_types_name(t, rhook_child(p, node, F_NAME)), 0, node);
	if (p->nodes[node].kind != K_STRUCT || body == RHOOK_NONE)
		return;
	for (uint32_t c = rhook_first(p, body); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].kind == K_FIELD_DECLARATION)
			put_once(t, &t->fields, node, rhook_types_name(t, rhook_child(p, c, F_NAME)), rhook_child(p, c, F_TYPE));
}

static void note_impl(struct rhook_types *t, uint32_t node)
{
	const struct rhook_program *p = t->program;
	uint32_t trait = rhook_child(p, node, F_TRAIT), type = rhook_referred_type(p, rhook_child(p, node, F_TYPE)), body;
	uint32_t owner = p->nodes[node].kind == K_TRAIT ? rhook_types_name(t, rhook_child(p, node, F_NAME))
							: rhook_types_name(t, type == RHOOK_NONE ? RHOOK_NONE : rhook_type_name(p, type));

	if (trait != RHOOK_NONE)
		rhook_types_put(t, &t->impls, owner, rhook_types_name(t, rhook_type_name(p, trait)), 1);
	body = rhook_child(p, node, F_BODY);
	for (uint32_t c = body == RHOOK_NONE ? RHOOK_NONE : rhook_first(p, body); c != RHOOK_NONE; c = rhook_next(p, c)) {
		uint32_t name = p->nodes[c].kind == K_FUNCTION || p->nodes[c].kind == K_FUNCTION_SIGNATURE
				    ? rhook_types_name(t, rhook_child(p, c, F_NAME))
				    : RHOOK_NONE;
		rhook_types_put(t, &t->methods, owner, name, c);
		if (p->nodes[node].kind == K_TRAIT && name != RHOOK_NONE)
			put_once(t, &t->origins, name, 0, owner);
	}
}

static struct rhook_types *read_types(struct rhook_program *program)
{
	struct rhook_types *types = calloc(1, sizeof *types);

	if (!types) {
		program->no_memory = true;
		return NULL;
	}
	types->program = program;
	for (uint32_t f = 0; f < program->fn_count; f++) {
		note_parameters(types, f);
		if (program->infos[f].role == ROLE_CLOSURE)
			note_closure(types, f);
	}
	for (uint32_t i = 0; i < program->node_count && !program->no_memory; i++) {
		uint8_t kind = program->nodes[i].kind;
		if (kind == K_STRUCT || kind == K_ENUM)
			note_item(types, i);
		else if (kind == K_IMPL || kind == K_TRAIT)
			note_impl(types, i);
	}
	for (uint32_t i = 0; i < program->node_count && !program->no_memory; i++) {
		const struct rhook_node *node = &program->nodes[i];
		if (node->kind == K_MATCH_PATTERN || (node->field == F_PATTERN && node->kind != K_IDENTIFIER))
			note_pattern(types, node->ctx, i);
		if (program->nodes[i].kind == K_LET)
			note_let(types, i);
		else if (program->nodes[i].kind == K_FOR)
			note_for(types, i);
	}
	return types;
}

struct rhook_types *rhook_types_of(struct rhook_program *program)
{
	if (!program->types)
		program->types = read_types(program);
	return program->types;
}

void rhook_types_free(struct rhook_types *types)
{
	if (!types)
		return;
	rhook_pairs_free(&types->numbers);
	rhook_pairs_free(&types->locals);
	rhook_pairs_free(&types->items);
	rhook_pairs_free(&types->fields);
	rhook_pairs_free(&types->methods);
	rhook_pairs_free(&types->impls);
	rhook_pairs_free(&types->origins);
	rhook_pairs_free(&types->flat);
	free(types);
}
