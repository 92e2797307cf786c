/*
 * The values of all variables at once: start with none, add what each is set to until nothing is added. What still grows after some rounds
 * is let go to the end of its type; some rounds more take back what conditions of loops and branches exclude. Each of these only leaves
 * out what cannot be, so it does not matter how many there are.
 */
#include "rhook_hint_number_internal.h"

#include <stdlib.h>

#define ROUNDS_EXACT  8
#define ROUNDS_MOST   40
#define ROUNDS_NARROW 3

/* --- conditions ------------------------------------------------------------------------------------------------------------------- */

static bool is_name(const struct rhook_numbers *n, uint32_t node, uint32_t binder)
{
	node = rhook_hint_inner(n->program, node);
	return node != RHOOK_NONE && n->program->nodes[node].kind == K_IDENTIFIER && rhook_number_binder(n, node) == binder;
}

static void at_most(struct rhook_range *range, struct rhook_range bound, int less)
{
	if (bound.known && range->high > bound.high - less)
		range->high = bound.high - less;
}

static void at_least(struct rhook_range *range, struct rhook_range bound, int more)
{
	if (bound.known && range->low < bound.low + more)
		range->low = bound.low + more;
}

static void apply_comparison(const struct rhook_numbers *n, uint32_t node, uint32_t binder, struct rhook_range *range,
			     int depth) /* NOLINT(misc-no-recursion) */
{
	const struct rhook_program *p = n->program;
	uint32_t sign = rhook_child(p, node, F_OPERATOR), left = rhook_child(p, node, F_LEFT), right = rhook_child(p, node, F_RIGHT);
	bool is_left = is_name(n, left, binder), equal, less;
	struct rhook_range other;

	if (is_left == is_name(n, right, binder) || !rhook_node_among(p, sign, " < <= > >= == "))
		return;
	/* so deep that conditions around it are not asked in turn: each names others, and there would be no end */
	other = rhook_range_at(n, is_left ? right : left, depth > RHOOK_NUMBER_DEEP / 2 ? depth + 1 : RHOOK_NUMBER_DEEP / 2 + 1);
	if (rhook_node_is(p, sign, "==")) {
		at_most(range, other, 0);
		at_least(range, other, 0);
		return;
	}
	equal = p->nodes[sign].end - p->nodes[sign].start == 2;
	less = (p->text[p->nodes[sign].start] == '<') == is_left;
	if (less)
		at_most(range, other, !equal);
	else
		at_least(range, other, !equal);
}

static void apply_condition(const struct rhook_numbers *n, uint32_t node, uint32_t binder, struct rhook_range *range,
			    int depth) /* NOLINT(misc-no-recursion) */
{
	const struct rhook_program *p = n->program;

	node = rhook_hint_inner(p, node);
	if (node == RHOOK_NONE || p->nodes[node].kind != K_BINARY || depth > RHOOK_NUMBER_DEEP)
		return;
	if (!rhook_node_is(p, rhook_child(p, node, F_OPERATOR), "&&")) {
		apply_comparison(n, node, binder, range, depth);
		return;
	}
	apply_condition(n, rhook_child(p, node, F_LEFT), binder, range, depth + 1);
	apply_condition(n, rhook_child(p, node, F_RIGHT), binder, range, depth + 1);
}

/* Is the slot assigned in the nodes [from, to)? An assignment around the node `but` is made later. */
static bool is_assigned(const struct rhook_numbers *n, uint32_t slot, uint32_t from, uint32_t to, uint32_t but)
{
	for (size_t i = n->slots[slot].first; i < n->source_count && n->sources[i].slot == slot; i++) {
		uint32_t at = n->sources[i].at;
		if (at != RHOOK_NONE && at >= from && at < to && !(at <= but && but < n->program->nodes[at].last))
			return true;
	}
	return false;
}

struct rhook_range rhook_refined(const struct rhook_numbers *n, uint32_t identifier, struct rhook_range range,
				 int depth) /* NOLINT(misc-no-recursion) */
{
	const struct rhook_program *p = n->program;
	uint32_t binder = rhook_number_binder(n, identifier), slot = rhook_pairs_get(&n->slot_of, binder, 0), child = identifier;

	if (slot == RHOOK_NONE || n->slots[slot].any || depth > RHOOK_NUMBER_DEEP / 2)
		return range;
	for (uint32_t node = p->nodes[child].parent; node != RHOOK_NONE; child = node, node = p->nodes[node].parent) {
		uint32_t kind = p->nodes[node].kind, condition = rhook_child(p, node, F_CONDITION);
		bool body = kind == K_WHILE ? p->nodes[child].field == F_BODY : p->nodes[child].field == F_CONSEQUENCE;
		if (kind == K_CLOSURE || kind == K_FUNCTION || kind == K_ASYNC_BLOCK || kind == K_GEN_BLOCK || kind == K_CONST_BLOCK)
			break;
		if ((kind == K_WHILE || kind == K_IF) && body && condition != RHOOK_NONE &&
		    !is_assigned(n, slot, child, identifier, identifier) &&
		    !is_assigned(n, slot, condition, p->nodes[condition].last, RHOOK_NONE))
			apply_condition(n, condition, binder, &range, depth + 1);
		if ((kind == K_WHILE || kind == K_FOR || kind == K_LOOP) && is_assigned(n, slot, node, p->nodes[node].last, RHOOK_NONE))
			break;
	}
	return range;
}

