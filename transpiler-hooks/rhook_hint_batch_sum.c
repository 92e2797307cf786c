/*
 * Reads a function of the shape
 *
 *     fn dot(&self, other: &Matrix, row: usize, column: usize) -> f64 {
 *         let mut sum = 0f64; for k in 0..n { sum += a[..] * b[.. + column] } sum
 *     }
 *
 * Anything that is not listed here makes it another shape.
 */
#include "rhook_hint_batch.h"
#include "rhook_type_internal.h"

#include <string.h>

uint32_t rhook_batch_only(const struct rhook_program *p, uint32_t block)
{
	while (block != RHOOK_NONE && (p->nodes[block].kind == K_BLOCK || p->nodes[block].kind == K_EXPRESSION_STATEMENT)) {
		uint32_t only = rhook_first_named(p, block);
		for (uint32_t c = only == RHOOK_NONE ? only : rhook_next(p, only); c != RHOOK_NONE; c = rhook_next(p, c))
			if (p->nodes[c].named)
				return RHOOK_NONE;
		block = only;
	}
	return block;
}

static bool same_name(const struct rhook_program *p, uint32_t a, uint32_t b)
{
	uint32_t size = p->nodes[a].end - p->nodes[a].start;

	return size == p->nodes[b].end - p->nodes[b].start && memcmp(p->text + p->nodes[a].start, p->text + p->nodes[b].start, size) == 0;
}

static uint32_t without_cast(const struct rhook_program *p, uint32_t node)
{
	for (node = rhook_hint_inner(p, node); node != RHOOK_NONE && p->nodes[node].kind == K_CAST; node = rhook_hint_inner(p, node)) {
		if (!rhook_node_is(p, rhook_child(p, node, F_TYPE), "usize"))
			return node;
		node = rhook_child(p, node, F_VALUE);
	}
	return node;
}

/* `0.5`, `0f64`: the grammar takes the second for an integer. */
static bool is_float(const struct rhook_program *p, uint32_t node)
{
	const struct rhook_node *n = &p->nodes[node];

	return n->kind == K_FLOAT || (n->kind == K_INTEGER && n->end - n->start > 3 && memcmp(p->text + n->end - 3, "f64", 3) == 0);
}

/* `usize` as the type of a name or field. */
static bool is_usize(const struct rhook_hinting *h, const struct rhook_batch *b, uint32_t node)
{
	const struct rhook_program *p = h->program;
	uint32_t binder, type = RHOOK_NONE, item;

	if (p->nodes[node].kind == K_IDENTIFIER) {
		binder = rhook_hint_binder(h, node);
		if (binder == b->loop)
			return true; /* its range ends with one */
		type = binder == RHOOK_NONE || p->nodes[binder].kind != K_PARAMETER ? RHOOK_NONE : rhook_child(p, binder, F_TYPE);
	} else if (p->nodes[node].kind == K_FIELD_EXPRESSION) {
		item = rhook_type_item(h->types, rhook_type_of(h->types, rhook_child(p, node, F_VALUE)).node);
		if (item == RHOOK_NONE)
			return false;
		type = rhook_pairs_get(&h->types->fields, item, rhook_node_name(h->program, rhook_child(p, node, F_FIELD)));
		type = type == RHOOK_AMBIGUOUS ? RHOOK_NONE : type;
	}
	return type != RHOOK_NONE && rhook_node_is(p, type, "usize");
}

/* Whole numbers of usize put together by + - *: what is computed with checks in the batch. */
static bool is_index(const struct rhook_hinting *h, const struct rhook_batch *b, uint32_t index)
{
	const struct rhook_program *p = h->program;

	for (uint32_t i = index; i < p->nodes[index].last; i++) {
		uint32_t sign;
		switch (p->nodes[i].kind) {
		case K_BINARY:
			sign = rhook_child(p, i, F_OPERATOR);
			if (sign == RHOOK_NONE || !rhook_node_among(p, sign, " + - * "))
				return false;
			break;
		case K_CAST:
			if (!rhook_node_is(p, rhook_child(p, i, F_TYPE), "usize"))
				return false;
			break;
		case K_FIELD_EXPRESSION:
		case K_IDENTIFIER:
			if (!is_usize(h, b, i))
				return false;
			i = p->nodes[i].last - 1;
			break;
		case K_INTEGER:
			if (p->nodes[i].end - p->nodes[i].start > 9)
				return false;
			break;
		case K_PARENTHESIZED:
		case K_PRIMITIVE_TYPE:
			break;
		default:
			if (p->nodes[i].named)
				return false;
		}
	}
	return true;
}

