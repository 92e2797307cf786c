/*
 * `for j in 0..n { v.push(dot(a, b, i, j)) }`, where dot is one sum over a loop: sixteen sums are computed side by side, so that their
 * elements, which lie side by side, are read and added together. Each sum adds the same numbers in the same order as before.
 *
 * The batch only reads what is borrowed for as long, and gives up (None) where an index would overflow or lie outside: then the loop goes
 * on as it was written, and panics where it would have panicked.
 */
#include "rhook_hint_batch.h"
#include "rhook_type_internal.h"

#include <string.h>

/* What an argument may be: a variable, `self`, a reference to one. */
static bool is_plain_argument(const struct rhook_program *p, uint32_t node)
{
	if (p->nodes[node].kind == K_REFERENCE && rhook_child_kind(p, node, K_MUTABLE) == RHOOK_NONE)
		node = rhook_child(p, node, F_VALUE);
	return node != RHOOK_NONE &&
	       (p->nodes[node].kind == K_IDENTIFIER || p->nodes[node].kind == K_SELF || p->nodes[node].kind == K_INTEGER);
}

static bool same_name(const struct rhook_program *p, uint32_t a, uint32_t b)
{
	uint32_t size = p->nodes[a].end - p->nodes[a].start;

	return size == p->nodes[b].end - p->nodes[b].start && memcmp(p->text + p->nodes[a].start, p->text + p->nodes[b].start, size) == 0;
}

/* The arguments of the call: which of them is the loop's variable? -1: not one of them alone. */
static int find_lane(const struct rhook_program *p, uint32_t call, uint32_t pattern)
{
	int lane = -1;

	for (unsigned a = 0; rhook_hint_argument(p, call, a) != RHOOK_NONE; a++) {
		uint32_t argument = rhook_hint_argument(p, call, a);
		if (!is_plain_argument(p, argument))
			return -1;
		if (!rhook_hint_mentions(p, argument, pattern))
			continue;
		if (lane >= 0 || p->nodes[argument].kind != K_IDENTIFIER)
			return -1;
		lane = (int)a;
	}
	return lane;
}

/* A vector that is a variable of this function, so that nothing else refers to it while it is pushed to. */
static bool is_own_vector(const struct rhook_hinting *h, uint32_t node)
{
	const struct rhook_program *p = h->program;
	uint32_t binder = p->nodes[node].kind == K_IDENTIFIER ? rhook_hint_binder(h, node) : RHOOK_NONE, value, path;

	value = binder != RHOOK_NONE && p->nodes[binder].kind == K_LET ? rhook_child(p, binder, F_VALUE) : RHOOK_NONE;
	value = value != RHOOK_NONE && p->nodes[value].kind == K_CALL && p->nodes[value].call == RHOOK_NONE
		    ? rhook_child(p, value, F_FUNCTION)
		    : RHOOK_NONE;
	path = value != RHOOK_NONE && p->nodes[value].kind == K_SCOPED_IDENTIFIER ? rhook_child(p, value, F_PATH) : RHOOK_NONE;
	return path != RHOOK_NONE && rhook_node_is(p, path, "Vec") && !rhook_hint_hides(h, "Vec");
}

/* Is the variable or field that the loop runs up to changed by nothing in it? */
static bool is_fixed(const struct rhook_hinting *h, uint32_t node)
{
	const struct rhook_program *p = h->program;
	uint32_t root = node, binder, parameters;

	while (p->nodes[root].kind == K_FIELD_EXPRESSION)
		root = rhook_child(p, root, F_VALUE);
	if (p->nodes[root].kind == K_SELF) { /* of a `&self` */
		uint32_t fn = rhook_hint_owner(p, node);
		parameters = fn == RHOOK_NONE ? RHOOK_NONE : rhook_child(p, p->infos[fn].node, F_PARAMETERS);
		parameters = parameters == RHOOK_NONE ? RHOOK_NONE : rhook_child_kind(p, parameters, K_SELF_PARAMETER);
		return parameters != RHOOK_NONE && rhook_node_is(p, parameters, "&self");
	}
	binder = p->nodes[root].kind == K_IDENTIFIER ? rhook_hint_binder(h, root) : RHOOK_NONE;
	if (binder == RHOOK_NONE || rhook_child_kind(p, binder, K_MUTABLE) != RHOOK_NONE)
		return false;
	return root == node || (p->nodes[binder].kind == K_PARAMETER && rhook_child(p, binder, F_TYPE) != RHOOK_NONE &&
				rhook_child_kind(p, rhook_child(p, binder, F_TYPE), K_MUTABLE) == RHOOK_NONE);
}

