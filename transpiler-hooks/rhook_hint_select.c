/*
 * `if v[i] < pivot { v.swap(i, store); store += 1 }` without the jump: both elements are read and written back, in their new order or in
 * the old one, which the processor need not guess. Where `store` lies outside, nothing is read, and the statement runs as it was written.
 *
 * The elements are numbers, so that to write one back is to leave it. rustc 1.88 or newer has the function that this asks for.
 */
#include "rhook_hint_internal.h"
#include "rhook_type_internal.h"

#include <string.h>

struct swap {
	uint32_t list, element, index; /* v, v[i], i */
	uint32_t comparison, other;    /* <, pivot */
	uint32_t store, at;	       /* the variable, and the expression that swap() got for it */
};

static bool same(const struct rhook_program *p, uint32_t a, uint32_t b)
{
	a = rhook_hint_inner(p, a);
	b = rhook_hint_inner(p, b);
	return a != RHOOK_NONE && b != RHOOK_NONE && p->nodes[a].end - p->nodes[a].start == p->nodes[b].end - p->nodes[b].start &&
	       memcmp(p->text + p->nodes[a].start, p->text + p->nodes[b].start, p->nodes[a].end - p->nodes[a].start) == 0;
}

static uint32_t named(const struct rhook_program *p, uint32_t node, unsigned n)
{
	for (uint32_t c = rhook_first(p, node); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].named && n-- == 0)
			return c;
	return RHOOK_NONE;
}

/* A vector or slice of numbers, in a variable that alone refers to it. */
static bool is_numbers(const struct rhook_hinting *h, uint32_t node)
{
	const struct rhook_program *p = h->program;
	uint32_t binder = p->nodes[node].kind == K_IDENTIFIER ? rhook_hint_binder(h, node) : RHOOK_NONE;
	uint32_t type = binder == RHOOK_NONE || (p->nodes[binder].kind != K_PARAMETER && p->nodes[binder].kind != K_LET)
			    ? RHOOK_NONE
			    : rhook_referred_type(p, rhook_child(p, binder, F_TYPE));

	return type != RHOOK_NONE && rhook_hint_is_std_type(h, type, "Vec") && rhook_is_number_type(p, rhook_type_argument(p, type, 0));
}

/* `i`, `i as usize`, `3`: a number that is read without any effect. */
static bool is_plain_index(const struct rhook_hinting *h, uint32_t node)
{
	const struct rhook_program *p = h->program;

	node = rhook_hint_inner(p, node);
	if (node != RHOOK_NONE && p->nodes[node].kind == K_CAST && rhook_node_is(p, rhook_child(p, node, F_TYPE), "usize"))
		node = rhook_hint_inner(p, rhook_child(p, node, F_VALUE));
	return node != RHOOK_NONE && p->nodes[node].kind == K_IDENTIFIER && rhook_hint_binder(h, node) != RHOOK_NONE;
}

/* `v[i] < pivot`, `v[i].clone() < pivot` */
static bool read_condition(const struct rhook_hinting *h, uint32_t condition, struct swap *s)
{
	const struct rhook_program *p = h->program;
	uint32_t left, from;

	condition = rhook_hint_inner(p, condition);
	if (condition == RHOOK_NONE || p->nodes[condition].kind != K_BINARY)
		return false;
	s->comparison = rhook_child(p, condition, F_OPERATOR);
	s->other = rhook_hint_inner(p, rhook_child(p, condition, F_RIGHT));
	left = rhook_hint_inner(p, rhook_child(p, condition, F_LEFT));
	from = left != RHOOK_NONE && p->nodes[left].kind == K_CALL ? rhook_hint_receiver(h, left, "clone") : left;
	if (from == RHOOK_NONE || p->nodes[from].kind != K_INDEX || s->comparison == RHOOK_NONE || s->other == RHOOK_NONE ||
	    !rhook_node_among(p, s->comparison, " < > <= >= == != "))
		return false;
	s->list = named(p, from, 0);
	s->index = named(p, from, 1);
	s->element = from;
	return s->index != RHOOK_NONE && is_numbers(h, s->list) && is_plain_index(h, s->index) &&
	       (p->nodes[s->other].kind == K_INTEGER ||
		(p->nodes[s->other].kind == K_IDENTIFIER && rhook_hint_binder(h, s->other) != RHOOK_NONE &&
		 rhook_type_of(h->types, s->other).number));
}

