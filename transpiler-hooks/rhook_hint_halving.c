/*
 * `while n != 1 { n = step(n); steps += 1; }`, where n is halved as long as it is even: all halvings at once, by as many places as n has
 * zeros at its end, and the counters grow by as many.
 *
 * An even number is halved without a rest, below zero too, and `n >> z` is the z-th half. Between the halvings the condition was asked
 * about even numbers: it holds for each, since it asks for `!=` an odd number, or for `> 1`, and no half but the last is odd. The counters
 * are seen by nobody meanwhile; they overflow if and only if they did one by one. 0 is halved for ever, as before.
 */
#include "rhook_hint_number.h"
#include "rhook_type_internal.h"

#include <string.h>

#define MOST_COUNTERS 3

struct halving {
	uint32_t n, first, last;	  /* the variable as the condition names it; the statements */
	uint32_t counters[MOST_COUNTERS]; /* `c += 1` */
	size_t count;
};

static bool same_text(const struct rhook_program *p, uint32_t a, uint32_t b)
{
	uint32_t size = p->nodes[a].end - p->nodes[a].start;

	return size == p->nodes[b].end - p->nodes[b].start && memcmp(p->text + p->nodes[a].start, p->text + p->nodes[b].start, size) == 0;
}

static uint32_t next_named(const struct rhook_program *p, uint32_t node)
{
	do
		node = rhook_next(p, node);
	while (node != RHOOK_NONE && (!p->nodes[node].named || rhook_is_comment(&p->nodes[node])));
	return node;
}

/* The statement or expression without what only wraps it: brackets, `;`, a block of nothing else. */
static uint32_t bare(const struct rhook_program *p, uint32_t node)
{
	while (node != RHOOK_NONE && (p->nodes[node].kind == K_EXPRESSION_STATEMENT || p->nodes[node].kind == K_PARENTHESIZED ||
				      p->nodes[node].kind == K_BLOCK)) {
		uint32_t inner = rhook_first_named(p, node);
		if (inner == RHOOK_NONE || next_named(p, inner) != RHOOK_NONE || p->nodes[inner].kind == K_LABEL)
			break;
		node = inner;
	}
	return node;
}

static bool is_binary(const struct rhook_program *p, uint32_t node, const char *signs)
{
	return node != RHOOK_NONE && p->nodes[node].kind == K_BINARY && rhook_node_among(p, rhook_child(p, node, F_OPERATOR), signs);
}

static bool is_number(const struct rhook_program *p, uint32_t node, uint64_t value)
{
	uint64_t found;

	node = rhook_hint_inner(p, node);
	return node != RHOOK_NONE && rhook_literal(p, node, &found) && found == value;
}

static bool is_name(const struct rhook_program *p, uint32_t node, uint32_t name)
{
	node = rhook_hint_inner(p, node);
	return node != RHOOK_NONE && p->nodes[node].kind == K_IDENTIFIER && same_text(p, node, name);
}

/* `n % 2 == 0`, `(n & 1) == 0` */
static bool asks_even(const struct rhook_program *p, uint32_t node, uint32_t name)
{
	uint32_t left;

	node = rhook_hint_inner(p, node);
	if (!is_binary(p, node, " == ") || !is_number(p, rhook_child(p, node, F_RIGHT), 0))
		return false;
	left = rhook_hint_inner(p, rhook_child(p, node, F_LEFT));
	if (!is_binary(p, left, " % & ") || !is_name(p, rhook_child(p, left, F_LEFT), name))
		return false;
	return is_number(p, rhook_child(p, left, F_RIGHT), rhook_node_is(p, rhook_child(p, left, F_OPERATOR), "%") ? 2 : 1);
}

/* `n / 2`, `n >> 1` */
static bool is_half(const struct rhook_program *p, uint32_t node, uint32_t name)
{
	node = bare(p, node);
	if (!is_binary(p, node, " / >> ") || !is_name(p, rhook_child(p, node, F_LEFT), name))
		return false;
	return is_number(p, rhook_child(p, node, F_RIGHT), rhook_node_is(p, rhook_child(p, node, F_OPERATOR), "/") ? 2 : 1);
}

/* `if n % 2 == 0 { n / 2 } else { .. }` */
static bool is_choice(const struct rhook_program *p, uint32_t node, uint32_t name)
{
	node = bare(p, node);
	return node != RHOOK_NONE && p->nodes[node].kind == K_IF && rhook_child(p, node, F_ALTERNATIVE) != RHOOK_NONE &&
	       asks_even(p, rhook_child(p, node, F_CONDITION), name) && is_half(p, rhook_child(p, node, F_CONSEQUENCE), name);
}