static bool read_caller(const struct rhook_hinting *h, uint32_t loop, struct rhook_batch *b)
{
	const struct rhook_program *p = h->program;
	uint32_t pattern = rhook_child(p, loop, F_PATTERN), range = rhook_child(p, loop, F_VALUE), body = rhook_child(p, loop, F_BODY);
	uint32_t push = body == RHOOK_NONE ? RHOOK_NONE : rhook_batch_only(p, body), list, call, from, to, parent = p->nodes[loop].parent;
	int lane;

	if (push == RHOOK_NONE || range == RHOOK_NONE || pattern == RHOOK_NONE || p->nodes[pattern].kind != K_IDENTIFIER ||
	    !rhook_is_range(p, range) || rhook_child_kind(p, loop, K_LABEL) != RHOOK_NONE ||
	    (p->nodes[parent].kind != K_BLOCK && p->nodes[parent].kind != K_EXPRESSION_STATEMENT) ||
	    rhook_child_kind(p, loop, K_LABEL) != RHOOK_NONE)
		return false;
	list = rhook_hint_receiver(h, push, "push");
	call = list == RHOOK_NONE ? RHOOK_NONE : rhook_hint_argument(p, push, 0);
	if (call == RHOOK_NONE || !is_own_vector(h, list) || p->nodes[call].kind != K_CALL || p->nodes[call].call == RHOOK_NONE ||
	    rhook_hint_mentions(p, call, list))
		return false;
	lane = find_lane(p, call, pattern);
	if (lane < 0 || !rhook_batch_read(h, p->calls[p->nodes[call].call].target, (unsigned)lane, b))
		return false;
	range = rhook_hint_inner(p, range);
	from = rhook_first_named(p, range);
	to = from == RHOOK_NONE ? RHOOK_NONE : rhook_next(p, from);
	while (to != RHOOK_NONE && !p->nodes[to].named)
		to = rhook_next(p, to);
	if (to == RHOOK_NONE || (p->nodes[from].kind != K_INTEGER && !is_fixed(h, from)) ||
	    (p->nodes[to].kind != K_INTEGER && !is_fixed(h, to)) ||
	    !memchr(p->text + p->nodes[from].end, '.', p->nodes[to].start - p->nodes[from].end) ||
	    memchr(p->text + p->nodes[from].end, '=', p->nodes[to].start - p->nodes[from].end) || rhook_hint_mentions(p, range, list))
		return false;
	b->call = call;
	b->argument = rhook_hint_argument(p, call, (unsigned)lane);
	b->range = range;
	b->body = body;
	b->from = from;
	b->to = to;
	return !same_name(p, pattern, list);
}

void rhook_find_batch(struct rhook_hinting *h)
{
	const struct rhook_program *p = h->program;
	static const char *const taken[] = {"lane", "sums", "batch_sum", "term_1", "at_1"};
	struct rhook_batch b;

	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		if (rhook_hint_has_word(p, taken[i]))
			return;
	for (uint32_t i = 0; i < p->node_count; i++) {
		struct rhook_found *found;
		if (p->nodes[i].kind != K_FOR || p->nodes[i].ctx == RHOOK_NONE || p->infos[p->nodes[i].ctx].role == ROLE_CLOSURE ||
		    !read_caller(h, i, &b))
			continue;
		found = rhook_hint_add(h, RHOOK_HINT_BATCH, p->nodes[i].ctx, i);
		if (!found)
			return;
		found->callee = b.fn;
		/* The function that is batched gets one sibling, whoever calls it: its bytes are claimed by the first. */
		found->from = p->nodes[p->infos[b.fn].node].start;
		found->to = p->nodes[p->infos[b.fn].node].end;
	}
}

