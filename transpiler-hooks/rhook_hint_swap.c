/*
 * `if CONDITION { v.swap(a, b); n += 1; }`, where the condition is hard to foretell: the swap is always made, with `b` where the condition
 * holds and of `a` with itself where it does not, and the counter grows by 1 or 0. No branch, so none is taken wrongly.
 *
 * A swap with itself writes what is there. It would panic where `a` is outside: then what was written runs. `a` is computed though the
 * condition does not hold, so nothing in it may panic or act: names, casts and numbers, or what the condition computed just before.
 */
#include "rhook_hint_internal.h"
#include "rhook_type_internal.h"

#include <string.h>

enum { SWAP_CALL, SWAP_KEPT, SWAP_BEFORE, SWAP_AFTER }; /* more[]: the call, its argument that is kept; counters, or RHOOK_NONE */

static bool same_text(const struct rhook_program *p, uint32_t a, uint32_t b)
{
	uint32_t size = p->nodes[a].end - p->nodes[a].start;

	return size == p->nodes[b].end - p->nodes[b].start && memcmp(p->text + p->nodes[a].start, p->text + p->nodes[b].start, size) == 0;
}

/* --- what is swapped ---------------------------------------------------------------------------------------------------------- */

/* A variable, or a field of self: naming it does nothing. */
static bool is_place(const struct rhook_program *p, uint32_t node)
{
	if (p->nodes[node].kind == K_FIELD_EXPRESSION)
		node = rhook_child(p, node, F_VALUE);
	return node != RHOOK_NONE && (p->nodes[node].kind == K_IDENTIFIER || p->nodes[node].kind == K_SELF);
}

static bool is_made_as_vector(const struct rhook_hinting *h, uint32_t node)
{
	const struct rhook_program *p = h->program;
	uint32_t binder = p->nodes[node].kind == K_IDENTIFIER ? rhook_hint_binder(h, node) : RHOOK_NONE, value, path;

	value = binder != RHOOK_NONE && p->nodes[binder].kind == K_LET ? rhook_child(p, binder, F_VALUE) : RHOOK_NONE;
	if (value == RHOOK_NONE || p->nodes[value].kind != K_CALL || p->nodes[value].call != RHOOK_NONE)
		return false;
	if (rhook_hint_is_macro(h, value, "vec"))
		return true;
	value = rhook_child(p, value, F_FUNCTION);
	path = value != RHOOK_NONE && p->nodes[value].kind == K_SCOPED_IDENTIFIER ? rhook_child(p, value, F_PATH) : RHOOK_NONE;
	return path != RHOOK_NONE && rhook_node_is(p, path, "Vec");
}

static bool is_slice(const struct rhook_hinting *h, uint32_t node)
{
	const struct rhook_program *p = h->program;
	uint32_t type;

	if (rhook_hint_hides(h, "Vec") || !is_place(p, node))
		return false;
	type = rhook_type_of(h->types, node).node;
	if (type == RHOOK_NONE)
		return is_made_as_vector(h, node);
	return p->nodes[type].kind == K_ARRAY || p->nodes[type].kind == K_ARRAY_TYPE || rhook_hint_is_std_type(h, type, "Vec");
}

/* --- what is computed though it was not ------------------------------------------------------------------------------------------ */

/* Does the condition index with the same text, whatever its parts are? */
static bool is_in_condition(const struct rhook_program *p, uint32_t node, uint32_t condition)
{
	for (uint32_t i = condition; i < p->nodes[condition].last; i++) {
		uint32_t sign = p->nodes[i].kind == K_BINARY ? rhook_child(p, i, F_OPERATOR) : RHOOK_NONE;
		if (p->nodes[i].kind == K_CLOSURE || p->nodes[i].kind == K_BLOCK || p->nodes[i].kind == K_MATCH ||
		    (sign != RHOOK_NONE && rhook_node_among(p, sign, " && || ")))
			return false;
	}
	for (uint32_t i = condition; i < p->nodes[condition].last; i++)
		if (p->nodes[i].parent != RHOOK_NONE && p->nodes[p->nodes[i].parent].kind == K_INDEX && same_text(p, i, node))
			return true;
	return false;
}