static bool read_if(const struct rhook_hinting *h, uint32_t node, struct swap *s)
{
	const struct rhook_program *p = h->program;
	uint32_t block = rhook_child(p, node, F_CONSEQUENCE), parent = p->nodes[node].parent, swap, add, binder;

	if (block == RHOOK_NONE || rhook_child(p, node, F_ALTERNATIVE) != RHOOK_NONE ||
	    (p->nodes[parent].kind != K_BLOCK && p->nodes[parent].kind != K_EXPRESSION_STATEMENT) ||
	    !read_condition(h, rhook_child(p, node, F_CONDITION), s) || named(p, block, 2) != RHOOK_NONE ||
	    named(p, block, 1) == RHOOK_NONE)
		return false;
	swap = named(p, block, 0);
	add = named(p, block, 1);
	swap = p->nodes[swap].kind == K_EXPRESSION_STATEMENT ? named(p, swap, 0) : swap;
	add = p->nodes[add].kind == K_EXPRESSION_STATEMENT ? named(p, add, 0) : add;
	if (swap == RHOOK_NONE || add == RHOOK_NONE || p->nodes[add].kind != K_COMPOUND_ASSIGNMENT ||
	    !rhook_node_is(p, rhook_child(p, add, F_OPERATOR), "+=") || !rhook_node_is(p, rhook_child(p, add, F_RIGHT), "1"))
		return false;
	s->store = rhook_child(p, add, F_LEFT);
	if (rhook_hint_receiver(h, swap, "swap") == RHOOK_NONE || !same(p, rhook_hint_receiver(h, swap, "swap"), s->list) ||
	    rhook_hint_argument(p, swap, 1) == RHOOK_NONE || !same(p, rhook_hint_argument(p, swap, 0), s->index))
		return false;
	s->at = rhook_hint_argument(p, swap, 1);
	binder = p->nodes[s->store].kind == K_IDENTIFIER ? rhook_hint_binder(h, s->store) : RHOOK_NONE;
	return binder != RHOOK_NONE && p->nodes[binder].kind == K_LET && rhook_child_kind(p, binder, K_MUTABLE) != RHOOK_NONE &&
	       is_plain_index(h, s->at) && rhook_hint_mentions(p, s->at, s->store) && !same(p, s->store, s->other) &&
	       !rhook_hint_mentions(p, s->index, s->store);
}

void rhook_find_select(struct rhook_hinting *h)
{
	const struct rhook_program *p = h->program;
	struct swap s;

	if (rhook_hint_has_word(p, "swap_less") || rhook_hint_has_word(p, "swap_pair"))
		return;
	for (uint32_t i = 0; i < p->node_count; i++)
		if (p->nodes[i].kind == K_IF && p->nodes[i].ctx != RHOOK_NONE && read_if(h, i, &s))
			rhook_hint_add(h, RHOOK_HINT_SELECT, p->nodes[i].ctx, i);
}

static void add(struct rhook_hinting *h, const char *format, uint32_t node)
{
	const char *mark = strchr(format, '$');

	rhook_buf_add(&h->text, format, (size_t)(mark - format));
	rhook_hint_add_text(h->program, h->program->nodes[node].start, h->program->nodes[node].end, &h->text);
	rhook_buf_puts(&h->text, mark + 1);
}

void rhook_apply_select(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	const struct rhook_program *p = h->program;
	struct swap s;

	(void)amount;
	if (!read_if(h, found->node, &s))
		return;
	rhook_hint_comment(h, RHOOK_HINT_SELECT, found->node);
	rhook_hint_restart(h);
	add(h, "if ($) < ", s.at);
	add(h, "$.len() { let swap_pair = (", s.list);
	add(h, "$, ", s.element);
	add(h, "$[", s.list);
	add(h, "$]); let swap_less = swap_pair.0 ", s.at);
	add(h, "$ ", s.comparison);
	add(h, "$; ", s.other);
	add(h, "$ = ::core::hint::select_unpredictable(swap_less, swap_pair.1, swap_pair.0); ", s.element);
	add(h, "$[", s.list);
	add(h, "$] = ::core::hint::select_unpredictable(swap_less, swap_pair.0, swap_pair.1); ", s.at);
	add(h, "$ += if swap_less { 1 } else { 0 }; } else ", s.store);
	rhook_edit(h->edits, p->nodes[found->node].start, 0, h->text.data);
}