/* A vector or slice of f64 that is borrowed for as long as the function runs: `x`, `self.x`. */
static bool is_list(const struct rhook_hinting *h, uint32_t list)
{
	const struct rhook_program *p = h->program;
	uint32_t root = list, binder, type;

	while (p->nodes[root].kind == K_FIELD_EXPRESSION)
		root = rhook_child(p, root, F_VALUE);
	if (p->nodes[root].kind == K_IDENTIFIER) {
		binder = rhook_hint_binder(h, root);
		type = binder == RHOOK_NONE || p->nodes[binder].kind != K_PARAMETER ? RHOOK_NONE : rhook_child(p, binder, F_TYPE);
		if (type == RHOOK_NONE || p->nodes[type].kind != K_REFERENCE_TYPE || rhook_child_kind(p, type, K_MUTABLE) != RHOOK_NONE)
			return false;
	} else if (p->nodes[root].kind != K_SELF) {
		return false;
	}
	type = rhook_type_of(h->types, list).node;
	return type != RHOOK_NONE && rhook_hint_is_std_type(h, type, "Vec") && rhook_type_argument(p, type, 0) != RHOOK_NONE &&
	       rhook_node_is(p, rhook_type_argument(p, type, 0), "f64");
}

/* `base + column`, `column`: false when the parameter stands elsewhere in the index, too. */
static bool split_index(const struct rhook_program *p, const struct rhook_batch *b, struct rhook_batch_term *term)
{
	uint32_t left, right, sign;

	term->base = RHOOK_NONE;
	term->lanes = rhook_hint_mentions(p, term->index, b->parameter);
	if (!term->lanes)
		return true;
	if (p->nodes[term->index].kind == K_IDENTIFIER)
		return true;
	if (p->nodes[term->index].kind != K_BINARY)
		return false;
	sign = rhook_child(p, term->index, F_OPERATOR);
	left = without_cast(p, rhook_child(p, term->index, F_LEFT));
	right = without_cast(p, rhook_child(p, term->index, F_RIGHT));
	if (!rhook_node_is(p, sign, "+"))
		return false;
	if (p->nodes[right].kind == K_IDENTIFIER && same_name(p, right, b->parameter) && !rhook_hint_mentions(p, left, b->parameter))
		term->base = left;
	else if (p->nodes[left].kind == K_IDENTIFIER && same_name(p, left, b->parameter) && !rhook_hint_mentions(p, right, b->parameter))
		term->base = right;
	return term->base != RHOOK_NONE;
}

static bool read_term(const struct rhook_hinting *h, uint32_t node, struct rhook_batch *b)
{
	const struct rhook_program *p = h->program;
	uint32_t list = rhook_first_named(p, node), index;
	struct rhook_batch_term *term = b->term_count < BATCH_TERMS ? &b->terms[b->term_count] : NULL;

	index = list == RHOOK_NONE ? RHOOK_NONE : rhook_next(p, list);
	while (index != RHOOK_NONE && !p->nodes[index].named)
		index = rhook_next(p, index);
	if (!term || index == RHOOK_NONE)
		return false;
	*term = (struct rhook_batch_term){.node = node, .list = list, .index = without_cast(p, index)};
	if (!is_list(h, list) || !is_index(h, b, term->index) || !split_index(p, b, term))
		return false;
	b->term_count++;
	return true;
}

/* Products and sums of elements and literals. */
static bool read_expression(const struct rhook_hinting *h, struct rhook_batch *b)
{
	const struct rhook_program *p = h->program;
	bool lanes = false;

	for (uint32_t i = b->expression; i < p->nodes[b->expression].last; i++) {
		uint32_t from, sign;
		switch (p->nodes[i].kind) {
		case K_CALL:
			from = rhook_hint_receiver(h, i, "clone");
			if (from == RHOOK_NONE || p->nodes[from].kind != K_INDEX || !read_term(h, from, b))
				return false;
			b->terms[b->term_count - 1].node = i;
			i = p->nodes[i].last - 1;
			break;
		case K_INDEX:
			if (!read_term(h, i, b))
				return false;
			i = p->nodes[i].last - 1;
			break;
		case K_BINARY:
			sign = rhook_child(p, i, F_OPERATOR);
			if (sign == RHOOK_NONE || !rhook_node_among(p, sign, " + - * / "))
				return false;
			break;
		case K_FLOAT:
		case K_PARENTHESIZED:
			break;
		case K_INTEGER:
			if (!is_float(p, i))
				return false;
			break;
		default:
			if (p->nodes[i].named)
				return false;
		}
	}
	for (unsigned t = 0; t < b->term_count; t++)
		lanes |= b->terms[t].lanes;
	return lanes;
}

