/*
 * `table[i][j]` in a loop that changes neither `table` nor `i`: the row is looked up once, in front of the loop. Where there is none, what
 * was written stays and panics as it did, or is never reached.
 *
 * The elements are numbers and are only read. Nothing in the loop names the table but to read an element of it, so the row that is lent for
 * the time of the loop is in nobody's way: what else could change the table would have to be lent it, and then it could not be read.
 */
#include "rhook_hint_steady.h"
#include "rhook_type_internal.h"

#include <stdio.h>
#include <string.h>

enum { ROWS_LOOP, ROWS_TABLE, ROWS_ROW }; /* more[]: the loop, `table`, `i` */

static bool same_text(const struct rhook_program *p, uint32_t a, uint32_t b)
{
	uint32_t size = p->nodes[a].end - p->nodes[a].start;

	return size == p->nodes[b].end - p->nodes[b].start && memcmp(p->text + p->nodes[a].start, p->text + p->nodes[b].start, size) == 0;
}

/* The two expressions of `base[index]`. */
static bool read_index(const struct rhook_program *p, uint32_t node, uint32_t *base, uint32_t *index)
{
	*base = *index = RHOOK_NONE;
	if (p->nodes[node].kind != K_INDEX)
		return false;
	for (uint32_t c = rhook_first(p, node); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].named && !rhook_is_comment(&p->nodes[c]))
			*(*base == RHOOK_NONE ? base : index) = c;
	return *index != RHOOK_NONE && !rhook_is_range(p, *index);
}

/* A variable that is, or refers to, a vector of vectors of numbers. */
static bool is_table(const struct rhook_hinting *h, uint32_t node)
{
	const struct rhook_program *p = h->program;
	uint32_t binder = p->nodes[node].kind == K_IDENTIFIER ? rhook_hint_binder(h, node) : RHOOK_NONE, type, row;

	if (binder == RHOOK_NONE || (p->nodes[binder].kind != K_PARAMETER && p->nodes[binder].kind != K_LET))
		return false;
	type = rhook_child(p, binder, F_TYPE);
	type = type == RHOOK_NONE ? rhook_type_of(h->types, node).node : rhook_referred_type(p, type);
	if (type == RHOOK_NONE || !rhook_hint_is_std_type(h, type, "Vec"))
		return false;
	row = rhook_type_argument(p, type, 0);
	return row != RHOOK_NONE && rhook_hint_is_std_type(h, row, "Vec") && rhook_is_number_type(p, rhook_type_argument(p, row, 0)) &&
	       rhook_type_argument(p, type, 1) == RHOOK_NONE && rhook_type_argument(p, row, 1) == RHOOK_NONE;
}

/* Is the element only read? */
static bool is_read(const struct rhook_hinting *h, uint32_t element)
{
	const struct rhook_program *p = h->program;
	uint32_t node = element, parent = p->nodes[node].parent;

	while (p->nodes[parent].kind == K_PARENTHESIZED) {
		node = parent;
		parent = p->nodes[node].parent;
	}
	switch (p->nodes[parent].kind) {
	case K_ASSIGNMENT:
	case K_COMPOUND_ASSIGNMENT:
		return p->nodes[node].field == F_RIGHT;
	case K_LET:
		return p->nodes[rhook_child(p, parent, F_PATTERN)].kind == K_IDENTIFIER;
	case K_BINARY:
	case K_CAST:
	case K_IF:
	case K_RETURN:
	case K_WHILE:
		return true;
	case K_INDEX:
		return rhook_first_named(p, parent) != node;
	case K_ARGUMENTS:
		return rhook_child(p, p->nodes[parent].parent, F_FUNCTION) != RHOOK_NONE;
	case K_FIELD_EXPRESSION:
		return rhook_hint_receiver(h, p->nodes[parent].parent, "clone") == element;
	default:
		return false;
	}
}

/* `table[i][j]`, read: its table and i. */
static bool read_element(const struct rhook_hinting *h, uint32_t node, uint32_t *table, uint32_t *row)
{
	const struct rhook_program *p = h->program;
	uint32_t base, index;

	return read_index(p, node, &base, &index) && read_index(p, base, table, row) && p->nodes[*table].kind == K_IDENTIFIER &&
	       is_read(h, node);
}

/* Is every mention of the table in the loop, in its head too, the reading of an element? */
static bool is_untouched(const struct rhook_hinting *h, uint32_t table, uint32_t loop)
{
	const struct rhook_program *p = h->program;

	for (uint32_t i = loop; i < p->nodes[loop].last; i++) {
		uint32_t first, second;
		if (p->nodes[i].kind == K_TOKEN_TREE || p->nodes[i].kind == K_MACRO_INVOCATION)
			return false;
		if (p->nodes[i].kind == K_STRING && rhook_hint_mentions(p, i, table))
			return false;
		if (p->nodes[i].kind != K_IDENTIFIER || !same_text(p, i, table))
			continue;
		if (p->nodes[p->nodes[i].parent].kind != K_INDEX || rhook_hint_is_quoted(p, i) || p->nodes[i].ctx != p->nodes[loop].ctx ||
		    !read_element(h, p->nodes[p->nodes[i].parent].parent, &first, &second) || first != i)
			return false;
	}
	return true;
}

