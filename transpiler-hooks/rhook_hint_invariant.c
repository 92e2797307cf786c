/*
 * A call of a pure function in a loop that changes none of its arguments: the first result is kept, and used from then on.
 *
 * The first call stays where it is, so it panics, or runs for ever, where it did; the same arguments give the same result, and nobody sees
 * that the others are left out. Not for functions of one straight line, which LLVM moves out of the loop by itself.
 */
#include "rhook_hint_steady.h"
#include "rhook_type_internal.h"

#include <stdio.h>

enum { INVARIANT_LOOP }; /* more[] */

/* Worth more than a look at what was kept: it has a loop, or calls. */
static bool is_long(const struct rhook_program *p, uint32_t fn)
{
	uint32_t body = p->infos[fn].body;

	for (uint32_t i = body; i < p->nodes[body].last; i++)
		if (p->nodes[i].kind == K_WHILE || p->nodes[i].kind == K_LOOP || p->nodes[i].kind == K_FOR ||
		    p->nodes[i].call != RHOOK_NONE)
			return true;
	return false;
}

static bool is_pure_call(const struct rhook_program *p, uint32_t node)
{
	const struct rhook_info *target;
	uint32_t callee, type;

	if (p->nodes[node].kind != K_CALL || p->nodes[node].call == RHOOK_NONE || p->nodes[node].ctx == RHOOK_NONE)
		return false;
	target = &p->infos[p->calls[p->nodes[node].call].target];
	callee = rhook_callee_name(p, node);
	type = rhook_child(p, target->node, F_RETURN_TYPE);
	return target->pure && callee != RHOOK_NONE && p->nodes[callee].kind != K_FIELD_IDENTIFIER && type != RHOOK_NONE &&
	       p->nodes[type].kind == K_PRIMITIVE_TYPE;
}

static bool has_steady_arguments(const struct rhook_hinting *h, const struct rhook_numbers *numbers, uint32_t call, uint32_t loop)
{
	for (unsigned n = 0; rhook_hint_argument(h->program, call, n) != RHOOK_NONE; n++)
		if (!rhook_is_steady(h, numbers, rhook_hint_argument(h->program, call, n), loop))
			return false;
	return true;
}

/* The outermost loop in which the call always gives the same. */
static uint32_t find_loop(const struct rhook_hinting *h, const struct rhook_numbers *numbers, uint32_t call)
{
	uint32_t found = RHOOK_NONE, loop = rhook_loop_around(h->program, call, RHOOK_NONE);

	for (; loop != RHOOK_NONE && has_steady_arguments(h, numbers, call, loop); loop = rhook_loop_around(h->program, call, loop))
		if (rhook_can_wrap(h->program, loop))
			found = loop;
	return found;
}

void rhook_find_invariant(struct rhook_hinting *h)
{
	const struct rhook_program *p = h->program;
	const struct rhook_numbers *numbers = NULL;

	if (rhook_hint_hides(h, "Option") || rhook_hint_hides(h, "Some") || rhook_hint_hides(h, "None") || p->foreign)
		return;
	for (uint32_t i = 0; i < p->node_count; i++) {
		struct rhook_found *found;
		uint32_t loop, target;
		if (!is_pure_call(p, i) || rhook_loop_around(p, i, RHOOK_NONE) == RHOOK_NONE || rhook_hint_is_constant(p, i))
			continue;
		target = p->calls[p->nodes[i].call].target;
		numbers = rhook_hint_numbers(h);
		loop = numbers && is_long(p, target) ? find_loop(h, numbers, i) : RHOOK_NONE;
		if (loop == RHOOK_NONE || rhook_hint_is_quoted(p, loop))
			continue;
		found = rhook_hint_add(h, RHOOK_HINT_INVARIANT, p->nodes[i].ctx, i);
		if (!found)
			break;
		found->callee = target;
		found->more[INVARIANT_LOOP] = loop;
	}
}

void rhook_apply_invariant(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	const struct rhook_program *p = h->program;
	const struct rhook_node *call = &p->nodes[found->node], *loop = &p->nodes[found->more[INVARIANT_LOOP]];
	uint32_t type = rhook_child(p, p->infos[found->callee].node, F_RETURN_TYPE);
	struct rhook_buf name = {0}, value = {0};
	char word[24];

	(void)amount;
	snprintf(word, sizeof word, "kept_%u", found->ordinal);
	rhook_hint_name(h, RHOOK_NONE, word, &name);
	rhook_hint_name(h, RHOOK_NONE, "value", &value);
	rhook_hint_comment(h, RHOOK_HINT_INVARIANT, found->more[INVARIANT_LOOP]);
	rhook_hint_restart(h);
	rhook_buf_printf(&h->text, "{ let mut %s: Option<", name.data);
	rhook_hint_add_text(p, p->nodes[type].start, p->nodes[type].end, &h->text);
	rhook_buf_puts(&h->text, "> = None; ");
	rhook_edit(h->edits, loop->start, 0, h->text.data);
	rhook_edit(h->edits, loop->end, 0, " }");
	rhook_hint_restart(h);
	rhook_buf_printf(&h->text, "(match %s { Some(%s) => %s, None => *%s.insert(", name.data, value.data, value.data, name.data);
	rhook_edit(h->edits, call->start, 0, h->text.data);
	rhook_edit(h->edits, call->end, 0, ") })");
	h->program->no_memory |= h->text.failed || name.failed || value.failed;
	rhook_buf_free(&name);
	rhook_buf_free(&value);
}
