/* Integer types of expressions, and the values that an expression may have when those of its variables are known. */
#include "rhook_hint_number_internal.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	bool is_signed;
	unsigned bits, sure_bits;
} types[] = {{NULL, false, 0, 0},    {"i8", true, 8, 8},      {"i16", true, 16, 16},   {"i32", true, 32, 32},
	     {"i64", true, 64, 64},  {"isize", true, 64, 32}, {"u8", false, 8, 8},     {"u16", false, 16, 16},
	     {"u32", false, 32, 32}, {"u64", false, 64, 64},  {"usize", false, 64, 32}};

const char *rhook_integer_name(enum rhook_integer type)
{
	return types[type].name;
}

/* --- types --------------------------------------------------------------------------------------------------------------------- */

enum rhook_integer rhook_integer_of_type(const struct rhook_program *p, uint32_t type)
{
	for (unsigned i = 1; type != RHOOK_NONE && i < sizeof types / sizeof *types; i++)
		if (rhook_node_is(p, type, types[i].name))
			return (enum rhook_integer)i;
	return RHOOK_NO_INTEGER;
}

uint32_t rhook_number_binder(const struct rhook_numbers *n, uint32_t identifier)
{
	uint32_t fn = rhook_hint_owner(n->program, identifier);

	return fn == RHOOK_NONE ? RHOOK_NONE : rhook_types_get(&n->names, fn, rhook_node_name(n->program, identifier));
}

uint32_t rhook_variable_of(const struct rhook_numbers *n, uint32_t identifier)
{
	uint32_t binder = n->program->nodes[identifier].kind == K_IDENTIFIER ? rhook_number_binder(n, identifier) : RHOOK_NONE;
	uint32_t slot = binder == RHOOK_NONE ? RHOOK_NONE : rhook_pairs_get(&n->slot_of, binder, 0);

	return slot == RHOOK_NONE || n->slots[slot].any ? RHOOK_NONE : binder;
}

size_t rhook_assignments_of(const struct rhook_numbers *n, uint32_t variable, uint32_t *first)
{
	uint32_t slot = rhook_pairs_get(&n->slot_of, variable, 0);
	size_t count = 0;

	for (size_t i = slot == RHOOK_NONE ? n->source_count : n->slots[slot].first; i < n->source_count && n->sources[i].slot == slot;
	     i++) {
		if (n->sources[i].at == RHOOK_NONE)
			continue;
		*first = count++ ? *first : n->sources[i].at;
	}
	return count;
}

static enum rhook_integer integer_at(const struct rhook_numbers *n, uint32_t node, int depth);

static enum rhook_integer integer_of_literal(const struct rhook_program *p, uint32_t node)
{
	for (unsigned i = 1; i < sizeof types / sizeof *types; i++) {
		size_t size = strlen(types[i].name);
		if (p->nodes[node].end - p->nodes[node].start > size &&
		    memcmp(p->text + p->nodes[node].end - size, types[i].name, size) == 0)
			return (enum rhook_integer)i;
	}
	return RHOOK_NO_INTEGER;
}

bool rhook_range_ends(const struct rhook_program *p, uint32_t range, uint32_t *low, uint32_t *high, bool *closed)
{
	range = rhook_hint_inner(p, range);
	*low = *high = RHOOK_NONE;
	*closed = false;
	if (range == RHOOK_NONE || !rhook_is_range(p, range))
		return false;
	for (uint32_t c = rhook_first(p, range); c != RHOOK_NONE; c = rhook_next(p, c)) {
		if (!p->nodes[c].named)
			*closed |= rhook_node_is(p, c, "..=");
		else if (!rhook_is_comment(&p->nodes[c]))
			*(*low == RHOOK_NONE ? low : high) = c;
	}
	return *high != RHOOK_NONE;
}

static enum rhook_integer integer_of_binder(const struct rhook_numbers *n, uint32_t binder, int depth) /* NOLINT(misc-no-recursion) */
{
	const struct rhook_program *p = n->program;
	uint32_t type = binder == RHOOK_NONE ? RHOOK_NONE : rhook_child(p, binder, F_TYPE), low, high;
	enum rhook_integer found;
	bool closed;