/* Names, numbers and casts. Sums may panic: only with `sums`. */
static bool is_harmless(const struct rhook_program *p, uint32_t node, bool sums)
{
	for (uint32_t i = node; i < p->nodes[node].last; i++) {
		switch (p->nodes[i].kind) {
		case K_CAST:
		case K_IDENTIFIER:
		case K_INTEGER:
		case K_PARENTHESIZED:
		case K_PRIMITIVE_TYPE:
			break;
		case K_BINARY:
			if (!sums)
				return false;
			break;
		default:
			if (p->nodes[i].named)
				return false;
			break;
		}
	}
	return true;
}

static bool can_be_kept(const struct rhook_program *p, uint32_t node, uint32_t condition)
{
	return is_harmless(p, node, is_in_condition(p, node, condition));
}

/* --- the body --------------------------------------------------------------------------------------------------------------------- */

/* `n += 1;`: a variable and a number. */
static bool is_counter(const struct rhook_program *p, uint32_t node)
{
	uint32_t sign = p->nodes[node].kind == K_COMPOUND_ASSIGNMENT ? rhook_child(p, node, F_OPERATOR) : RHOOK_NONE;

	return sign != RHOOK_NONE && rhook_node_among(p, sign, " += -= ") && p->nodes[rhook_child(p, node, F_LEFT)].kind == K_IDENTIFIER &&
	       p->nodes[rhook_child(p, node, F_RIGHT)].kind == K_INTEGER;
}

/* The statements of the body go into more[]: at most a counter, a swap, a counter. */
static bool read_body(struct rhook_hinting *h, uint32_t block, uint32_t more[4])
{
	const struct rhook_program *p = h->program;

	more[SWAP_CALL] = more[SWAP_BEFORE] = more[SWAP_AFTER] = RHOOK_NONE;
	for (uint32_t c = rhook_first(p, block); c != RHOOK_NONE; c = rhook_next(p, c)) {
		uint32_t node = p->nodes[c].kind == K_EXPRESSION_STATEMENT ? rhook_first_named(p, c) : c, receiver;
		uint32_t *counter = &more[more[SWAP_CALL] == RHOOK_NONE ? SWAP_BEFORE : SWAP_AFTER];
		if (!p->nodes[c].named || rhook_is_comment(&p->nodes[c]))
			continue;
		if (is_counter(p, node) && *counter == RHOOK_NONE) {
			*counter = node;
			continue;
		}
		receiver = more[SWAP_CALL] == RHOOK_NONE ? rhook_hint_receiver(h, node, "swap") : RHOOK_NONE;
		if (receiver == RHOOK_NONE || !is_slice(h, receiver) || rhook_hint_argument(p, node, 1) == RHOOK_NONE)
			return false;
		more[SWAP_CALL] = node;
	}
	return more[SWAP_CALL] != RHOOK_NONE;
}

/* The argument that is computed always: better one that the condition looked at. A counter before the swap must not be in it. */
static uint32_t kept_argument(const struct rhook_program *p, const uint32_t more[4], uint32_t condition)
{
	uint32_t best = RHOOK_NONE;

	for (unsigned a = 0; a < 2; a++) {
		uint32_t node = rhook_hint_argument(p, more[SWAP_CALL], a);
		if (!can_be_kept(p, node, condition) ||
		    (more[SWAP_BEFORE] != RHOOK_NONE && rhook_hint_mentions(p, node, rhook_child(p, more[SWAP_BEFORE], F_LEFT))))
			continue;
		if (best == RHOOK_NONE || is_in_condition(p, node, condition))
			best = node;
	}
	return best;
}

static bool has_let(const struct rhook_program *p, uint32_t condition)
{
	for (uint32_t i = condition; i < p->nodes[condition].last; i++)
		if (p->nodes[i].kind == K_LET_CONDITION || p->nodes[i].kind == K_LET_CHAIN)
			return true;
	return false;
}

void rhook_find_swap(struct rhook_hinting *h)
{
	const struct rhook_program *p = h->program;

	for (uint32_t i = 0; i < p->node_count; i++) {
		uint32_t condition, body, more[4];
		struct rhook_found *found;
		if (p->nodes[i].kind != K_IF || p->nodes[i].ctx == RHOOK_NONE || p->nodes[p->nodes[i].parent].kind == K_ELSE ||
		    rhook_child(p, i, F_ALTERNATIVE) != RHOOK_NONE || rhook_hint_is_quoted(p, i))
			continue;
		condition = rhook_child(p, i, F_CONDITION);
		body = rhook_child(p, i, F_CONSEQUENCE);
		if (condition == RHOOK_NONE || body == RHOOK_NONE || has_let(p, condition) || !read_body(h, body, more))
			continue;
		more[SWAP_KEPT] = kept_argument(p, more, condition);
		if (more[SWAP_KEPT] == RHOOK_NONE)
			continue;
		found = rhook_hint_add(h, RHOOK_HINT_SWAP, p->nodes[i].ctx, i);
		if (!found)
			return;
		memcpy(found->more, more, sizeof more);
		found->from = p->nodes[i].start;
		found->to = p->nodes[body].end;
	}
}

