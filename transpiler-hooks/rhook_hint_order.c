/*
 * `a && b`, `a || b`, where neither side does anything or can panic: the sides change places. Both are comparisons of numbers in variables,
 * so that nobody sees whether a side was computed.
 */
#include "rhook_hint_steady.h"
#include "rhook_type_internal.h"

#define MOST_NODES 200 /* of a condition */

static bool has_sign(const struct rhook_program *p, uint32_t node, const char *signs)
{
	uint32_t sign = p->nodes[node].kind == K_BINARY ? rhook_child(p, node, F_OPERATOR) : RHOOK_NONE;

	return sign != RHOOK_NONE && rhook_node_among(p, sign, signs);
}

/* Comparisons, `!`, `&&` and `||` of what is harmless. */
static bool is_free(const struct rhook_hinting *h, uint32_t node)
{
	const struct rhook_program *p = h->program;

	for (uint32_t i = node; i < p->nodes[node].last;) {
		bool joins = has_sign(p, i, " && || == != < <= > >= ") ||
			     (p->nodes[i].kind == K_UNARY && p->text[p->nodes[i].start] == '!') || p->nodes[i].kind == K_PARENTHESIZED ||
			     !p->nodes[i].named;
		if (!joins && !rhook_is_harmless(h, i))
			return false;
		i = joins ? i + 1 : p->nodes[i].last;
	}
	return true;
}

/* A number of its own would tell nothing, and swapped with the other side it might be first in a statement. */
static bool is_side(const struct rhook_hinting *h, uint32_t node)
{
	return node != RHOOK_NONE && is_free(h, node);
}

/* Is it part of a longer chain of the same sign, or of another condition? Then only the whole is looked at. */
static bool is_within(const struct rhook_program *p, uint32_t node)
{
	return has_sign(p, p->nodes[node].parent, " && || ");
}

void rhook_find_order(struct rhook_hinting *h)
{
	const struct rhook_program *p = h->program;

	for (uint32_t i = 0; i < p->node_count; i++) {
		struct rhook_found *found;
		uint32_t left, right;
		if (p->nodes[i].ctx == RHOOK_NONE || !has_sign(p, i, " && || ") || is_within(p, i) || p->nodes[i].last - i > MOST_NODES ||
		    rhook_hint_is_quoted(p, i))
			continue;
		left = rhook_child(p, i, F_LEFT);
		right = rhook_child(p, i, F_RIGHT);
		if (!is_side(h, left) || !is_side(h, right))
			continue;
		found = rhook_hint_add(h, RHOOK_HINT_ORDER, p->nodes[i].ctx, i);
		if (!found)
			return;
		found->from = p->nodes[i].start;
		found->to = p->nodes[i].end;
	}
}

static void put_in_place(struct rhook_hinting *h, uint32_t place, uint32_t what)
{
	const struct rhook_node *old = &h->program->nodes[place], *new = &h->program->nodes[what];

	rhook_hint_restart(h);
	rhook_hint_add_text(h->program, new->start, new->end, &h->text);
	rhook_edit(h->edits, old->start, old->end - old->start, h->text.data);
}

void rhook_apply_order(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	uint32_t left = rhook_child(h->program, found->node, F_LEFT), right = rhook_child(h->program, found->node, F_RIGHT);

	(void)amount;
	rhook_hint_comment(h, RHOOK_HINT_ORDER, found->node);
	put_in_place(h, left, right);
	put_in_place(h, right, left);
	h->program->no_memory |= h->text.failed;
}