/* `f(n)`, `f(n.clone())`, where that is what f does. */
static bool is_step(const struct rhook_hinting *h, uint32_t node, uint32_t name)
{
	const struct rhook_program *p = h->program;
	uint32_t argument, from, target, parameters, parameter;

	if (p->nodes[node].kind != K_CALL || p->nodes[node].call == RHOOK_NONE)
		return false;
	target = p->calls[p->nodes[node].call].target;
	argument = rhook_hint_argument(p, node, 0);
	from = argument == RHOOK_NONE ? RHOOK_NONE : rhook_hint_receiver(h, argument, "clone");
	argument = from == RHOOK_NONE ? argument : from;
	if (argument == RHOOK_NONE || !is_name(p, argument, name) || rhook_hint_argument(p, node, 1) != RHOOK_NONE ||
	    p->infos[target].role != ROLE_FREE || p->infos[target].async)
		return false;
	parameters = rhook_child(p, p->infos[target].node, F_PARAMETERS);
	parameter = parameters == RHOOK_NONE ? RHOOK_NONE : rhook_first_named(p, parameters);
	parameter = parameter == RHOOK_NONE ? RHOOK_NONE : rhook_child(p, parameter, F_PATTERN);
	return parameter != RHOOK_NONE && p->nodes[parameter].kind == K_IDENTIFIER && is_choice(p, p->infos[target].body, parameter);
}

/* `n = n / 2`, `n /= 2`, `n >>= 1` */
static bool halves(const struct rhook_program *p, uint32_t node, uint32_t name)
{
	uint32_t sign;

	node = bare(p, node);
	if (node == RHOOK_NONE || (p->nodes[node].kind != K_ASSIGNMENT && p->nodes[node].kind != K_COMPOUND_ASSIGNMENT) ||
	    !is_name(p, rhook_child(p, node, F_LEFT), name))
		return false;
	if (p->nodes[node].kind == K_ASSIGNMENT)
		return is_half(p, rhook_child(p, node, F_RIGHT), name);
	sign = rhook_child(p, node, F_OPERATOR);
	return (rhook_node_is(p, sign, "/=") && is_number(p, rhook_child(p, node, F_RIGHT), 2)) ||
	       (rhook_node_is(p, sign, ">>=") && is_number(p, rhook_child(p, node, F_RIGHT), 1));
}

/* A statement that, while n is even, does nothing but halve it. */
static bool is_halving(const struct rhook_hinting *h, uint32_t node, uint32_t name)
{
	const struct rhook_program *p = h->program;
	uint32_t right;

	if (p->nodes[node].kind == K_IF)
		return asks_even(p, rhook_child(p, node, F_CONDITION), name) && halves(p, rhook_child(p, node, F_CONSEQUENCE), name);
	if (p->nodes[node].kind != K_ASSIGNMENT || !is_name(p, rhook_child(p, node, F_LEFT), name))
		return false;
	right = bare(p, rhook_child(p, node, F_RIGHT));
	return is_choice(p, right, name) || is_step(h, right, name);
}

static bool is_counter(const struct rhook_numbers *numbers, const struct rhook_program *p, uint32_t node, uint32_t name)
{
	return p->nodes[node].kind == K_COMPOUND_ASSIGNMENT && rhook_node_among(p, rhook_child(p, node, F_OPERATOR), " += -= ") &&
	       is_number(p, rhook_child(p, node, F_RIGHT), 1) && p->nodes[rhook_child(p, node, F_LEFT)].kind == K_IDENTIFIER &&
	       !is_name(p, rhook_child(p, node, F_LEFT), name) && rhook_integer_of(numbers, rhook_child(p, node, F_LEFT));
}

/* `n != 1`, `n > 1`: n, or RHOOK_NONE. */
static uint32_t condition_name(const struct rhook_program *p, uint32_t node)
{
	uint32_t left;
	uint64_t value;

	node = rhook_hint_inner(p, node);
	if (!is_binary(p, node, " != > "))
		return RHOOK_NONE;
	left = rhook_hint_inner(p, rhook_child(p, node, F_LEFT));
	if (left == RHOOK_NONE || p->nodes[left].kind != K_IDENTIFIER ||
	    !rhook_literal(p, rhook_hint_inner(p, rhook_child(p, node, F_RIGHT)), &value))
		return RHOOK_NONE;
	return rhook_node_is(p, rhook_child(p, node, F_OPERATOR), "!=") ? (value % 2 ? left : RHOOK_NONE)
									: (value == 1 ? left : RHOOK_NONE);
}