/* --- the edit ----------------------------------------------------------------------------------------------------------------------- */

static void add_node(const struct rhook_program *p, uint32_t node, struct rhook_buf *out)
{
	node = rhook_hint_inner(p, node);
	rhook_hint_add_text(p, p->nodes[node].start, p->nodes[node].end, out);
}

/* `n += if chosen { 1 } else { 0 };`: the type of n need not be known. */
static void add_counter(const struct rhook_program *p, uint32_t node, const char *chosen, struct rhook_buf *out)
{
	if (node == RHOOK_NONE)
		return;
	rhook_hint_add_text(p, p->nodes[node].start, p->nodes[rhook_child(p, node, F_RIGHT)].start, out);
	rhook_buf_printf(out, "if %s { ", chosen);
	add_node(p, rhook_child(p, node, F_RIGHT), out);
	rhook_buf_puts(out, " } else { 0 }; ");
}

static void add_swap(struct rhook_hinting *h, const struct rhook_found *found, const char *chosen, const char *kept)
{
	const struct rhook_program *p = h->program;
	uint32_t call = found->more[SWAP_CALL], place = rhook_child(p, rhook_child(p, call, F_FUNCTION), F_VALUE);

	add_node(p, place, &h->text);
	rhook_buf_puts(&h->text, ".swap(");
	for (unsigned a = 0; a < 2; a++) {
		uint32_t argument = rhook_hint_argument(p, call, a);
		rhook_buf_puts(&h->text, a ? ", " : "");
		if (argument == found->more[SWAP_KEPT]) {
			rhook_buf_puts(&h->text, kept);
			continue;
		}
		rhook_buf_printf(&h->text, "if %s { ", chosen);
		add_node(p, argument, &h->text);
		rhook_buf_printf(&h->text, " } else { %s }", kept);
	}
	rhook_buf_puts(&h->text, "); ");
}

void rhook_apply_swap(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	struct rhook_program *p = h->program;
	uint32_t condition = rhook_child(p, found->node, F_CONDITION), body = rhook_child(p, found->node, F_CONSEQUENCE);
	struct rhook_buf chosen = {0}, kept = {0};

	(void)amount;
	rhook_hint_name(h, RHOOK_NONE, "chosen", &chosen);
	rhook_hint_name(h, RHOOK_NONE, "kept", &kept);
	rhook_hint_comment(h, RHOOK_HINT_SWAP, found->node);
	rhook_hint_restart(h);
	rhook_buf_printf(&h->text, "{ let %s = ", chosen.data);
	rhook_edit(h->edits, p->nodes[found->node].start, p->nodes[condition].start - p->nodes[found->node].start, h->text.data);
	rhook_hint_restart(h);
	rhook_buf_printf(&h->text, "; let %s: usize = ", kept.data);
	add_node(p, found->more[SWAP_KEPT], &h->text);
	rhook_buf_printf(&h->text, "; if %s < ", kept.data);
	add_node(p, rhook_child(p, rhook_child(p, found->more[SWAP_CALL], F_FUNCTION), F_VALUE), &h->text);
	rhook_buf_puts(&h->text, ".len() { ");
	add_counter(p, found->more[SWAP_BEFORE], chosen.data, &h->text);
	add_swap(h, found, chosen.data, kept.data);
	add_counter(p, found->more[SWAP_AFTER], chosen.data, &h->text);
	rhook_buf_printf(&h->text, "} else if %s ", chosen.data);
	rhook_edit(h->edits, p->nodes[condition].end, p->nodes[body].start - p->nodes[condition].end, h->text.data);
	rhook_edit(h->edits, p->nodes[body].end, 0, " }");
	p->no_memory |= h->text.failed || chosen.failed || kept.failed;
	rhook_buf_free(&chosen);
	rhook_buf_free(&kept);
}
