/*
 * `*map.entry(key.to_string()).or_insert(0) += 1`: looks first whether the key is there, by the text it has, and makes the String only
 * when it is not. An entry that is there keeps its old key in both; equal texts hash and compare alike, so the same entry is found. Nothing
 * runs in between: the number that is added is a literal or a variable.
 */
#include "rhook_hint_internal.h"
#include "rhook_type_internal.h"

#include <string.h>

static bool is_constant(const struct rhook_hinting *h, uint32_t node)
{
	const struct rhook_program *p = h->program;

	if (node == RHOOK_NONE)
		return false;
	if (p->nodes[node].kind == K_IDENTIFIER)
		return rhook_hint_binder(h, node) != RHOOK_NONE && rhook_type_of(h->types, node).number;
	return p->nodes[node].kind == K_INTEGER || p->nodes[node].kind == K_FLOAT;
}

/* A variable that holds, or refers to, a map from String to numbers. */
static bool is_map(const struct rhook_hinting *h, uint32_t node)
{
	const struct rhook_program *p = h->program;
	uint32_t binder = p->nodes[node].kind == K_IDENTIFIER ? rhook_hint_binder(h, node) : RHOOK_NONE, type;

	if (binder == RHOOK_NONE || (p->nodes[binder].kind != K_PARAMETER && p->nodes[binder].kind != K_LET))
		return false;
	type = rhook_child(p, binder, F_TYPE);
	if (type == RHOOK_NONE)
		return false;
	type = rhook_referred_type(p, type);
	return (rhook_hint_is_std_type(h, type, "HashMap") || rhook_hint_is_std_type(h, type, "BTreeMap")) &&
	       rhook_hint_is_std_type(h, rhook_type_argument(p, type, 0), "String") &&
	       rhook_is_number_type(p, rhook_type_argument(p, type, 1)) && rhook_type_argument(p, type, 2) == RHOOK_NONE;
}

void rhook_find_entry(struct rhook_hinting *h)
{
	const struct rhook_program *p = h->program;

	for (uint32_t i = 0; i < p->node_count; i++) {
		uint32_t left, insert, entry, map, key, text, statement;
		struct rhook_found *found;
		if (p->nodes[i].kind != K_COMPOUND_ASSIGNMENT || p->nodes[i].ctx == RHOOK_NONE)
			continue;
		left = rhook_child(p, i, F_LEFT);
		statement = p->nodes[i].parent;
		if (left == RHOOK_NONE || p->nodes[left].kind != K_UNARY || p->text[p->nodes[left].start] != '*' ||
		    (p->nodes[statement].kind != K_EXPRESSION_STATEMENT && p->nodes[statement].kind != K_BLOCK) ||
		    !is_constant(h, rhook_child(p, i, F_RIGHT)))
			continue;
		insert = rhook_hint_inner(p, rhook_first_named(p, left));
		entry = insert == RHOOK_NONE ? RHOOK_NONE : rhook_hint_receiver(h, insert, "or_insert");
		if (entry == RHOOK_NONE || !is_constant(h, rhook_hint_argument(p, insert, 0)))
			continue;
		map = rhook_hint_receiver(h, entry, "entry");
		key = map == RHOOK_NONE ? RHOOK_NONE : rhook_hint_argument(p, entry, 0);
		if (key == RHOOK_NONE || !is_map(h, map))
			continue;
		text = rhook_hint_receiver(h, key, "to_string");
		text = text == RHOOK_NONE ? rhook_hint_receiver(h, key, "to_owned") : text;
		text = text == RHOOK_NONE ? rhook_hint_receiver(h, key, "clone") : text;
		if (text == RHOOK_NONE || p->nodes[text].kind != K_IDENTIFIER ||
		    (rhook_hint_text(h, text) != RHOOK_TEXT_BORROWED && rhook_hint_text(h, text) != RHOOK_TEXT_PLACE))
			continue;
		found = rhook_hint_add(h, RHOOK_HINT_ENTRY, p->nodes[i].ctx, i);
		if (!found)
			return;
		found->more[0] = map;
		found->more[1] = text;
		found->more[2] = left;
	}
}

void rhook_apply_entry(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	const struct rhook_program *p = h->program;
	const struct rhook_node *map = &p->nodes[found->more[0]], *text = &p->nodes[found->more[1]], *left = &p->nodes[found->more[2]];
	const struct rhook_node *whole = &p->nodes[found->node];
	bool owned = rhook_hint_text(h, found->more[1]) == RHOOK_TEXT_PLACE;
	struct rhook_buf place = {0};

	(void)amount;
	rhook_hint_name(h, RHOOK_NONE, "present", &place);
	rhook_hint_comment(h, RHOOK_HINT_ENTRY, found->node);
	rhook_hint_restart(h);
	rhook_buf_printf(&h->text, "if let Some(%s) = ", place.data);
	rhook_hint_add_text(p, map->start, map->end, &h->text);
	rhook_buf_printf(&h->text, ".get_mut(%s", owned ? "&*" : "");
	rhook_hint_add_text(p, text->start, text->end, &h->text);
	rhook_buf_printf(&h->text, ") { *%s", place.data);
	rhook_hint_add_text(p, left->end, whole->end, &h->text);
	rhook_buf_puts(&h->text, " } else { ");
	rhook_edit(h->edits, whole->start, 0, h->text.data);
	rhook_edit(h->edits, whole->end, 0, " }");
	rhook_buf_free(&place);
}