/* `for k in 0..n { sum += .. }` */
static bool read_loop(const struct rhook_hinting *h, struct rhook_batch *b)
{
	const struct rhook_program *p = h->program;
	uint32_t pattern = rhook_child(p, b->loop, F_PATTERN), range = rhook_child(p, b->loop, F_VALUE), from, to, sum;

	if (pattern == RHOOK_NONE || p->nodes[pattern].kind != K_IDENTIFIER || rhook_hint_binder(h, pattern) != b->loop ||
	    range == RHOOK_NONE || !rhook_is_range(p, range) || rhook_child_kind(p, b->loop, K_LABEL) != RHOOK_NONE)
		return false;
	range = rhook_hint_inner(p, range);
	from = rhook_first_named(p, range);
	to = from == RHOOK_NONE ? RHOOK_NONE : rhook_next(p, from);
	while (to != RHOOK_NONE && !p->nodes[to].named)
		to = rhook_next(p, to);
	if (to == RHOOK_NONE || (p->nodes[to].kind != K_IDENTIFIER && p->nodes[to].kind != K_FIELD_EXPRESSION) || !is_usize(h, b, to) ||
	    (p->nodes[from].kind != K_INTEGER && !(p->nodes[from].kind == K_IDENTIFIER && is_usize(h, b, from))) ||
	    rhook_hint_mentions(p, range, b->parameter))
		return false;
	sum = rhook_batch_only(p, rhook_child(p, b->loop, F_BODY));
	if (sum == RHOOK_NONE || p->nodes[sum].kind != K_COMPOUND_ASSIGNMENT)
		return false;
	b->expression = rhook_child(p, sum, F_RIGHT);
	b->sign = rhook_child(p, sum, F_OPERATOR);
	sum = rhook_child(p, sum, F_LEFT);
	return b->expression != RHOOK_NONE && b->sign != RHOOK_NONE && rhook_node_among(p, b->sign, " += -= *= ") &&
	       p->nodes[sum].kind == K_IDENTIFIER && same_name(p, sum, b->sum) && read_expression(h, b);
}

static uint32_t next_named(const struct rhook_program *p, uint32_t node)
{
	do
		node = node == RHOOK_NONE ? RHOOK_NONE : rhook_next(p, node);
	while (node != RHOOK_NONE && !p->nodes[node].named);
	return node;
}

static uint32_t unwrapped(const struct rhook_program *p, uint32_t node)
{
	while (node != RHOOK_NONE && p->nodes[node].kind == K_EXPRESSION_STATEMENT)
		node = rhook_first_named(p, node);
	return node;
}

static bool read_body(const struct rhook_hinting *h, struct rhook_batch *b)
{
	const struct rhook_program *p = h->program;
	uint32_t block = p->infos[b->fn].body, let, tail;

	/* `{ { .. } }`: down to the block that has more than one statement */
	for (uint32_t only = rhook_first_named(p, block); only != RHOOK_NONE && next_named(p, only) == RHOOK_NONE;
	     only = rhook_first_named(p, block)) {
		only = unwrapped(p, only);
		if (only == RHOOK_NONE || p->nodes[only].kind != K_BLOCK)
			return false;
		block = only;
	}
	let = rhook_first_named(p, block);
	b->loop = unwrapped(p, next_named(p, let));
	tail = next_named(p, next_named(p, let));
	if (let == RHOOK_NONE || b->loop == RHOOK_NONE || tail == RHOOK_NONE || next_named(p, tail) != RHOOK_NONE ||
	    p->nodes[let].kind != K_LET || p->nodes[b->loop].kind != K_FOR || p->nodes[tail].kind != K_IDENTIFIER)
		return false;
	b->sum = rhook_child(p, let, F_PATTERN);
	b->start = rhook_child(p, let, F_VALUE);
	return b->sum != RHOOK_NONE && p->nodes[b->sum].kind == K_IDENTIFIER && rhook_hint_binder(h, b->sum) == let &&
	       b->start != RHOOK_NONE && is_float(p, b->start) && rhook_child(p, let, F_ALTERNATIVE) == RHOOK_NONE &&
	       same_name(p, tail, b->sum) && read_loop(h, b);
}

bool rhook_batch_read(const struct rhook_hinting *h, uint32_t fn, unsigned argument, struct rhook_batch *b)
{
	const struct rhook_program *p = h->program;
	const struct rhook_info *info = &p->infos[fn];
	uint32_t parameters = rhook_child(p, info->node, F_PARAMETERS), result = rhook_child(p, info->node, F_RETURN_TYPE);
	unsigned index = 0;

	*b = (struct rhook_batch){.fn = fn, .parameter = RHOOK_NONE};
	if (info->generic || !rhook_hint_can_copy(p, fn) || result == RHOOK_NONE || !rhook_node_is(p, result, "f64") ||
	    rhook_child_kind(p, info->node, K_FUNCTION_MODIFIERS) != RHOOK_NONE || rhook_hint_hides(h, "Option"))
		return false;
	for (uint32_t c = rhook_first(p, parameters); c != RHOOK_NONE; c = rhook_next(p, c)) {
		uint32_t pattern = rhook_child(p, c, F_PATTERN);
		if (p->nodes[c].kind == K_SELF_PARAMETER && !rhook_node_is(p, c, "&self"))
			return false;
		if (p->nodes[c].kind != K_PARAMETER)
			continue;
		if (pattern == RHOOK_NONE || p->nodes[pattern].kind != K_IDENTIFIER || rhook_child_kind(p, c, K_MUTABLE) != RHOOK_NONE)
			return false;
		if (index++ == argument && rhook_node_is(p, rhook_child(p, c, F_TYPE), "usize"))
			b->parameter = pattern;
	}
	return b->parameter != RHOOK_NONE && rhook_hint_binder(h, b->parameter) != RHOOK_NONE && read_body(h, b);
}
