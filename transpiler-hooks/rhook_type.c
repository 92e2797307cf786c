/*
 * Types, as far as the text tells them: declared by parameters, `let`, fields and results, and followed through fields, elements and
 * known calls. Nothing is inferred; what is not plain to see is not known.
 */
#include "rhook_type_internal.h"

#include <string.h>

uint32_t rhook_first_named(const struct rhook_program *p, uint32_t node)
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
		uint32_t inner = rhook_first_named(p, node);
		if (inner == RHOOK_NONE)
			return false;
		node = inner;
	}
	return p->nodes[node].kind == K_OTHER && (has_token(p, node, "..") || has_token(p, node, "..="));
}

/* --- types as they are written ------------------------------------------------------------------------------------------------ */

uint32_t rhook_referred_type(const struct rhook_program *p, uint32_t type)
{
	while (type != RHOOK_NONE && p->nodes[type].kind == K_REFERENCE_TYPE)
		type = rhook_child(p, type, F_TYPE);
	return type;
}

struct rhook_type rhook_written_type(const struct rhook_program *p, uint32_t type)
{
	type = rhook_referred_type(p, type);
	if (rhook_is_number_type(p, type))
		return RHOOK_TYPE_NUMBER;
	return (struct rhook_type){.node = type};
}

/* `Vec` of `std::vec::Vec<T>`, `Point` of `Point`; RHOOK_NONE for what has no name. */
uint32_t rhook_type_name(const struct rhook_program *p, uint32_t type)
{
	for (int i = 0; i < RHOOK_TYPE_DEEP && type != RHOOK_NONE; i++) {
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

uint32_t rhook_type_argument(const struct rhook_program *p, uint32_t type, int index)
{
	uint32_t arguments = type == RHOOK_NONE ? RHOOK_NONE : rhook_child_kind(p, type, K_TYPE_ARGUMENTS);

	for (uint32_t c = arguments == RHOOK_NONE ? RHOOK_NONE : rhook_first(p, arguments); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].named && !rhook_is_comment(&p->nodes[c]) && p->nodes[c].kind != K_LIFETIME && index-- == 0)
			return c;
	return RHOOK_NONE;
}

bool rhook_type_is_named(const struct rhook_program *p, uint32_t type, const char *names)
{
	uint32_t name = type == RHOOK_NONE ? RHOOK_NONE : rhook_type_name(p, type);

	return name != RHOOK_NONE && rhook_node_among(p, name, names);
}

/* What an index, an iteration or pop() takes out. */
static struct rhook_type element(const struct rhook_types *t, struct rhook_type of,
				 int depth) /* NOLINT(misc-no-recursion): RHOOK_TYPE_DEEP */
{
	const struct rhook_program *p = t->program;
	static const char lists[] = " Vec VecDeque BinaryHeap ";
	static const char maps[] = " HashMap BTreeMap ";

	if (of.node == RHOOK_NONE)
		return RHOOK_TYPE_UNKNOWN;
	if (p->nodes[of.node].kind == K_ARRAY)
		return rhook_type_at(t, rhook_first_named(p, of.node), depth + 1);
	if (p->nodes[of.node].kind == K_ARRAY_TYPE)
		return rhook_written_type(p, rhook_child(p, of.node, F_ELEMENT));
	if (rhook_type_is_named(p, of.node, lists))
		return rhook_written_type(p, rhook_type_argument(p, of.node, 0));
	if (rhook_type_is_named(p, of.node, maps))
		return rhook_written_type(p, rhook_type_argument(p, of.node, 1));
	return RHOOK_TYPE_UNKNOWN;
}

/* Of an Option or Result. */
static struct rhook_type inside(const struct rhook_program *p, struct rhook_type of)
{
	static const char names[] = " Option Result ";

	return rhook_type_is_named(p, of.node, names) ? rhook_written_type(p, rhook_type_argument(p, of.node, 0)) : RHOOK_TYPE_UNKNOWN;
}

/* --- what the program declares ------------------------------------------------------------------------------------------------- */

uint32_t rhook_types_name(const struct rhook_types *t, uint32_t node)
{
	return node == RHOOK_NONE ? RHOOK_NONE : rhook_node_name(t->program, node);
}

uint32_t rhook_impl_around(const struct rhook_program *p, uint32_t fn)
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
struct rhook_type rhook_self_type(const struct rhook_program *p, uint32_t fn)
{
	uint32_t impl = rhook_impl_around(p, fn);

	if (impl == RHOOK_NONE)
		return RHOOK_TYPE_UNKNOWN;
	return p->nodes[impl].kind == K_IMPL ? rhook_written_type(p, rhook_child(p, impl, F_TYPE)) : RHOOK_TYPE_UNKNOWN;
}

struct rhook_type rhook_result_type(const struct rhook_program *p, uint32_t fn)
{
	struct rhook_type type = rhook_written_type(p, rhook_child(p, p->infos[fn].node, F_RETURN_TYPE));

	return type.node != RHOOK_NONE && rhook_node_is(p, type.node, "Self") ? rhook_self_type(p, fn) : type;
}

/* --- types of expressions -------------------------------------------------------------------------------------------------------- */

/* What a `for` loop binds in each round. */
struct rhook_type rhook_type_of_round(const struct rhook_types *t, uint32_t node,
				      int depth) /* NOLINT(misc-no-recursion): RHOOK_TYPE_DEEP */
{
	static const char numbers[] = " chars bytes ";
	static const char all[] = " iter iter_mut into_iter drain ";
	const struct rhook_program *p = t->program;
	uint32_t over = rhook_child(p, node, F_VALUE), name;

	if (over == RHOOK_NONE)
		return RHOOK_TYPE_UNKNOWN;
	name = p->nodes[over].kind == K_CALL && p->nodes[over].call == RHOOK_NONE ? rhook_callee_name(p, over) : RHOOK_NONE;
	if (name == RHOOK_NONE || p->nodes[name].kind != K_FIELD_IDENTIFIER)
		return element(t, rhook_type_at(t, over, depth + 1), depth);
	if (rhook_node_among(p, name, numbers))
		return RHOOK_TYPE_NUMBER;
	return rhook_node_among(p, name, all)
		   ? element(t, rhook_type_at(t, rhook_child(p, p->nodes[name].parent, F_VALUE), depth + 1), depth)
		   : RHOOK_TYPE_UNKNOWN;
}

static struct rhook_type type_of_source(const struct rhook_types *t, uint32_t source,
					int depth) /* NOLINT(misc-no-recursion): RHOOK_TYPE_DEEP */
{
	if (source == RHOOK_NONE)
		return RHOOK_TYPE_UNKNOWN;
	if (t->program->nodes[source].kind == K_FOR)
		return rhook_type_of_round(t, source, depth + 1);
	return t->program->nodes[source].field == F_VALUE ? rhook_type_at(t, source, depth) : rhook_written_type(t->program, source);
}

static struct rhook_type type_of_name(const struct rhook_types *t, uint32_t node,
				      int depth) /* NOLINT(misc-no-recursion): RHOOK_TYPE_DEEP */
{
	const struct rhook_program *p = t->program;
	uint32_t name = rhook_types_name(t, node), fn = p->nodes[node].ctx;

	for (int i = 0; i < RHOOK_TYPE_DEEP && fn != RHOOK_NONE; i++) {
		if (rhook_pairs_get(&t->numbers, fn, name) == 1)
			return RHOOK_TYPE_NUMBER;
		if (rhook_pairs_get(&t->locals, fn, name) != RHOOK_NONE)
			return type_of_source(t, rhook_types_get(&t->locals, fn, name), depth + 1);
		fn = p->fns[fn].parent < 0 ? RHOOK_NONE : (uint32_t)p->fns[fn].parent;
	}
	return RHOOK_TYPE_UNKNOWN;
}

uint32_t rhook_type_item(const struct rhook_types *t, uint32_t type)
{
	uint32_t name = type == RHOOK_NONE ? RHOOK_NONE : rhook_type_name(t->program, type);

	return name == RHOOK_NONE ? RHOOK_NONE : rhook_types_get(&t->items, rhook_types_name(t, name), 0);
}

static struct rhook_type type_of_field(const struct rhook_types *t, uint32_t node,
				       int depth) /* NOLINT(misc-no-recursion): RHOOK_TYPE_DEEP */
{
	const struct rhook_program *p = t->program;
	uint32_t item = rhook_type_item(t, rhook_type_at(t, rhook_child(p, node, F_VALUE), depth + 1).node);

	return rhook_written_type(p, rhook_types_get(&t->fields, item, rhook_types_name(t, rhook_child(p, node, F_FIELD))));
}

/* What a method of a trait of the program returns, where that is the same for every type. */
static struct rhook_type declared_result(const struct rhook_types *t, uint32_t method)
{
	uint32_t fn = rhook_types_get(&t->methods, rhook_types_get(&t->origins, method, 0), method);
	struct rhook_type type =
	    fn == RHOOK_NONE ? RHOOK_TYPE_UNKNOWN : rhook_written_type(t->program, rhook_child(t->program, fn, F_RETURN_TYPE));

	return type.number ? type : RHOOK_TYPE_UNKNOWN;
}

static struct rhook_type type_of_method(const struct rhook_types *t, uint32_t name,
					int depth) /* NOLINT(misc-no-recursion): RHOOK_TYPE_DEEP */
{
	static const char same[] = " clone to_owned abs max min pow wrapping_add wrapping_mul wrapping_sub rem_euclid ";
	static const char numbers[] = " len is_empty count_ones starts_with ends_with contains is_some is_none is_ok is_err eq ne "
				      "is_numeric is_alphabetic capacity contains_key ";
	static const char taking[] = " unwrap expect unwrap_or unwrap_or_default ";
	static const char parts[] = " pop get first last pop_front pop_back next peek ";
	const struct rhook_program *p = t->program;
	uint32_t receiver = rhook_child(p, p->nodes[name].parent, F_VALUE), inner;

	if (receiver == RHOOK_NONE)
		return RHOOK_TYPE_UNKNOWN;
	if (rhook_types_get(&t->origins, rhook_types_name(t, name), 0) != RHOOK_NONE) /* of a trait of the program, or perhaps not */
		return rhook_own_method_at(t, name, depth) ? declared_result(t, rhook_types_name(t, name)) : RHOOK_TYPE_UNKNOWN;
	if (rhook_node_among(p, name, numbers))
		return RHOOK_TYPE_NUMBER;
	if (rhook_node_among(p, name, same))
		return rhook_type_at(t, receiver, depth + 1);
	if (!rhook_node_among(p, name, taking))
		return RHOOK_TYPE_UNKNOWN;
	inner = p->nodes[receiver].kind == K_CALL ? rhook_callee_name(p, receiver) : RHOOK_NONE;
	if (inner != RHOOK_NONE && p->nodes[inner].kind == K_FIELD_IDENTIFIER && p->nodes[receiver].call == RHOOK_NONE &&
	    rhook_node_among(p, inner, parts))
		return element(t, rhook_type_at(t, rhook_child(p, p->nodes[inner].parent, F_VALUE), depth + 1), depth);
	return inside(p, rhook_type_at(t, receiver, depth + 1));
}

static struct rhook_type type_of_call(const struct rhook_types *t, uint32_t node,
				      int depth) /* NOLINT(misc-no-recursion): RHOOK_TYPE_DEEP */
{
	const struct rhook_program *p = t->program;
	uint32_t name;

	if (p->nodes[node].call != RHOOK_NONE)
		return rhook_result_type(p, p->calls[p->nodes[node].call].target);
	name = rhook_callee_name(p, node);
	return name != RHOOK_NONE && p->nodes[name].kind == K_FIELD_IDENTIFIER ? type_of_method(t, name, depth) : RHOOK_TYPE_UNKNOWN;
}

static struct rhook_type type_of_binary(const struct rhook_types *t, uint32_t node,
					int depth) /* NOLINT(misc-no-recursion): RHOOK_TYPE_DEEP */
{
	static const char truth[] = " == != < > <= >= && || ";
	const struct rhook_program *p = t->program;
	uint32_t sign = rhook_child(p, node, F_OPERATOR), left = rhook_child(p, node, F_LEFT), right = rhook_child(p, node, F_RIGHT);

	if (sign != RHOOK_NONE && rhook_node_among(p, sign, truth))
		return RHOOK_TYPE_NUMBER;
	if (left != RHOOK_NONE && rhook_type_at(t, left, depth + 1).number)
		return RHOOK_TYPE_NUMBER;
	return right != RHOOK_NONE && rhook_type_at(t, right, depth + 1).number ? RHOOK_TYPE_NUMBER : RHOOK_TYPE_UNKNOWN;
}

static struct rhook_type type_of_index(const struct rhook_types *t, uint32_t node,
				       int depth) /* NOLINT(misc-no-recursion): RHOOK_TYPE_DEEP */
{
	const struct rhook_program *p = t->program;
	uint32_t base = rhook_first_named(p, node), index = base == RHOOK_NONE ? RHOOK_NONE : rhook_next(p, base);

	while (index != RHOOK_NONE && !p->nodes[index].named)
		index = rhook_next(p, index);
	if (index == RHOOK_NONE || rhook_is_range(p, index))
		return RHOOK_TYPE_UNKNOWN;
	return element(t, rhook_type_at(t, base, depth + 1), depth);
}

static struct rhook_type type_of_inner(const struct rhook_types *t, uint32_t node,
				       int depth) /* NOLINT(misc-no-recursion): RHOOK_TYPE_DEEP */
{
	const struct rhook_program *p = t->program;
	uint32_t inner = p->nodes[node].kind == K_REFERENCE ? rhook_child(p, node, F_VALUE) : rhook_first_named(p, node);

	return inner == RHOOK_NONE ? RHOOK_TYPE_UNKNOWN : rhook_type_at(t, inner, depth + 1);
}

struct rhook_type rhook_type_at(const struct rhook_types *t, uint32_t node, int depth) /* NOLINT(misc-no-recursion): RHOOK_TYPE_DEEP */
{
	const struct rhook_program *p = t->program;

	if (node == RHOOK_NONE || depth > RHOOK_TYPE_DEEP)
		return RHOOK_TYPE_UNKNOWN;
	switch (p->nodes[node].kind) {
	case K_ARRAY:
		return (struct rhook_type){.node = node};
	case K_BINARY:
		return type_of_binary(t, node, depth);
	case K_BOOLEAN:
	case K_CHARACTER:
	case K_FLOAT:
	case K_INTEGER:
		return RHOOK_TYPE_NUMBER;
	case K_CALL:
		return type_of_call(t, node, depth);
	case K_CAST:
		return rhook_written_type(p, rhook_child(p, node, F_TYPE));
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
		return RHOOK_TYPE_TEXT;
	case K_SELF:
		return rhook_self_type(p, p->nodes[node].ctx);
	case K_STRUCT_EXPRESSION:
		return rhook_written_type(p, rhook_child(p, node, F_NAME));
	case K_TRY:
		return inside(p, type_of_inner(t, node, depth));
	default:
		return RHOOK_TYPE_UNKNOWN;
	}
}

struct rhook_type rhook_type_of(const struct rhook_types *types, uint32_t node)
{
	return rhook_type_at(types, node, 0);
}