/* `let r = &mut table[0];`: how long it is lent is not followed. */
static bool is_lent(const struct rhook_hinting *h, uint32_t table)
{
	const struct rhook_program *p = h->program;
	uint32_t fn = p->infos[rhook_hint_owner(p, table)].node;

	for (uint32_t i = fn; i < p->nodes[fn].last; i++)
		if (p->nodes[i].kind == K_REFERENCE && rhook_child_kind(p, i, K_MUTABLE) != RHOOK_NONE &&
		    p->nodes[p->nodes[i].parent].kind != K_ARGUMENTS && rhook_hint_mentions(p, i, table))
			return true;
	return false;
}

static uint32_t find_loop(const struct rhook_hinting *h, const struct rhook_numbers *numbers, uint32_t element, uint32_t table,
			  uint32_t row)
{
	const struct rhook_program *p = h->program;
	uint32_t found = RHOOK_NONE, binder = rhook_hint_binder(h, table), loop = rhook_loop_around(p, element, RHOOK_NONE);

	for (; loop != RHOOK_NONE && (binder < loop || binder >= p->nodes[loop].last) && rhook_is_steady(h, numbers, row, loop) &&
	       is_untouched(h, table, loop);
	     loop = rhook_loop_around(p, element, loop))
		if (rhook_can_wrap(p, loop))
			found = loop;
	return found;
}

static bool is_found(const struct rhook_hinting *h, uint32_t loop, uint32_t table, uint32_t row)
{
	for (size_t i = h->count; i-- > 0 && h->found[i].kind == RHOOK_HINT_ROWS;)
		if (h->found[i].more[ROWS_LOOP] == loop && same_text(h->program, h->found[i].more[ROWS_TABLE], table) &&
		    same_text(h->program, h->found[i].more[ROWS_ROW], row))
			return true;
	return false;
}

void rhook_find_rows(struct rhook_hinting *h)
{
	const struct rhook_program *p = h->program;
	const struct rhook_numbers *numbers = NULL;

	if (rhook_hint_hides(h, "Vec") || rhook_hint_hides(h, "Some") || rhook_hint_hides(h, "None") || p->foreign ||
	    rhook_hint_has_word(p, "unsafe"))
		return;
	for (uint32_t i = 0; i < p->node_count; i++) {
		struct rhook_found *found;
		uint32_t table, row, loop;
		if (p->nodes[i].ctx == RHOOK_NONE || !read_element(h, i, &table, &row) || !is_table(h, table) || is_lent(h, table) ||
		    rhook_hint_is_constant(p, i))
			continue;
		numbers = rhook_hint_numbers(h);
		loop = numbers && rhook_integer_of(numbers, row) == RHOOK_USIZE ? find_loop(h, numbers, i, table, row) : RHOOK_NONE;
		if (loop == RHOOK_NONE || rhook_hint_is_quoted(p, loop) || is_found(h, loop, table, row))
			continue;
		found = rhook_hint_add(h, RHOOK_HINT_ROWS, p->nodes[i].ctx, i);
		if (!found)
			break;
		found->more[ROWS_LOOP] = loop;
		found->more[ROWS_TABLE] = table;
		found->more[ROWS_ROW] = row;
	}
}

/* `table[i]` becomes the row, or itself where there is none. */
static void edit_row(struct rhook_hinting *h, const struct rhook_node *indexed, const char *name, const char *row)
{
	rhook_hint_restart(h);
	rhook_buf_printf(&h->text, "(match %s { Some(%s) => %s, None => &", name, row, row);
	rhook_edit(h->edits, indexed->start, 0, h->text.data);
	rhook_edit(h->edits, indexed->end, 0, "[..] })");
}

void rhook_apply_rows(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	const struct rhook_program *p = h->program;
	uint32_t loop = found->more[ROWS_LOOP], table = found->more[ROWS_TABLE], row = found->more[ROWS_ROW], first, second;
	struct rhook_buf name = {0}, each = {0};
	char word[24];

	(void)amount;
	snprintf(word, sizeof word, "row_%u", found->ordinal);
	rhook_hint_name(h, table, word, &name);
	rhook_hint_name(h, RHOOK_NONE, "row", &each);
	rhook_hint_comment(h, RHOOK_HINT_ROWS, loop);
	rhook_hint_restart(h);
	rhook_buf_printf(&h->text, "{ let %s = ", name.data);
	rhook_hint_add_text(p, p->nodes[table].start, p->nodes[table].end, &h->text);
	rhook_buf_puts(&h->text, ".get(");
	rhook_hint_add_text(p, p->nodes[row].start, p->nodes[row].end, &h->text);
	rhook_buf_printf(&h->text, ").map(|%s| %s.as_slice()); ", each.data, each.data);
	rhook_edit(h->edits, p->nodes[loop].start, 0, h->text.data);
	rhook_edit(h->edits, p->nodes[loop].end, 0, " }");
	for (uint32_t i = loop; i < p->nodes[loop].last; i++)
		if (read_element(h, i, &first, &second) && same_text(p, first, table) && same_text(p, second, row))
			edit_row(h, &p->nodes[p->nodes[first].parent], name.data, each.data);
	h->program->no_memory |= h->text.failed || name.failed || each.failed;
	rhook_buf_free(&name);
	rhook_buf_free(&each);
}