/* --- write ---------------------------------------------------------------------------------------------------------------------- */

/* `a * n + k` as `a.checked_mul(n)?.checked_add(k)?`, inside out with a stack of our own. */
static void add_checked(const struct rhook_program *p, uint32_t index, struct rhook_buf *out)
{
	struct {
		uint32_t node;
		int step;
	} stack[64];
	int depth = 0;

	stack[depth].node = index;
	stack[depth++].step = 0;
	while (depth) {
		uint32_t node = stack[depth - 1].node, next = RHOOK_NONE, sign;
		int step = stack[depth - 1].step++;
		if (p->nodes[node].kind == K_PARENTHESIZED || p->nodes[node].kind == K_CAST) {
			next = p->nodes[node].kind == K_CAST ? rhook_child(p, node, F_VALUE) : rhook_first_named(p, node);
			stack[depth - 1].node = next;
			stack[depth - 1].step = 0;
			continue;
		}
		if (p->nodes[node].kind != K_BINARY) {
			rhook_buf_puts(out, "(");
			rhook_hint_add_text(p, p->nodes[node].start, p->nodes[node].end, out);
			rhook_buf_puts(out, " as usize)");
			depth--;
			continue;
		}
		sign = rhook_child(p, node, F_OPERATOR);
		if (step == 1)
			rhook_buf_printf(out, ".checked_%s(",
					 p->text[p->nodes[sign].start] == '+'	? "add"
					 : p->text[p->nodes[sign].start] == '-' ? "sub"
										: "mul");
		if (step == 2) {
			rhook_buf_puts(out, ")?");
			depth--;
			continue;
		}
		if (depth == 64) {
			out->failed = true;
			return;
		}
		stack[depth].node = rhook_child(p, node, step == 0 ? F_LEFT : F_RIGHT);
		stack[depth++].step = 0;
	}
}

/* The sum's expression, each element by the name that its value got. */
static void add_expression(const struct rhook_program *p, const struct rhook_batch *b, struct rhook_buf *out)
{
	uint32_t done = p->nodes[b->expression].start;

	for (unsigned t = 0; t < b->term_count; t++) {
		rhook_hint_add_text(p, done, p->nodes[b->terms[t].node].start, out);
		rhook_buf_printf(out, b->terms[t].lanes ? "term_%u[lane]" : "term_%u", t + 1);
		done = p->nodes[b->terms[t].node].end;
	}
	rhook_hint_add_text(p, done, p->nodes[b->expression].end, out);
}

