/*
 * `i % M` by constants, of a variable that counts up by one: a second variable counts along from 0 to M - 1 and begins again, so that
 * nothing is divided.
 *
 * The variable begins with a number of the text, is not below zero, and is changed at one place, by `+= 1`, where the conditions around it
 * leave room for one more: it never overflows, in no build profile. What counts along stands directly behind that place. In a `for` loop it
 * stands before everything else in the body, so that a `continue` does not pass it by.
 */
#include "rhook_hint_number.h"
#include "rhook_type_internal.h"

#include <stdio.h>

#define MOST_MODULI 6

enum { RESIDUE_VARIABLE, RESIDUE_STEP }; /* more[]: its `let` or `for`; `i += 1` or RHOOK_NONE */

struct residue {
	uint32_t variable, step;
	enum rhook_integer type;
	uint64_t start;
	uint64_t moduli[MOST_MODULI];
	size_t count;
};

/* `i % 7`, `i.clone() % 7`: the name i, or RHOOK_NONE. */
static uint32_t divided(const struct rhook_hinting *h, uint32_t node, uint64_t *by)
{
	const struct rhook_program *p = h->program;
	uint32_t left, from;

	if (p->nodes[node].kind != K_BINARY || !rhook_node_is(p, rhook_child(p, node, F_OPERATOR), "%") ||
	    !rhook_literal(p, rhook_child(p, node, F_RIGHT), by) || *by < 3 || *by > INT32_MAX || (*by & (*by - 1)) == 0)
		return RHOOK_NONE;
	left = rhook_hint_inner(p, rhook_child(p, node, F_LEFT));
	from = left == RHOOK_NONE ? RHOOK_NONE : rhook_hint_receiver(h, left, "clone");
	left = from == RHOOK_NONE ? left : from;
	return left != RHOOK_NONE && p->nodes[left].kind == K_IDENTIFIER ? left : RHOOK_NONE;
}

/* A statement of a block, so that another may stand behind it. */
static uint32_t statement_of(const struct rhook_program *p, uint32_t node)
{
	uint32_t parent = p->nodes[node].parent;

	if (p->nodes[parent].kind == K_EXPRESSION_STATEMENT)
		return p->nodes[p->nodes[parent].parent].kind == K_BLOCK ? parent : RHOOK_NONE;
	return p->nodes[parent].kind == K_BLOCK ? node : RHOOK_NONE;
}

static bool reads_let(const struct rhook_numbers *numbers, const struct rhook_program *p, struct residue *r)
{
	struct rhook_range before, whole;
	uint32_t left;
	uint64_t one;

	if (rhook_assignments_of(numbers, r->variable, &r->step) != 1 || p->nodes[r->step].kind != K_COMPOUND_ASSIGNMENT ||
	    !rhook_node_is(p, rhook_child(p, r->step, F_OPERATOR), "+=") || !rhook_literal(p, rhook_child(p, r->step, F_RIGHT), &one) ||
	    one != 1 || p->nodes[r->step].ctx != p->nodes[r->variable].ctx || statement_of(p, r->step) == RHOOK_NONE ||
	    p->text[p->nodes[r->variable].end - 1] != ';')
		return false;
	left = rhook_child(p, r->step, F_LEFT);
	before = rhook_range_of(numbers, left);
	whole = rhook_type_range(r->type);
	return p->nodes[left].kind == K_IDENTIFIER && before.known && before.low >= 0 && before.low <= before.high &&
	       before.high < whole.high;
}

static bool read_variable(const struct rhook_numbers *numbers, const struct rhook_program *p, uint32_t variable, enum rhook_integer type,
			  struct residue *r)
{
	uint32_t value = rhook_hint_inner(p, rhook_child(p, variable, F_VALUE)), low, high;
	bool closed;

	*r = (struct residue){.variable = variable, .step = RHOOK_NONE, .type = type};
	if (p->nodes[variable].previous != RHOOK_NONE && p->nodes[p->nodes[variable].previous].kind == K_ATTRIBUTE)
		return false; /* which would be about what is put before it */
	if (value == RHOOK_NONE || type == RHOOK_NO_INTEGER || type == RHOOK_I8 || type == RHOOK_U8 || type == RHOOK_I16 ||
	    type == RHOOK_U16)
		return false;
	if (p->nodes[variable].kind == K_LET)
		return rhook_literal(p, value, &r->start) && reads_let(numbers, p, r);
	return p->nodes[variable].kind == K_FOR && rhook_range_ends(p, value, &low, &high, &closed) && rhook_literal(p, low, &r->start) &&
	       rhook_assignments_of(numbers, variable, &r->step) == 0;
}

static void add_modulus(struct residue *r, uint64_t by)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->moduli[i] == by)
			return;
	if (r->count < MOST_MODULI)
		r->moduli[r->count++] = by;
}

static bool is_known(const struct residue *r, uint64_t by)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->moduli[i] == by)
			return true;
	return false;
}

/* Is it one of the divisions of this variable, in the function itself and behind its declaration? */
static bool belongs(const struct rhook_hinting *h, const struct rhook_numbers *numbers, uint32_t node, uint32_t variable, uint64_t *by)
{
	const struct rhook_program *p = h->program;
	uint32_t name = divided(h, node, by);

	return name != RHOOK_NONE && p->nodes[node].ctx != RHOOK_NONE && p->nodes[node].ctx == p->nodes[variable].ctx && node > variable &&
	       rhook_variable_of(numbers, name) == variable && !rhook_hint_is_quoted(p, node);
}

static void read_moduli(const struct rhook_hinting *h, const struct rhook_numbers *numbers, struct residue *r)
{
	const struct rhook_program *p = h->program;
	uint32_t fn = p->infos[p->nodes[r->variable].ctx].node;
	uint64_t by;

	for (uint32_t i = r->variable; i < p->nodes[fn].last; i++)
		if (belongs(h, numbers, i, r->variable, &by))
			add_modulus(r, by);
}