static bool read_loop(const struct rhook_hinting *h, const struct rhook_numbers *numbers, uint32_t node, struct halving *found)
{
	const struct rhook_program *p = h->program;
	uint32_t block = rhook_child(p, node, F_BODY);
	bool halving = false;

	*found = (struct halving){.n = condition_name(p, rhook_child(p, node, F_CONDITION)), .first = RHOOK_NONE};
	if (found->n == RHOOK_NONE || block == RHOOK_NONE || !rhook_integer_of(numbers, found->n))
		return false;
	block = p->nodes[bare(p, block)].kind == K_BLOCK ? bare(p, block) : block;
	for (uint32_t c = rhook_first_named(p, block); c != RHOOK_NONE; c = next_named(p, c)) {
		uint32_t statement = bare(p, c);
		found->first = found->first == RHOOK_NONE ? c : found->first;
		found->last = c;
		if (!halving && is_halving(h, statement, found->n)) {
			halving = true;
			continue;
		}
		if (found->count == MOST_COUNTERS || !is_counter(numbers, p, statement, found->n))
			return false;
		found->counters[found->count++] = statement;
	}
	return halving;
}

void rhook_find_halving(struct rhook_hinting *h)
{
	const struct rhook_program *p = h->program;
	const struct rhook_numbers *numbers = NULL;
	struct halving loop;

	for (uint32_t i = 0; i < p->node_count; i++) {
		struct rhook_found *found;
		if (p->nodes[i].kind != K_WHILE || p->nodes[i].ctx == RHOOK_NONE || rhook_child(p, i, F_CONDITION) == RHOOK_NONE ||
		    condition_name(p, rhook_child(p, i, F_CONDITION)) == RHOOK_NONE || rhook_hint_is_quoted(p, i))
			continue;
		numbers = rhook_hint_numbers(h);
		if (!numbers || !read_loop(h, numbers, i, &loop))
			continue;
		found = rhook_hint_add(h, RHOOK_HINT_HALVING, p->nodes[i].ctx, i);
		if (!found)
			break;
		found->more[0] = rhook_integer_of(numbers, loop.n);
		found->from = p->nodes[loop.first].start;
		found->to = p->nodes[loop.last].end;
	}
}

static void add_node(const struct rhook_program *p, uint32_t node, struct rhook_buf *out)
{
	rhook_hint_add_text(p, p->nodes[node].start, p->nodes[node].end, out);
}

void rhook_apply_halving(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	struct rhook_program *p = h->program;
	const struct rhook_numbers *numbers = rhook_hint_numbers(h);
	struct rhook_buf zeros = {0};
	struct halving loop;

	(void)amount;
	if (!numbers || !read_loop(h, numbers, found->node, &loop))
		return;
	rhook_hint_name(h, RHOOK_NONE, "zeros", &zeros);
	rhook_hint_comment(h, RHOOK_HINT_HALVING, loop.first);
	rhook_hint_restart(h);
	rhook_buf_puts(&h->text, "if ");
	add_node(p, loop.n, &h->text);
	rhook_buf_printf(&h->text, " %% 2 == 0 { let %s = ", zeros.data);
	add_node(p, loop.n, &h->text);
	rhook_buf_puts(&h->text, ".trailing_zeros(); ");
	add_node(p, loop.n, &h->text);
	rhook_buf_printf(&h->text, " >>= %s & (%s::BITS - 1); ", zeros.data, rhook_integer_name((enum rhook_integer)found->more[0]));
	for (size_t c = 0; c < loop.count; c++) {
		uint32_t counter = rhook_child(p, loop.counters[c], F_LEFT);
		rhook_hint_add_text(p, p->nodes[counter].start, p->nodes[rhook_child(p, loop.counters[c], F_RIGHT)].start, &h->text);
		rhook_buf_printf(&h->text, "%s as %s; ", zeros.data, rhook_integer_name(rhook_integer_of(numbers, counter)));
	}
	rhook_buf_puts(&h->text, "} else { ");
	rhook_edit(h->edits, p->nodes[loop.first].start, 0, h->text.data);
	rhook_edit(h->edits, p->nodes[loop.last].end, 0, " }");
	p->no_memory |= h->text.failed || zeros.failed;
	rhook_buf_free(&zeros);
}