/* --- rounds --------------------------------------------------------------------------------------------------------------------- */

static struct rhook_range range_of_loop(const struct rhook_numbers *n, uint32_t over)
{
	struct rhook_range none = {0}, first, last;
	uint32_t low, high;
	bool closed;

	if (!rhook_range_ends(n->program, over, &low, &high, &closed))
		return none;
	first = rhook_range_at(n, low, 0);
	last = rhook_range_at(n, high, 0);
	if (!first.known || !last.known)
		return none;
	if (first.low > first.high || last.low > last.high)
		return (struct rhook_range){true, 1, 0};
	return (struct rhook_range){true, first.low, last.high - !closed};
}

static struct rhook_range range_of_source(const struct rhook_numbers *n, const struct rhook_source *source)
{
	const struct rhook_program *p = n->program;
	const struct rhook_slot *slot = &n->slots[source->slot];
	struct rhook_range range;

	if (slot->node != RHOOK_NONE && p->nodes[slot->node].kind == K_FOR && source->at == RHOOK_NONE)
		range = range_of_loop(n, source->node);
	else if (p->nodes[source->node].kind == K_COMPOUND_ASSIGNMENT && source->at == source->node)
		range = rhook_fit(slot->type, rhook_binary_range(p, rhook_child(p, source->node, F_OPERATOR),
								 rhook_range_at(n, rhook_child(p, source->node, F_LEFT), 0),
								 rhook_range_at(n, rhook_child(p, source->node, F_RIGHT), 0)));
	else
		range = rhook_range_at(n, source->node, 0);
	return range.known ? range : rhook_type_range(slot->type);
}

static struct rhook_range cut(struct rhook_range range, struct rhook_range by)
{
	if (range.low > range.high)
		return range;
	range.low = range.low < by.low ? by.low : range.low;
	range.high = range.high > by.high ? by.high : range.high;
	return range;
}

/* What all sources give together. */
static struct rhook_range gather(const struct rhook_numbers *n, uint32_t s)
{
	struct rhook_range range = {true, 1, 0}, whole = rhook_type_range(n->slots[s].type);

	for (size_t i = n->slots[s].first; i < n->source_count && n->sources[i].slot == s; i++)
		range = rhook_joined(range, range_of_source(n, &n->sources[i]));
	return range.low <= range.high && (range.low < whole.low || range.high > whole.high) ? whole : range;
}

static bool grow(struct rhook_numbers *n, bool far)
{
	bool grown = false;

	for (uint32_t s = 0; s < n->slot_count; s++) {
		struct rhook_range *old = &n->slots[s].range, new, whole = rhook_type_range(n->slots[s].type);
		if (n->slots[s].any)
			continue;
		new = rhook_joined(*old, gather(n, s));
		if (new.low == old->low &&new.high == old->high)
			continue;
		if (far && new.low < old->low)
			new.low = whole.low;
		if (far && new.high > old->high)
			new.high = whole.high;
		*old = new;
		grown = true;
	}
	return grown;
}

void rhook_number_solve(struct rhook_numbers *n)
{
	bool grown = true;

	for (size_t s = 0; s < n->slot_count; s++)
		if (n->slots[s].any)
			n->slots[s].range = rhook_type_range(n->slots[s].type);
	for (int round = 0; grown && round < ROUNDS_MOST; round++)
		grown = grow(n, round >= ROUNDS_EXACT);
	for (size_t s = 0; grown && s < n->slot_count; s++) {
		n->slots[s].any = true;
		n->slots[s].range = rhook_type_range(n->slots[s].type);
	}
	for (int round = 0; !grown && round < ROUNDS_NARROW; round++)
		for (uint32_t s = 0; s < n->slot_count; s++)
			if (!n->slots[s].any)
				n->slots[s].range = cut(gather(n, s), n->slots[s].range);
}

const struct rhook_numbers *rhook_hint_numbers(struct rhook_hinting *h)
{
	struct rhook_numbers *numbers = h->numbers ? NULL : calloc(1, sizeof *numbers);

	if (h->numbers)
		return h->numbers;
	h->program->no_memory |= !numbers;
	if (!numbers)
		return NULL;
	numbers->program = h->program;
	numbers->h = h;
	if (rhook_number_read(numbers)) {
		rhook_number_solve(numbers);
		return h->numbers = numbers;
	}
	rhook_numbers_free(numbers);
	return NULL;
}

void rhook_numbers_free(struct rhook_numbers *numbers)
{
	if (!numbers)
		return;
	rhook_pairs_free(&numbers->names);
	rhook_pairs_free(&numbers->slot_of);
	free(numbers->slots);
	free(numbers->sources);
	free(numbers);
}
