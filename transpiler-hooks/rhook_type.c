/*
 * Types, as far as the text tells them: declared by parameters, `let`, fields and results, and followed through fields, elements and
 * known calls. Nothing is inferred; what is not plain to see is not known.
 */
#include "rhook_type.h"

#include <stdlib.h>
#include <string.h>

#define DEEP	  16 /* expressions and types are not followed further */
#define AMBIGUOUS (RHOOK_NONE - 1)

struct rhook_types {
	struct rhook_program *program;
	struct rhook_pairs numbers; /* (function, name) -> 1: every local of this name is a number, 0: not */
	struct rhook_pairs locals;  /* (function, name) -> node that its type can be read from, AMBIGUOUS */
	struct rhook_pairs items;   /* (name, 0) -> struct or enum, AMBIGUOUS */
	struct rhook_pairs fields;  /* (struct, name) -> type */
	struct rhook_pairs methods; /* (trait or type, name of a method) -> its function, one of them */
	struct rhook_pairs impls;   /* (type, trait) -> 1 */
	struct rhook_pairs origins; /* (name of a method, 0) -> trait that declares it, AMBIGUOUS */
	struct rhook_pairs flat;    /* (item, 0) -> 1: a clone takes no memory, 0 */
};

static const struct rhook_type unknown = {.node = RHOOK_NONE}, number = {.number = true, .node = RHOOK_NONE},
			       literal = {.text = true, .node = RHOOK_NONE};

static struct rhook_type type_of(const struct rhook_types *t, uint32_t node, int depth);
static bool is_own_method(const struct rhook_types *t, uint32_t name, int depth);

static void put(struct rhook_types *t, struct rhook_pairs *pairs, uint32_t a, uint32_t b, uint32_t value)
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
		put(t, pairs, a, b, before == RHOOK_NONE ? value : AMBIGUOUS);
}

static uint32_t get(const struct rhook_pairs *pairs, uint32_t a, uint32_t b)
{
	uint32_t value = a == RHOOK_NONE || b == RHOOK_NONE ? RHOOK_NONE : rhook_pairs_get(pairs, a, b);

	return value == AMBIGUOUS ? RHOOK_NONE : value;
}

static uint32_t first_named(const struct rhook_program *p, uint32_t node)
{
	for (uint32_t c = rhook_first(p, node); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].named && !rhook_is_comment(&p->nodes[c]))
			return c;
	return RHOOK_NONE;
}

static bool has_token(const struct rhook_program *p, uint32_t node, const char *text)
{
	for (uint32_t c = rhook_first(p, node); c != RHOOK_NONE; c = rhook_next(p, c))
		if (!p->nodes[c].named && rhook_node_is(p, c, text))
			return true;
	return false;
}

bool rhook_is_number_type(const struct rhook_program *p, uint32_t type)
{
	static const char names[] = " i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 bool char () ";

	return type != RHOOK_NONE && rhook_node_among(p, type, names);
}

bool rhook_is_range(const struct rhook_program *p, uint32_t node)
{
	while (p->nodes[node].kind == K_PARENTHESIZED) {
		uint32_t inner = first_named(p, node);
		if (inner == RHOOK_NONE)
			return false;
		node = inner;
	}
	return p->nodes[node].kind == K_OTHER && (has_token(p, node, "..") || has_token(p, node, "..="));
}

/* --- types as they are written ------------------------------------------------------------------------------------------------ */

static uint32_t without_references(const struct rhook_program *p, uint32_t type)
{
	while (type != RHOOK_NONE && p->nodes[type].kind == K_REFERENCE_TYPE)
		type = rhook_child(p, type, F_TYPE);
	return type;
}

static struct rhook_type written(const struct rhook_program *p, uint32_t type)
{
	type = without_references(p, type);
	if (rhook_is_number_type(p, type))
		return number;
	return (struct rhook_type){.node = type};
}

/* `Vec` of `std::vec::Vec<T>`, `Point` of `Point`; RHOOK_NONE for what has no name. */
static uint32_t type_name(const struct rhook_program *p, uint32_t type)
{
	for (int i = 0; i < DEEP && type != RHOOK_NONE; i++) {
		switch (p->nodes[type].kind) {
		case K_TYPE_IDENTIFIER:
		case K_IDENTIFIER:
			return type;
		case K_GENERIC_TYPE:
			type = rhook_child(p, type, F_TYPE);
			break;
		case K_SCOPED_TYPE:
		case K_SCOPED_IDENTIFIER:
			type = rhook_child(p, type, F_NAME);
			break;
		default:
			return RHOOK_NONE;
		}
	}
	return RHOOK_NONE;
}