	if (binder == RHOOK_NONE)
		return RHOOK_NO_INTEGER;
	if (p->nodes[binder].kind == K_FOR) {
		if (!rhook_range_ends(p, rhook_child(p, binder, F_VALUE), &low, &high, &closed))
			return RHOOK_NO_INTEGER;
		found = integer_at(n, low, depth + 1);
		return found ? found : integer_at(n, high, depth + 1);
	}
	if (type != RHOOK_NONE || p->nodes[binder].kind != K_LET)
		return rhook_integer_of_type(p, type);
	return integer_at(n, rhook_child(p, binder, F_VALUE), depth + 1);
}

static enum rhook_integer integer_of_element(const struct rhook_numbers *n, uint32_t index)
{
	const struct rhook_program *p = n->program;
	uint32_t base = rhook_first_named(p, index), type = base == RHOOK_NONE ? RHOOK_NONE : rhook_type_of(n->h->types, base).node;

	if (type == RHOOK_NONE || rhook_hint_hides(n->h, "Vec"))
		return RHOOK_NO_INTEGER;
	if (p->nodes[type].kind == K_ARRAY_TYPE)
		return rhook_integer_of_type(p, rhook_child(p, type, F_ELEMENT));
	if (!rhook_type_is_named(p, type, " Vec "))
		return RHOOK_NO_INTEGER;
	for (uint32_t c = rhook_next(p, base); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].named && !rhook_is_comment(&p->nodes[c]))
			return rhook_is_range(p, c) ? RHOOK_NO_INTEGER : rhook_integer_of_type(p, rhook_type_argument(p, type, 0));
	return RHOOK_NO_INTEGER;
}

static enum rhook_integer integer_of_field(const struct rhook_numbers *n, uint32_t node)
{
	const struct rhook_types *t = n->h->types;
	uint32_t item = rhook_type_item(t, rhook_type_of(t, rhook_child(n->program, node, F_VALUE)).node);

	return rhook_integer_of_type(n->program,
				     rhook_types_get(&t->fields, item, rhook_types_name(t, rhook_child(n->program, node, F_FIELD))));
}

static enum rhook_integer integer_of_call(const struct rhook_numbers *n, uint32_t node, int depth) /* NOLINT(misc-no-recursion) */
{
	const struct rhook_program *p = n->program;
	uint32_t from;

	if (p->nodes[node].call != RHOOK_NONE)
		return rhook_integer_of_type(p, rhook_child(p, p->infos[p->calls[p->nodes[node].call].target].node, F_RETURN_TYPE));
	from = rhook_hint_receiver(n->h, node, "clone");
	if (from != RHOOK_NONE)
		return integer_at(n, from, depth + 1);
	return rhook_hint_receiver(n->h, node, "len") != RHOOK_NONE ? RHOOK_USIZE : RHOOK_NO_INTEGER;
}

static enum rhook_integer integer_of_binary(const struct rhook_numbers *n, uint32_t node, int depth) /* NOLINT(misc-no-recursion) */
{
	static const char signs[] = " + - * / % & | ^ ";
	const struct rhook_program *p = n->program;
	uint32_t sign = rhook_child(p, node, F_OPERATOR);
	enum rhook_integer found = integer_at(n, rhook_child(p, node, F_LEFT), depth + 1);

	if (sign != RHOOK_NONE && rhook_node_among(p, sign, " << >> "))
		return found;
	if (sign == RHOOK_NONE || !rhook_node_among(p, sign, signs))
		return RHOOK_NO_INTEGER;
	return found ? found : integer_at(n, rhook_child(p, node, F_RIGHT), depth + 1);
}

static enum rhook_integer integer_at(const struct rhook_numbers *n, uint32_t node, int depth) /* NOLINT(misc-no-recursion) */
{
	const struct rhook_program *p = n->program;

	node = rhook_hint_inner(p, node);
	if (node == RHOOK_NONE || depth > RHOOK_NUMBER_DEEP)
		return RHOOK_NO_INTEGER;
	switch (p->nodes[node].kind) {
	case K_BINARY:
		return integer_of_binary(n, node, depth);
	case K_BLOCK:
		return integer_at(n, rhook_hint_tail(p, node), depth + 1);
	case K_CALL:
		return integer_of_call(n, node, depth);
	case K_CAST:
		return rhook_integer_of_type(p, rhook_child(p, node, F_TYPE));
	case K_FIELD_EXPRESSION:
		return integer_of_field(n, node);
	case K_IDENTIFIER:
		return integer_of_binder(n, rhook_number_binder(n, node), depth);
	case K_IF:
		return integer_at(n, rhook_child(p, node, F_CONSEQUENCE), depth + 1);
	case K_INDEX:
		return integer_of_element(n, node);
	case K_INTEGER:
		return integer_of_literal(p, node);
	case K_UNARY:
		return p->text[p->nodes[node].start] == '*' ? RHOOK_NO_INTEGER : integer_at(n, rhook_first_named(p, node), depth + 1);
	default:
		return RHOOK_NO_INTEGER;
	}
}