static void add_function(struct rhook_hinting *h, const struct rhook_batch *b, const char *name)
{
	const struct rhook_program *p = h->program;
	const struct rhook_info *info = &p->infos[b->fn];
	const struct rhook_node *item = &p->nodes[info->node], *result = &p->nodes[rhook_child(p, info->node, F_RETURN_TYPE)];
	struct rhook_buf *out = &h->text, indent = {0};
	const struct rhook_node *loop = &p->nodes[b->loop];

	rhook_buf_puts(&indent, "\n");
	rhook_hint_indent(p, item->start, &indent);
	rhook_hint_restart(h);
	rhook_buf_puts(out, indent.data);
	rhook_hint_add_text(p, item->start, p->nodes[info->name_node].start, out);
	rhook_buf_puts(out, name);
	rhook_hint_add_text(p, p->nodes[info->name_node].end, result->start, out);
	rhook_buf_printf(out, "Option<[f64; %d]> {%s    let mut sums = [", BATCH_LANES, indent.data);
	rhook_hint_add_text(p, p->nodes[b->start].start, p->nodes[b->start].end, out);
	rhook_buf_printf(out, "; %d];%s    ", BATCH_LANES, indent.data);
	rhook_hint_add_text(p, loop->start, p->nodes[rhook_child(p, b->loop, F_BODY)].start, out);
	rhook_buf_puts(out, "{");
	for (unsigned t = 0; t < b->term_count; t++) {
		const struct rhook_batch_term *term = &b->terms[t];
		const struct rhook_node *list = &p->nodes[term->list];
		rhook_buf_printf(out, "%s        ", indent.data);
		if (term->lanes) {
			rhook_buf_printf(out, "let at_%u: usize = ", t + 1);
			add_checked(p, term->index, out);
			rhook_buf_printf(out, ";%s        let term_%u = <&[f64; %d] as ::core::convert::TryFrom<&[f64]>>::try_from(",
					 indent.data, t + 1, BATCH_LANES);
			rhook_hint_add_text(p, list->start, list->end, out);
			rhook_buf_printf(out, ".get(at_%u..at_%u.checked_add(%d)?)?).ok()?;", t + 1, t + 1, BATCH_LANES);
		} else {
			rhook_buf_printf(out, "let term_%u = *", t + 1);
			rhook_hint_add_text(p, list->start, list->end, out);
			rhook_buf_puts(out, ".get(");
			add_checked(p, term->index, out);
			rhook_buf_puts(out, ")?;");
		}
	}
	rhook_buf_printf(out, "%s        for lane in 0..%d { sums[lane] ", indent.data, BATCH_LANES);
	rhook_hint_add_text(p, p->nodes[b->sign].start, p->nodes[b->sign].end, out);
	rhook_buf_puts(out, " ");
	add_expression(p, b, out);
	rhook_buf_printf(out, "; }%s    }%s    Some(sums)%s}", indent.data, indent.data, indent.data);
	rhook_edit(h->edits, item->end, 0, out->data);
	rhook_buf_free(&indent);
}

void rhook_apply_batch(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	struct rhook_program *p = h->program;
	struct rhook_buf name = {0}, from = {0}, *out = &h->text;
	const struct rhook_node *loop = &p->nodes[found->node], *call, *to;
	struct rhook_batch b;
	uint32_t list;

	(void)amount;
	if (!read_caller(h, found->node, &b))
		return;
	rhook_hint_name(h, p->infos[b.fn].name_node, "batch", &name);
	rhook_hint_name(h, RHOOK_NONE, "batch_from", &from);
	rhook_hint_comment(h, RHOOK_HINT_BATCH, found->node);
	add_function(h, &b, name.data);
	list = rhook_hint_receiver(h, rhook_batch_only(p, b.body), "push");
	call = &p->nodes[b.call];
	to = &p->nodes[b.to];
	rhook_hint_restart(h);
	rhook_buf_printf(out, "let mut %s: usize = ", from.data);
	rhook_hint_add_text(p, p->nodes[b.from].start, p->nodes[b.from].end, out);
	rhook_buf_printf(out, "; while %s < ", from.data);
	rhook_hint_add_text(p, to->start, to->end, out);
	rhook_buf_puts(out, " && ");
	rhook_hint_add_text(p, to->start, to->end, out);
	rhook_buf_printf(out, " - %s >= %d { match ", from.data, BATCH_LANES);
	rhook_hint_add_text(p, call->start, p->calls[call->call].name_start, out);
	rhook_buf_puts(out, name.data);
	rhook_hint_add_text(p, p->calls[call->call].name_start + p->calls[call->call].name_size, p->nodes[b.argument].start, out);
	rhook_buf_puts(out, from.data);
	rhook_hint_add_text(p, p->nodes[b.argument].end, call->end, out);
	rhook_buf_puts(out, " { Some(sums) => for batch_sum in sums { ");
	rhook_hint_add_text(p, p->nodes[list].start, p->nodes[list].end, out);
	rhook_buf_printf(out, ".push(batch_sum) }, None => break } %s += %d; }\n", from.data, BATCH_LANES);
	rhook_hint_indent(p, loop->start, out);
	rhook_edit(h->edits, loop->start, 0, out->data);
	rhook_edit(h->edits, p->nodes[b.from].start, p->nodes[b.from].end - p->nodes[b.from].start, from.data);
	rhook_buf_free(&name);
	rhook_buf_free(&from);
}