static uint32_t type_argument(const struct rhook_program *p, uint32_t type, int index)
{
	uint32_t arguments = type == RHOOK_NONE ? RHOOK_NONE : rhook_child_kind(p, type, K_TYPE_ARGUMENTS);

	for (uint32_t c = arguments == RHOOK_NONE ? RHOOK_NONE : rhook_first(p, arguments); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].named && !rhook_is_comment(&p->nodes[c]) && p->nodes[c].kind != K_LIFETIME && index-- == 0)
			return c;
	return RHOOK_NONE;
}

static bool is_named(const struct rhook_program *p, uint32_t type, const char *names)
{
	uint32_t name = type == RHOOK_NONE ? RHOOK_NONE : type_name(p, type);

	return name != RHOOK_NONE && rhook_node_among(p, name, names);
}

/* What an index, an iteration or pop() takes out. */
static struct rhook_type element(const struct rhook_types *t, struct rhook_type of, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	const struct rhook_program *p = t->program;
	static const char lists[] = " Vec VecDeque BinaryHeap ";
	static const char maps[] = " HashMap BTreeMap ";

	if (of.node == RHOOK_NONE)
		return unknown;
	if (p->nodes[of.node].kind == K_ARRAY)
		return type_of(t, first_named(p, of.node), depth + 1);
	if (p->nodes[of.node].kind == K_ARRAY_TYPE)
		return written(p, rhook_child(p, of.node, F_ELEMENT));
	if (is_named(p, of.node, lists))
		return written(p, type_argument(p, of.node, 0));
	if (is_named(p, of.node, maps))
		return written(p, type_argument(p, of.node, 1));
	return unknown;
}

/* Of an Option or Result. */
static struct rhook_type inside(const struct rhook_program *p, struct rhook_type of)
{
	static const char names[] = " Option Result ";

	return is_named(p, of.node, names) ? written(p, type_argument(p, of.node, 0)) : unknown;
}

/* --- what the program declares ------------------------------------------------------------------------------------------------- */

static uint32_t name_id(const struct rhook_types *t, uint32_t node)
{
	return node == RHOOK_NONE ? RHOOK_NONE : rhook_node_name(t->program, node);
}

static uint32_t impl_around(const struct rhook_program *p, uint32_t fn)
{
	while (fn != RHOOK_NONE && p->infos[fn].role == ROLE_CLOSURE)
		fn = p->fns[fn].parent < 0 ? RHOOK_NONE : (uint32_t)p->fns[fn].parent;
	for (uint32_t n = fn == RHOOK_NONE ? RHOOK_NONE : p->nodes[p->infos[fn].node].parent; n != RHOOK_NONE; n = p->nodes[n].parent) {
		if (p->nodes[n].kind == K_IMPL || p->nodes[n].kind == K_TRAIT)
			return n;
		if (p->nodes[n].kind != K_DECLARATION_LIST)
			return RHOOK_NONE;
	}
	return RHOOK_NONE;
}

/* The type that `Self` and `self` stand for in a function: of an impl, or (not a type) the trait itself. */
static struct rhook_type self_type(const struct rhook_program *p, uint32_t fn)
{
	uint32_t impl = impl_around(p, fn);

	if (impl == RHOOK_NONE)
		return unknown;
	return p->nodes[impl].kind == K_IMPL ? written(p, rhook_child(p, impl, F_TYPE)) : unknown;
}

static struct rhook_type result_type(const struct rhook_program *p, uint32_t fn)
{
	struct rhook_type type = written(p, rhook_child(p, p->infos[fn].node, F_RETURN_TYPE));

	return type.node != RHOOK_NONE && rhook_node_is(p, type.node, "Self") ? self_type(p, fn) : type;
}

static void note_number(struct rhook_types *t, uint32_t fn, uint32_t name, bool is)
{
	put(t, &t->numbers, fn, name, is && rhook_pairs_get(&t->numbers, fn, name) != 0);
}

