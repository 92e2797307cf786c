/*
 * `format!("{}-{}", a, b)` of strings and characters: the pieces are pushed one behind the other. Display of a str, String or char without
 * a width writes just that. The arguments are evaluated first, in their order, as format! does. Where the text begins with a String that an
 * argument makes, the others are pushed onto that one. Not done where the program could see the capacity, or has a Drop of its own, since
 * temporaries may live shorter.
 */
#include "rhook_hint_internal.h"
#include "rhook_type_internal.h"

#include <stdio.h>
#include <string.h>

#define MOST_HOLES 8

/* The literal in pieces: text, hole, text, ... Escaped braces are not taken. */
static int split(const struct rhook_program *p, uint32_t string, uint32_t *from, uint32_t *to)
{
	uint32_t at = p->nodes[string].start + 1, end = p->nodes[string].end - 1;
	int holes = 0;

	if (p->text[p->nodes[string].start] != '"')
		return -1;
	from[0] = at;
	for (; at < end; at++) {
		if (p->text[at] == '\\' && at + 1 < end) {
			if (p->text[at + 1] == 'u' || p->text[at + 1] == '\n' || p->text[at + 1] == '\r')
				return -1; /* braces of its own; a line that goes on */
			at++;
			continue;
		}
		if (p->text[at] == '}')
			return -1;
		if (p->text[at] != '{')
			continue;
		if (holes == MOST_HOLES || p->text[at + 1] != '}')
			return -1;
		to[holes++] = at;
		from[holes] = at + 2;
		at++;
	}
	to[holes] = end;
	return holes;
}

/* Simple enough to be bound by `let`: no temporaries but the value itself. */
static bool is_simple(const struct rhook_program *p, uint32_t argument)
{
	uint32_t kind = p->nodes[rhook_hint_inner(p, argument)].kind;

	return kind == K_IDENTIFIER || kind == K_STRING || kind == K_CHARACTER ||
	       (kind == K_CALL && p->nodes[rhook_hint_inner(p, argument)].call != RHOOK_NONE);
}

static bool may_drop(const struct rhook_program *p)
{
	for (uint32_t i = 0; i < p->node_count; i++) {
		uint32_t trait = p->nodes[i].kind == K_IMPL ? rhook_child(p, i, F_TRAIT) : RHOOK_NONE;
		if (trait != RHOOK_NONE && rhook_type_is_named(p, trait, " Drop Display ToString Deref "))
			return true;
	}
	return false;
}

void rhook_find_format(struct rhook_hinting *h)
{
	const struct rhook_program *p = h->program;
	uint32_t from[MOST_HOLES + 1], to[MOST_HOLES + 1];

	if (rhook_hint_sees_capacity(p) || may_drop(p) || rhook_hint_hides(h, "String"))
		return;
	for (uint32_t i = 0; i < p->node_count; i++) {
		uint32_t string;
		int holes;
		bool good;
		if (p->nodes[i].kind != K_CALL || p->nodes[i].ctx == RHOOK_NONE || !rhook_hint_is_macro(h, i, "format"))
			continue;
		string = rhook_hint_argument(p, i, 0);
		if (string == RHOOK_NONE || p->nodes[string].kind != K_STRING || p->text[p->nodes[i].end - 1] != ')')
			continue;
		holes = split(p, string, from, to);
		good = holes > 0 && rhook_hint_argument(p, i, (unsigned)holes + 1) == RHOOK_NONE;
		for (int a = 1; good && a <= holes; a++) {
			uint32_t argument = rhook_hint_argument(p, i, (unsigned)a);
			good = argument != RHOOK_NONE && is_simple(p, argument) && rhook_hint_text(h, argument) != RHOOK_NO_TEXT;
		}
		if (good)
			rhook_hint_add(h, RHOOK_HINT_FORMAT, p->nodes[i].ctx, i);
	}
}

/* Between the argument before and this one, the macro's text goes; the arguments themselves stay where they are, so that others may change
 * them. */
void rhook_apply_format(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	const struct rhook_program *p = h->program;
	uint32_t from[MOST_HOLES + 1], to[MOST_HOLES + 1], done = p->nodes[found->node].start,
							   string = rhook_hint_argument(p, found->node, 0);
	int holes = split(p, string, from, to);
	bool brackets = rhook_hint_needs_brackets(p, found->node), onto;
	struct rhook_buf base = {0};

	(void)amount;
	if (holes < 1)
		return;
	onto = to[0] == from[0] && rhook_hint_text(h, rhook_hint_argument(p, found->node, 1)) == RHOOK_TEXT_VALUE;
	rhook_hint_name(h, RHOOK_NONE, "joined", &base);
	rhook_hint_comment(h, RHOOK_HINT_FORMAT, found->node);
	rhook_hint_restart(h);
	rhook_buf_puts(&h->text, brackets ? "({ " : "{ ");
	for (int a = 1; a <= holes; a++) {
		const struct rhook_node *argument = &p->nodes[rhook_hint_argument(p, found->node, (unsigned)a)];
		if (onto && a == 1)
			rhook_buf_printf(&h->text, "let mut %s = ", base.data);
		else
			rhook_buf_printf(&h->text, "let %s_%d = &", base.data, a);
		rhook_edit(h->edits, done, argument->start - done, h->text.data);
		done = argument->end;
		rhook_hint_restart(h);
		rhook_buf_puts(&h->text, "; ");
	}
	if (!onto) {
		uint32_t bytes = 0;
		for (int a = 0; a <= holes; a++)
			bytes += to[a] - from[a];
		rhook_buf_printf(&h->text, "let mut %s = String::with_capacity(%u", base.data, bytes);
		for (int a = 1; a <= holes; a++)
			rhook_buf_printf(&h->text, " + %s_%d.%s", base.data, a,
					 rhook_hint_text(h, rhook_hint_argument(p, found->node, (unsigned)a)) == RHOOK_TEXT_CHAR
					     ? "len_utf8()"
					     : "len()");
		rhook_buf_puts(&h->text, "); ");
	}
	for (int a = 0; a <= holes; a++) {
		bool character = a > 0 && rhook_hint_text(h, rhook_hint_argument(p, found->node, (unsigned)a)) == RHOOK_TEXT_CHAR;
		if (a > 0 && !(onto && a == 1))
			rhook_buf_printf(&h->text, character ? "%s.push(*%s_%d); " : "%s.push_str(%s_%d); ", base.data, base.data, a);
		if (to[a] > from[a]) {
			rhook_buf_printf(&h->text, "%s.push_str(\"", base.data);
			rhook_hint_add_text(p, from[a], to[a], &h->text);
			rhook_buf_puts(&h->text, "\"); ");
		}
	}
	rhook_buf_printf(&h->text, "%s }%s", base.data, brackets ? ")" : "");
	rhook_edit(h->edits, done, p->nodes[found->node].end - done, h->text.data);
	rhook_buf_free(&base);
}