enum rhook_integer rhook_integer_of(const struct rhook_numbers *numbers, uint32_t node)
{
	return integer_at(numbers, node, 0);
}

/* --- ranges ---------------------------------------------------------------------------------------------------------------------- */

static struct rhook_range range_of_bits(bool is_signed, unsigned bits)
{
	rhook_wide one = 1;

	return (struct rhook_range){true, is_signed ? -(one << (bits - 1)) : 0, (one << (is_signed ? bits - 1 : bits)) - 1};
}

struct rhook_range rhook_type_range(enum rhook_integer type)
{
	return type ? range_of_bits(types[type].is_signed, types[type].bits) : (struct rhook_range){0};
}

struct rhook_range rhook_fit(enum rhook_integer type, struct rhook_range range)
{
	struct rhook_range sure = type ? range_of_bits(types[type].is_signed, types[type].sure_bits) : (struct rhook_range){0};

	if (!range.known || !type)
		return rhook_type_range(type);
	return range.low > range.high || (range.low >= sure.low && range.high <= sure.high) ? range : rhook_type_range(type);
}

bool rhook_literal(const struct rhook_program *p, uint32_t node, uint64_t *value)
{
	const struct rhook_node *n = &p->nodes[node];
	uint32_t at = n->start;
	unsigned base = 10;

	if (n->kind != K_INTEGER)
		return false;
	if (n->end - at > 2 && p->text[at] == '0' && strchr("xob", p->text[at + 1])) {
		base = p->text[at + 1] == 'x' ? 16 : p->text[at + 1] == 'o' ? 8 : 2;
		at += 2;
	}
	for (*value = 0; at < n->end; at++) {
		static const char digits[] = "0123456789abcdef";
		char c = p->text[at] >= 'A' && p->text[at] <= 'F' ? (char)(p->text[at] + 32) : p->text[at];
		const char *digit = memchr(digits, c, base);
		if (c == '_')
			continue;
		if (!digit)
			return c == 'i' || c == 'u';
		if (*value > (UINT64_MAX / 2 - 16) / base)
			return false;
		*value = *value * base + (uint64_t)(digit - digits);
	}
	return true;
}

static struct rhook_range range_of_cast(const struct rhook_numbers *n, uint32_t node, int depth) /* NOLINT(misc-no-recursion) */
{
	const struct rhook_program *p = n->program;
	enum rhook_integer to = rhook_integer_of_type(p, rhook_child(p, node, F_TYPE));

	return rhook_fit(to, rhook_range_at(n, rhook_child(p, node, F_VALUE), depth + 1));
}

struct rhook_range rhook_joined(struct rhook_range a, struct rhook_range b)
{
	if (!a.known || !b.known)
		return (struct rhook_range){0};
	if (a.low > a.high)
		return b;
	if (b.low > b.high)
		return a;
	return (struct rhook_range){true, a.low < b.low ? a.low : b.low, a.high > b.high ? a.high : b.high};
}

static struct rhook_range range_of_if(const struct rhook_numbers *n, uint32_t node, int depth) /* NOLINT(misc-no-recursion) */
{
	const struct rhook_program *p = n->program;
	uint32_t other = rhook_child(p, node, F_ALTERNATIVE);

	if (other == RHOOK_NONE)
		return (struct rhook_range){0};
	return rhook_joined(rhook_range_at(n, rhook_child(p, node, F_CONSEQUENCE), depth + 1),
			    rhook_range_at(n, rhook_first_named(p, other), depth + 1));
}

static struct rhook_range range_of_call(const struct rhook_numbers *n, uint32_t node, int depth) /* NOLINT(misc-no-recursion) */
{
	const struct rhook_program *p = n->program;
	uint32_t from, slot;

	if (p->nodes[node].call != RHOOK_NONE) {
		slot = rhook_pairs_get(&n->slot_of, p->calls[p->nodes[node].call].target, 1);
		return slot == RHOOK_NONE ? (struct rhook_range){0} : n->slots[slot].range;
	}
	from = rhook_hint_receiver(n->h, node, "clone");
	return from == RHOOK_NONE ? (struct rhook_range){0} : rhook_range_at(n, from, depth + 1);
}