static void note_local(struct rhook_types *t, uint32_t fn, uint32_t pattern, uint32_t source, bool is_number)
{
	const struct rhook_program *p = t->program;
	uint32_t name;

	if (fn == RHOOK_NONE || pattern == RHOOK_NONE || p->nodes[pattern].kind != K_IDENTIFIER)
		return;
	name = name_id(t, pattern);
	note_number(t, fn, name, is_number);
	if (source == RHOOK_NONE)
		source = AMBIGUOUS;
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
	type = without_references(p, type);
	for (int i = 0; i < DEEP && type != RHOOK_NONE; i++) {
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

	wanted = wanted == RHOOK_NONE ? RHOOK_NONE : first_named(p, wanted);
	for (uint32_t c = given == RHOOK_NONE ? RHOOK_NONE : first_named(p, given); c != RHOOK_NONE; c = next_named(p, c)) {
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

static struct rhook_type type_of_round(const struct rhook_types *t, uint32_t node, int depth);

static void note_for(struct rhook_types *t, uint32_t node)
{
	const struct rhook_program *p = t->program;
	uint32_t over = rhook_child(p, node, F_VALUE);

	note_local(t, p->nodes[node].ctx, rhook_child(p, node, F_PATTERN), node,
		   over != RHOOK_NONE && (rhook_is_range(p, over) || type_of_round(t, node, 0).number));
}

static void note_item(struct rhook_types *t, uint32_t node)
{
	const struct rhook_program *p = t->program;
	uint32_t body = rhook_child(p, node, F_BODY);

	put_once(t, &t->items, name_id(t, rhook_child(p, node, F_NAME)), 0, node);
	if (p->nodes[node].kind != K_STRUCT || body == RHOOK_NONE)
		return;
	for (uint32_t c = rhook_first(p, body); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].kind == K_FIELD_DECLARATION)
			put_once(t, &t->fields, node, name_id(t, rhook_child(p, c, F_NAME)), rhook_child(p, c, F_TYPE));
}

static void note_impl(struct rhook_types *t, uint32_t node)
{
	const struct rhook_program *p = t->program;
	uint32_t trait = rhook_child(p, node, F_TRAIT), type = without_references(p, rhook_child(p, node, F_TYPE)), body;
	uint32_t owner = p->nodes[node].kind == K_TRAIT ? name_id(t, rhook_child(p, node, F_NAME))
							: name_id(t, type == RHOOK_NONE ? RHOOK_NONE : type_name(p, type));

	if (trait != RHOOK_NONE)
		put(t, &t->impls, owner, name_id(t, type_name(p, trait)), 1);
	body = rhook_child(p, node, F_BODY);
	for (uint32_t c = body == RHOOK_NONE ? RHOOK_NONE : rhook_first(p, body); c != RHOOK_NONE; c = rhook_next(p, c)) {
		uint32_t name = p->nodes[c].kind == K_FUNCTION || p->nodes[c].kind == K_FUNCTION_SIGNATURE
				    ? name_id(t, rhook_child(p, c, F_NAME))
				    : RHOOK_NONE;
		put(t, &t->methods, owner, name, c);
		if (p->nodes[node].kind == K_TRAIT && name != RHOOK_NONE)
			put_once(t, &t->origins, name, 0, owner);
	}
}

struct rhook_types *rhook_types_new(struct rhook_program *program)
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

/* --- types of expressions -------------------------------------------------------------------------------------------------------- */

static struct rhook_type type_of(const struct rhook_types *t, uint32_t node, int depth);

/* What a `for` loop binds in each round. */
static struct rhook_type type_of_round(const struct rhook_types *t, uint32_t node, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	static const char numbers[] = " chars bytes ";
	static const char all[] = " iter iter_mut into_iter drain ";
	const struct rhook_program *p = t->program;
	uint32_t over = rhook_child(p, node, F_VALUE), name;

	if (over == RHOOK_NONE)
		return unknown;
	name = p->nodes[over].kind == K_CALL && p->nodes[over].call == RHOOK_NONE ? rhook_callee_name(p, over) : RHOOK_NONE;
	if (name == RHOOK_NONE || p->nodes[name].kind != K_FIELD_IDENTIFIER)
		return element(t, type_of(t, over, depth + 1), depth);
	if (rhook_node_among(p, name, numbers))
		return number;
	return rhook_node_among(p, name, all) ? element(t, type_of(t, rhook_child(p, p->nodes[name].parent, F_VALUE), depth + 1), depth)
					      : unknown;
}

static struct rhook_type type_of_source(const struct rhook_types *t, uint32_t source, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	if (source == RHOOK_NONE)
		return unknown;
	if (t->program->nodes[source].kind == K_FOR)
		return type_of_round(t, source, depth + 1);
	return t->program->nodes[source].field == F_VALUE ? type_of(t, source, depth) : written(t->program, source);
}

static struct rhook_type type_of_name(const struct rhook_types *t, uint32_t node, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	const struct rhook_program *p = t->program;
	uint32_t name = name_id(t, node), fn = p->nodes[node].ctx;

	for (int i = 0; i < DEEP && fn != RHOOK_NONE; i++) {
		if (rhook_pairs_get(&t->numbers, fn, name) == 1)
			return number;
		if (rhook_pairs_get(&t->locals, fn, name) != RHOOK_NONE)
			return type_of_source(t, get(&t->locals, fn, name), depth + 1);
		fn = p->fns[fn].parent < 0 ? RHOOK_NONE : (uint32_t)p->fns[fn].parent;
	}
	return unknown;
}

static uint32_t item_of(const struct rhook_types *t, uint32_t type)
{
	uint32_t name = type == RHOOK_NONE ? RHOOK_NONE : type_name(t->program, type);

	return name == RHOOK_NONE ? RHOOK_NONE : get(&t->items, name_id(t, name), 0);
}

static struct rhook_type type_of_field(const struct rhook_types *t, uint32_t node, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	const struct rhook_program *p = t->program;
	uint32_t item = item_of(t, type_of(t, rhook_child(p, node, F_VALUE), depth + 1).node);

	return written(p, get(&t->fields, item, name_id(t, rhook_child(p, node, F_FIELD))));
}

/* What a method of a trait of the program returns, where that is the same for every type. */
static struct rhook_type declared_result(const struct rhook_types *t, uint32_t method)
{
	uint32_t fn = get(&t->methods, get(&t->origins, method, 0), method);
	struct rhook_type type = fn == RHOOK_NONE ? unknown : written(t->program, rhook_child(t->program, fn, F_RETURN_TYPE));

	return type.number ? type : unknown;
}

static struct rhook_type type_of_method(const struct rhook_types *t, uint32_t name, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	static const char same[] = " clone to_owned abs max min pow wrapping_add wrapping_mul wrapping_sub rem_euclid ";
	static const char numbers[] = " len is_empty count_ones starts_with ends_with contains is_some is_none is_ok is_err eq ne "
				      "is_numeric is_alphabetic capacity contains_key ";
	static const char taking[] = " unwrap expect unwrap_or unwrap_or_default ";
	static const char parts[] = " pop get first last pop_front pop_back next peek ";
	const struct rhook_program *p = t->program;
	uint32_t receiver = rhook_child(p, p->nodes[name].parent, F_VALUE), inner;

	if (receiver == RHOOK_NONE)
		return unknown;
	if (get(&t->origins, name_id(t, name), 0) != RHOOK_NONE) /* of a trait of the program, or perhaps not */
		return is_own_method(t, name, depth) ? declared_result(t, name_id(t, name)) : unknown;
	if (rhook_node_among(p, name, numbers))
		return number;
	if (rhook_node_among(p, name, same))
		return type_of(t, receiver, depth + 1);
	if (!rhook_node_among(p, name, taking))
		return unknown;
	inner = p->nodes[receiver].kind == K_CALL ? rhook_callee_name(p, receiver) : RHOOK_NONE;
	if (inner != RHOOK_NONE && p->nodes[inner].kind == K_FIELD_IDENTIFIER && p->nodes[receiver].call == RHOOK_NONE &&
	    rhook_node_among(p, inner, parts))
		return element(t, type_of(t, rhook_child(p, p->nodes[inner].parent, F_VALUE), depth + 1), depth);
	return inside(p, type_of(t, receiver, depth + 1));
}

static struct rhook_type type_of_call(const struct rhook_types *t, uint32_t node, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	const struct rhook_program *p = t->program;
	uint32_t name;

	if (p->nodes[node].call != RHOOK_NONE)
		return result_type(p, p->calls[p->nodes[node].call].target);
	name = rhook_callee_name(p, node);
	return name != RHOOK_NONE && p->nodes[name].kind == K_FIELD_IDENTIFIER ? type_of_method(t, name, depth) : unknown;
}

static struct rhook_type type_of_binary(const struct rhook_types *t, uint32_t node, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	static const char truth[] = " == != < > <= >= && || ";
	const struct rhook_program *p = t->program;
	uint32_t sign = rhook_child(p, node, F_OPERATOR), left = rhook_child(p, node, F_LEFT), right = rhook_child(p, node, F_RIGHT);

	if (sign != RHOOK_NONE && rhook_node_among(p, sign, truth))
		return number;
	if (left != RHOOK_NONE && type_of(t, left, depth + 1).number)
		return number;
	return right != RHOOK_NONE && type_of(t, right, depth + 1).number ? number : unknown;
}

static struct rhook_type type_of_index(const struct rhook_types *t, uint32_t node, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	const struct rhook_program *p = t->program;
	uint32_t base = first_named(p, node), index = base == RHOOK_NONE ? RHOOK_NONE : rhook_next(p, base);

	while (index != RHOOK_NONE && !p->nodes[index].named)
		index = rhook_next(p, index);
	if (index == RHOOK_NONE || rhook_is_range(p, index))
		return unknown;
	return element(t, type_of(t, base, depth + 1), depth);
}

static struct rhook_type type_of_inner(const struct rhook_types *t, uint32_t node, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	const struct rhook_program *p = t->program;
	uint32_t inner = p->nodes[node].kind == K_REFERENCE ? rhook_child(p, node, F_VALUE) : first_named(p, node);

	return inner == RHOOK_NONE ? unknown : type_of(t, inner, depth + 1);
}

static struct rhook_type type_of(const struct rhook_types *t, uint32_t node, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	const struct rhook_program *p = t->program;

	if (node == RHOOK_NONE || depth > DEEP)
		return unknown;
	switch (p->nodes[node].kind) {
	case K_ARRAY:
		return (struct rhook_type){.node = node};
	case K_BINARY:
		return type_of_binary(t, node, depth);
	case K_BOOLEAN:
	case K_CHARACTER:
	case K_FLOAT:
	case K_INTEGER:
		return number;
	case K_CALL:
		return type_of_call(t, node, depth);
	case K_CAST:
		return written(p, rhook_child(p, node, F_TYPE));
	case K_FIELD_EXPRESSION:
		return type_of_field(t, node, depth);
	case K_IDENTIFIER:
		return type_of_name(t, node, depth);
	case K_INDEX:
		return type_of_index(t, node, depth);
	case K_PARENTHESIZED:
	case K_REFERENCE:
	case K_UNARY:
		return type_of_inner(t, node, depth);
	case K_STRING:
		return literal;
	case K_SELF:
		return self_type(p, p->nodes[node].ctx);
	case K_STRUCT_EXPRESSION:
		return written(p, rhook_child(p, node, F_NAME));
	case K_TRY:
		return inside(p, type_of_inner(t, node, depth));
	default:
		return unknown;
	}
}

struct rhook_type rhook_type_of(const struct rhook_types *types, uint32_t node)
{
	return type_of(types, node, 0);
}

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
static bool has_flat_fields(struct rhook_types *t, uint32_t item, int depth) /* NOLINT(misc-no-recursion): DEEP */
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

static bool is_flat(struct rhook_types *t, uint32_t type, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	const struct rhook_program *p = t->program;
	uint32_t item, known;

	if (type == RHOOK_NONE || depth > DEEP)
		return false;
	if (rhook_is_number_type(p, type) || rhook_node_is(p, type, "str") || p->nodes[type].kind == K_REFERENCE_TYPE)
		return true;
	if (p->nodes[type].kind == K_ARRAY_TYPE)
		return is_flat(t, rhook_child(p, type, F_ELEMENT), depth + 1);
	item = p->nodes[type].kind == K_TYPE_IDENTIFIER ? item_of(t, type) : RHOOK_NONE;
	if (item == RHOOK_NONE)
		return false;
	known = rhook_pairs_get(&t->flat, item, 0);
	if (known == RHOOK_NONE) {
		put(t, &t->flat, item, 0, 0); /* a type within itself is behind a box */
		known = has_flat_fields(t, item, depth);
		put(t, &t->flat, item, 0, known);
	}
	return known == 1;
}

bool rhook_is_flat(struct rhook_types *types, struct rhook_type type)
{
	return type.number || type.text || is_flat(types, type.node, 0);
}

bool rhook_is_plain_iteration(const struct rhook_types *types, uint32_t for_expression)
{
	struct rhook_type round = type_of_round(types, for_expression, 0);

	return round.number || round.text || round.node != RHOOK_NONE;
}

bool rhook_is_same_error(const struct rhook_types *t, uint32_t try_expression)
{
	static const char option[] = " Option ";
	static const char result[] = " Result ";
	const struct rhook_program *p = t->program;
	uint32_t fn = p->nodes[try_expression].ctx, from, into;
	struct rhook_type operand = type_of_inner(t, try_expression, 0), returned;

	if (fn == RHOOK_NONE || operand.node == RHOOK_NONE)
		return false;
	if (is_named(p, operand.node, option))
		return true;
	returned = p->infos[fn].role == ROLE_CLOSURE ? unknown : result_type(p, fn);
	if (!is_named(p, operand.node, result) || !is_named(p, returned.node, result))
		return false;
	from = type_argument(p, operand.node, 1);
	into = type_argument(p, returned.node, 1);
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
		if (p->nodes[i].kind == K_TYPE_IDENTIFIER && get(&t->origins, method, 0) == name_id(t, i))
			return true;
	return false;
}

static bool parameter_has_method(const struct rhook_types *t, uint32_t item, uint32_t type, uint32_t method)
{
	const struct rhook_program *p = t->program;
	uint32_t parameters = item == RHOOK_NONE ? RHOOK_NONE : rhook_child(p, item, F_TYPE_PARAMETERS), name = name_id(t, type);

	for (uint32_t c = parameters == RHOOK_NONE ? RHOOK_NONE : rhook_first(p, parameters); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].kind == K_TYPE_PARAMETER && name_id(t, rhook_child(p, c, F_NAME)) == name)
			return bound_has_method(t, rhook_child(p, c, F_BOUNDS), method);
	return false;
}

static bool type_has_method(const struct rhook_types *t, uint32_t type, uint32_t method)
{
	uint32_t name = type_name(t->program, type), owner = name == RHOOK_NONE ? RHOOK_NONE : name_id(t, name), trait;

	if (item_of(t, type) == RHOOK_NONE)
		return false;
	trait = get(&t->origins, method, 0);
	return get(&t->methods, owner, method) != RHOOK_NONE || get(&t->impls, owner, trait) == 1;
}

/* By what a call `x.name(..)` finds its method, see rhook_trait_of_call(); `*type`: the type of x otherwise. */
static bool is_through_trait(const struct rhook_types *t, uint32_t name, struct rhook_type *type,
			     int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	const struct rhook_program *p = t->program;
	uint32_t receiver = rhook_child(p, p->nodes[name].parent, F_VALUE), method = name_id(t, name), fn, impl;

	*type = unknown;
	if (receiver == RHOOK_NONE)
		return false;
	fn = p->nodes[receiver].ctx;
	impl = fn == RHOOK_NONE ? RHOOK_NONE : impl_around(p, fn);
	if (p->nodes[receiver].kind == K_SELF && impl != RHOOK_NONE && p->nodes[impl].kind == K_TRAIT)
		return get(&t->methods, name_id(t, rhook_child(p, impl, F_NAME)), method) != RHOOK_NONE;
	*type = type_of(t, receiver, depth + 1);
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

	return is_through_trait(types, name, &type, 0) ? get(&types->origins, name_id(types, name), 0) : RHOOK_NONE;
}

static bool is_own_method(const struct rhook_types *t, uint32_t name, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	struct rhook_type type;

	if (is_through_trait(t, name, &type, depth))
		return true;
	return type.node != RHOOK_NONE && type_has_method(t, type.node, name_id(t, name));
}

bool rhook_is_own_method(const struct rhook_types *types, uint32_t name)
{
	return is_own_method(types, name, 0);
}