static bool is_found(const struct rhook_hinting *h, uint32_t variable)
{
	for (size_t i = h->count; i-- > 0;)
		if (h->found[i].kind == RHOOK_HINT_RESIDUE && h->found[i].node == variable)
			return true;
	return false;
}

void rhook_find_residue(struct rhook_hinting *h)
{
	const struct rhook_program *p = h->program;
	const struct rhook_numbers *numbers = NULL;
	struct residue r;
	uint64_t by;

	for (uint32_t i = 0; i < p->node_count; i++) {
		uint32_t name = p->nodes[i].ctx == RHOOK_NONE ? RHOOK_NONE : divided(h, i, &by), variable;
		struct rhook_found *found;
		if (name == RHOOK_NONE)
			continue;
		numbers = rhook_hint_numbers(h);
		variable = numbers ? rhook_variable_of(numbers, name) : RHOOK_NONE;
		if (variable == RHOOK_NONE || is_found(h, variable) || !belongs(h, numbers, i, variable, &by) ||
		    !read_variable(numbers, p, variable, rhook_integer_of(numbers, name), &r))
			continue;
		found = rhook_hint_add(h, RHOOK_HINT_RESIDUE, p->nodes[variable].ctx, variable);
		if (!found)
			break;
		found->more[RESIDUE_VARIABLE] = variable;
		found->more[RESIDUE_STEP] = r.step;
	}
}

/* --- the edits -------------------------------------------------------------------------------------------------------------------- */

static void add_name(struct rhook_hinting *h, const struct residue *r, uint64_t by, struct rhook_buf *out)
{
	char word[32];

	snprintf(word, sizeof word, "mod_%llu", (unsigned long long)by);
	rhook_hint_name(h, rhook_child(h->program, r->variable, F_PATTERN), word, out);
}

static void add_declaration(struct rhook_hinting *h, const struct residue *r, uint64_t by, uint64_t start)
{
	rhook_buf_puts(&h->text, "let mut ");
	add_name(h, r, by, &h->text);
	rhook_buf_printf(&h->text, ": %s = %llu; ", rhook_integer_name(r->type), (unsigned long long)start);
}

static void add_step(struct rhook_hinting *h, const struct residue *r, uint64_t by)
{
	add_name(h, r, by, &h->text);
	rhook_buf_puts(&h->text, " = if ");
	add_name(h, r, by, &h->text);
	rhook_buf_printf(&h->text, " == %llu { 0 } else { ", (unsigned long long)by - 1);
	add_name(h, r, by, &h->text);
	rhook_buf_puts(&h->text, " + 1 }; ");
}

static void edit_let(struct rhook_hinting *h, const struct residue *r)
{
	const struct rhook_program *p = h->program;
	uint32_t step = statement_of(p, r->step);
	bool ended = p->text[p->nodes[step].end - 1] == ';';

	rhook_hint_restart(h);
	for (size_t i = 0; i < r->count; i++)
		add_declaration(h, r, r->moduli[i], r->start % r->moduli[i]);
	rhook_edit(h->edits, p->nodes[r->variable].start, 0, h->text.data);
	rhook_hint_restart(h);
	rhook_buf_puts(&h->text, ended ? " " : "; ");
	for (size_t i = 0; i < r->count; i++)
		add_step(h, r, r->moduli[i]);
	h->text.data[--h->text.size] = '\0';
	rhook_edit(h->edits, p->nodes[step].end, 0, h->text.data);
}

static void edit_for(struct rhook_hinting *h, const struct residue *r)
{
	const struct rhook_program *p = h->program;
	uint32_t body = rhook_child(p, r->variable, F_BODY);

	rhook_hint_restart(h);
	rhook_buf_puts(&h->text, "{ ");
	for (size_t i = 0; i < r->count; i++)
		add_declaration(h, r, r->moduli[i], (r->start + r->moduli[i] - 1) % r->moduli[i]);
	rhook_edit(h->edits, p->nodes[r->variable].start, 0, h->text.data);
	rhook_hint_restart(h);
	rhook_buf_puts(&h->text, " ");
	for (size_t i = 0; i < r->count; i++)
		add_step(h, r, r->moduli[i]);
	h->text.data[--h->text.size] = '\0';
	rhook_edit(h->edits, p->nodes[body].start + 1, 0, h->text.data);
	rhook_edit(h->edits, p->nodes[r->variable].end, 0, " }");
}

void rhook_apply_residue(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	const struct rhook_program *p = h->program;
	const struct rhook_numbers *numbers = rhook_hint_numbers(h);
	uint32_t variable = found->more[RESIDUE_VARIABLE];
	struct residue r;
	uint64_t by;

	(void)amount;
	if (!numbers || !read_variable(numbers, p, variable, rhook_integer_of(numbers, rhook_child(p, variable, F_PATTERN)), &r))
		return;
	read_moduli(h, numbers, &r);
	rhook_hint_comment(h, RHOOK_HINT_RESIDUE, variable);
	if (p->nodes[variable].kind == K_LET)
		edit_let(h, &r);
	else
		edit_for(h, &r);
	for (uint32_t i = variable; i < p->nodes[p->infos[p->nodes[variable].ctx].node].last; i++) {
		if (!belongs(h, numbers, i, variable, &by) || !is_known(&r, by))
			continue;
		rhook_hint_restart(h);
		add_name(h, &r, by, &h->text);
		rhook_edit(h->edits, p->nodes[i].start, p->nodes[i].end - p->nodes[i].start, h->text.data);
	}
	h->program->no_memory |= h->text.failed;
}