static struct rhook_range range_of_name(const struct rhook_numbers *n, uint32_t node, int depth) /* NOLINT(misc-no-recursion) */
{
	uint32_t binder = rhook_number_binder(n, node), slot = binder == RHOOK_NONE ? RHOOK_NONE : rhook_pairs_get(&n->slot_of, binder, 0);

	return slot == RHOOK_NONE ? (struct rhook_range){0} : rhook_refined(n, node, n->slots[slot].range, depth);
}

static struct rhook_range product(struct rhook_range a, struct rhook_range b)
{
	const rhook_wide left[2] = {a.low, a.high}, right[2] = {b.low, b.high};
	struct rhook_range r = {0};

	for (int i = 0; i < 4; i++) {
		rhook_wide one;
		if (__builtin_mul_overflow(left[i / 2], right[i % 2], &one))
			return (struct rhook_range){0}; /* of two u64 */
		r.low = !r.known || one < r.low ? one : r.low;
		r.high = !r.known || one > r.high ? one : r.high;
		r.known = true;
	}
	return r;
}

/* Of numbers of at most 64 bits: but for products, 128 hold what comes out. */
struct rhook_range rhook_binary_range(const struct rhook_program *p, uint32_t sign, struct rhook_range a, struct rhook_range b)
{
	struct rhook_range none = {0};

	if (!a.known || !b.known)
		return none;
	if (a.low > a.high || b.low > b.high)
		return a.low > a.high ? a : b;
	switch (p->text[p->nodes[sign].start]) {
	case '+':
		return (struct rhook_range){true, a.low + b.low, a.high + b.high};
	case '-':
		return (struct rhook_range){true, a.low - b.high, a.high - b.low};
	case '*':
		return product(a, b);
	case '/':
		return b.low > 0 ? (struct rhook_range){true, a.low < 0 ? a.low / b.low : a.low / b.high,
							a.high < 0 ? a.high / b.high : a.high / b.low}
				 : none;
	case '%':
		if (b.low <= 0)
			return none;
		return (struct rhook_range){true,
					    a.low >= 0	      ? 0
					    : a.low > -b.high ? a.low
							      : 1 - b.high,
					    a.high <= 0	      ? 0
					    : a.high < b.high ? a.high
							      : b.high - 1};
	case '&':
		return b.low >= 0 ? (struct rhook_range){true, 0, b.high} : none;
	default:
		return none;
	}
}

static struct rhook_range compute(const struct rhook_numbers *n, uint32_t node, int depth) /* NOLINT(misc-no-recursion) */
{
	const struct rhook_program *p = n->program;
	uint64_t value;

	switch (p->nodes[node].kind) {
	case K_BINARY:
		return rhook_binary_range(p, rhook_child(p, node, F_OPERATOR), rhook_range_at(n, rhook_child(p, node, F_LEFT), depth + 1),
					  rhook_range_at(n, rhook_child(p, node, F_RIGHT), depth + 1));
	case K_BLOCK:
		return rhook_range_at(n, rhook_hint_tail(p, node), depth + 1);
	case K_CALL:
		return range_of_call(n, node, depth);
	case K_CAST:
		return range_of_cast(n, node, depth);
	case K_IDENTIFIER:
		return range_of_name(n, node, depth);
	case K_IF:
		return range_of_if(n, node, depth);
	case K_INTEGER:
		if (!rhook_literal(p, node, &value))
			return (struct rhook_range){0};
		return (struct rhook_range){true, (rhook_wide)value, (rhook_wide)value};
	default:
		return (struct rhook_range){0};
	}
}

struct rhook_range rhook_range_at(const struct rhook_numbers *n, uint32_t node, int depth) /* NOLINT(misc-no-recursion) */
{
	node = rhook_hint_inner(n->program, node);
	if (node == RHOOK_NONE || depth > RHOOK_NUMBER_DEEP)
		return (struct rhook_range){0};
	if (n->program->nodes[node].kind == K_INTEGER)
		return compute(n, node, depth);
	return rhook_fit(rhook_integer_of(n, node), compute(n, node, depth));
}

struct rhook_range rhook_range_of(const struct rhook_numbers *numbers, uint32_t node)
{
	return rhook_range_at(numbers, node, 0);
}
