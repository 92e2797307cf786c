/* What the text tells for certain about names and strings: the ground on which several kinds of hint stand. */
#include "rhook_hint_internal.h"
#include "rhook_type_internal.h"

#include <stdlib.h>
#include <string.h>

#define MOST_NODES 20000 /* functions with more are not looked through for one name */

uint32_t rhook_hint_owner(const struct rhook_program *p, uint32_t node)
{
	uint32_t fn = p->nodes[node].ctx;

	if (fn == RHOOK_NONE) { /* a parameter */
		while (node != RHOOK_NONE && p->nodes[node].kind != K_FUNCTION)
			node = p->nodes[node].parent;
		for (uint32_t f = 0; node != RHOOK_NONE && f < p->fn_count; f++)
			if (p->infos[f].node == node)
				return f;
		return RHOOK_NONE;
	}
	while (fn != RHOOK_NONE && p->infos[fn].role == ROLE_CLOSURE)
		fn = p->fns[fn].parent < 0 ? RHOOK_NONE : (uint32_t)p->fns[fn].parent;
	return fn;
}

uint32_t rhook_hint_inner(const struct rhook_program *p, uint32_t node)
{
	while (node != RHOOK_NONE && p->nodes[node].kind == K_PARENTHESIZED)
		node = rhook_first_named(p, node);
	return node;
}

/* --- names ------------------------------------------------------------------------------------------------------------------- */

/* What binds the identifier, if it is (part of) a pattern. */
static uint32_t pattern_of(const struct rhook_program *p, uint32_t node)
{
	while (p->nodes[node].parent != RHOOK_NONE) {
		uint32_t parent = p->nodes[node].parent;
		switch (p->nodes[parent].kind) {
		case K_CLOSURE_PARAMETERS:
		case K_MATCH_PATTERN:
			return parent;
		case K_BLOCK:
		case K_ARGUMENTS:
		case K_EXPRESSION_STATEMENT:
			return RHOOK_NONE;
		default:
			if (p->nodes[node].field == F_PATTERN)
				return parent;
			break;
		}
		node = parent;
	}
	return RHOOK_NONE;
}

static bool same_text(const struct rhook_program *p, uint32_t a, uint32_t b)
{
	uint32_t size = p->nodes[a].end - p->nodes[a].start;

	return size == p->nodes[b].end - p->nodes[b].start && memcmp(p->text + p->nodes[a].start, p->text + p->nodes[b].start, size) == 0;
}

uint32_t rhook_hint_binder(const struct rhook_hinting *h, uint32_t identifier)
{
	const struct rhook_program *p = h->program;
	uint32_t fn = rhook_hint_owner(p, identifier), found = RHOOK_NONE, item;

	if (fn == RHOOK_NONE || p->nodes[identifier].kind != K_IDENTIFIER)
		return RHOOK_NONE;
	item = p->infos[fn].node;
	if (p->nodes[item].last - item > MOST_NODES)
		return RHOOK_NONE;
	for (uint32_t i = item + 1; i < p->nodes[item].last; i++) {
		uint32_t binder;
		if ((p->nodes[i].kind != K_IDENTIFIER && p->nodes[i].kind != K_SHORTHAND_FIELD) || !same_text(p, i, identifier))
			continue;
		binder = pattern_of(p, i);
		if (binder == RHOOK_NONE)
			continue;
		if (found != RHOOK_NONE || p->nodes[i].kind != K_IDENTIFIER || p->nodes[i].field != F_PATTERN ||
		    p->nodes[i].parent != binder)
			return RHOOK_NONE;
		found = binder;
	}
	return found;
}

/* `{name}`, `{name:?}` in the bytes of a string. */
static bool string_mentions(const struct rhook_program *p, uint32_t node, const char *name, uint32_t size)
{
	const struct rhook_node *n = &p->nodes[node];

	for (uint32_t i = n->start; i + size + 1 < n->end; i++)
		if (p->text[i] == '{' && memcmp(p->text + i + 1, name, size) == 0)
			return true;
	return false;
}

bool rhook_hint_mentions(const struct rhook_program *p, uint32_t node, uint32_t name_node)
{
	const struct rhook_node *name = &p->nodes[name_node];

	for (uint32_t i = node; i < p->nodes[node].last; i++) {
		if ((p->nodes[i].kind == K_IDENTIFIER || p->nodes[i].kind == K_SHORTHAND_FIELD || p->nodes[i].kind == K_SELF) &&
		    same_text(p, i, name_node))
			return true;
		if ((p->nodes[i].kind == K_STRING || p->nodes[i].kind == K_TOKEN_TREE) &&
		    string_mentions(p, i, p->text + name->start, name->end - name->start))
			return true;
		if (p->nodes[i].kind == K_TOKEN_TREE)
			return true; /* not looked into */
	}
	return false;
}

/* --- calls --------------------------------------------------------------------------------------------------------------------- */

bool rhook_hint_is_macro(const struct rhook_hinting *h, uint32_t call, const char *name)
{
	const struct rhook_program *p = h->program;
	uint32_t callee = p->nodes[call].kind == K_CALL ? rhook_callee_name(p, call) : RHOOK_NONE;
	const struct rhook_macro *macro = callee == RHOOK_NONE ? NULL : rhook_macro_at(p, p->nodes[callee].start);

	return macro && !h->own_format && macro->bang - macro->name >= strlen(name) &&
	       memcmp(p->text + macro->name, name, strlen(name)) == 0 &&
	       (p->text[macro->name + strlen(name)] == '!' || p->text[macro->name + strlen(name)] == ' ');
}

/* A function or method of the program has this name, or another crate may give one to any type. */
static bool is_own_name(const struct rhook_hinting *h, uint32_t name)
{
	uint32_t id = rhook_node_name(h->program, name);

	return h->program->foreign || (id < h->name_count && h->own_names[id]);
}

/* Is what the `use` imports of the standard library? */
static bool is_of_std(const struct rhook_program *p, uint32_t use)
{
	uint32_t first = use + 1;

	while (first < p->nodes[use].last && p->nodes[first].kind != K_IDENTIFIER && p->nodes[first].kind != K_CRATE &&
	       p->nodes[first].kind != K_SUPER && p->nodes[first].kind != K_SELF)
		first++;
	return first < p->nodes[use].last && rhook_node_among(p, first, " std core alloc ");
}

static void note_name(struct rhook_hinting *h, bool *names, uint32_t name)
{
	uint32_t id = name == RHOOK_NONE ? RHOOK_NONE : rhook_node_name(h->program, name);

	if (id < h->name_count)
		names[id] = true;
	else if (id != RHOOK_NONE)
		h->program->foreign = true; /* met only now: it can't be kept */
}

static void note_names(struct rhook_hinting *h, uint32_t i)
{
	const struct rhook_program *p = h->program;
	uint32_t name = rhook_child(p, i, F_NAME);

	switch (p->nodes[i].kind) {
	case K_FUNCTION_SIGNATURE:
		note_name(h, h->own_names, name);
		break;
	case K_MACRO_DEFINITION:
		h->own_format |= name != RHOOK_NONE && rhook_node_is(p, name, "format");
		break;
	case K_ENUM:
	case K_STRUCT:
	case K_TRAIT:
	case K_TYPE_ALIAS:
	case K_TYPE_PARAMETER:
	case K_UNION:
		note_name(h, h->hidden, name);
		break;
	case K_USE_AS:
		note_name(h, h->hidden, rhook_child(p, i, F_ALIAS));
		break;
	case K_USE:
		for (uint32_t c = i + 1; c < p->nodes[i].last && !is_of_std(p, i); c++)
			if (p->nodes[c].kind == K_IDENTIFIER)
				note_name(h, h->hidden, c);
		break;
	default:
		break;
	}
}

bool rhook_hint_find_names(struct rhook_hinting *h)
{
	struct rhook_program *p = h->program;

	for (uint32_t i = 0; i < p->node_count; i++) /* so that all of them have numbers */
		if (p->nodes[i].kind == K_IDENTIFIER || p->nodes[i].kind == K_TYPE_IDENTIFIER)
			rhook_node_name(p, i);
	h->name_count = rhook_word_count(p->names);
	h->own_names = calloc(h->name_count + 1, sizeof *h->own_names);
	h->hidden = calloc(h->name_count + 1, sizeof *h->hidden);
	if (!h->own_names || !h->hidden)
		return false;
	for (size_t f = 0; f < p->fn_count; f++)
		if (p->infos[f].name < h->name_count)
			h->own_names[p->infos[f].name] = true;
	for (uint32_t i = 0; i < p->node_count; i++)
		note_names(h, i);
	return true;
}

uint32_t rhook_hint_receiver(const struct rhook_hinting *h, uint32_t call, const char *name)
{
	const struct rhook_program *p = h->program;
	uint32_t callee = p->nodes[call].kind == K_CALL && p->nodes[call].call == RHOOK_NONE ? rhook_callee_name(p, call) : RHOOK_NONE;

	if (callee == RHOOK_NONE || p->nodes[callee].kind != K_FIELD_IDENTIFIER || !rhook_node_is(p, callee, name) ||
	    is_own_name(h, callee))
		return RHOOK_NONE;
	return rhook_child(p, p->nodes[callee].parent, F_VALUE);
}

uint32_t rhook_hint_argument(const struct rhook_program *p, uint32_t call, unsigned n)
{
	uint32_t arguments = rhook_child(p, call, F_ARGUMENTS);

	for (uint32_t c = arguments == RHOOK_NONE ? RHOOK_NONE : rhook_first(p, arguments); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].named && !rhook_is_comment(&p->nodes[c]) && n-- == 0)
			return c;
	return RHOOK_NONE;
}

/* --- places -------------------------------------------------------------------------------------------------------------------- */

uint32_t rhook_hint_tail(const struct rhook_program *p, uint32_t block)
{
	uint32_t last = RHOOK_NONE;

	for (uint32_t c = rhook_first(p, block); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].named && !rhook_is_comment(&p->nodes[c]))
			last = c;
	if (last == RHOOK_NONE || p->nodes[last].kind == K_LET || p->nodes[last].kind == K_LABEL)
		return RHOOK_NONE;
	if (p->nodes[last].kind == K_EXPRESSION_STATEMENT)
		return p->text[p->nodes[last].end - 1] == ';' ? RHOOK_NONE : rhook_first_named(p, last);
	return last;
}

bool rhook_hint_is_result(const struct rhook_program *p, uint32_t node)
{
	uint32_t fn = p->nodes[node].ctx, body = fn == RHOOK_NONE ? RHOOK_NONE : p->infos[fn].body;

	if (body == RHOOK_NONE || p->infos[fn].role == ROLE_CLOSURE)
		return false;
	while (node != body) {
		uint32_t parent = p->nodes[node].parent;
		switch (p->nodes[parent].kind) {
		case K_PARENTHESIZED:
		case K_EXPRESSION_STATEMENT:
			break;
		case K_BLOCK:
			if (p->nodes[parent].parent != RHOOK_NONE) {
				uint32_t tail = rhook_hint_tail(p, parent);
				if (tail != node && (tail == RHOOK_NONE || p->nodes[tail].parent != node))
					return false;
			}
			break;
		default:
			return false;
		}
		node = parent;
	}
	return true;
}

bool rhook_hint_is_quoted(const struct rhook_program *p, uint32_t node)
{
	for (; node != RHOOK_NONE; node = p->nodes[node].parent) {
		uint32_t callee = p->nodes[node].kind == K_CALL ? rhook_callee_name(p, node) : RHOOK_NONE;
		const struct rhook_macro *macro = callee == RHOOK_NONE ? NULL : rhook_macro_at(p, p->nodes[callee].start);
		if (macro && macro->shape != SHAPE_PLAIN)
			return true;
		if (p->nodes[node].kind == K_TOKEN_TREE)
			return true;
		if (p->nodes[node].kind == K_FUNCTION)
			return false;
	}
	return false;
}

bool rhook_hint_needs_brackets(const struct rhook_program *p, uint32_t node)
{
	const struct rhook_node *parent = &p->nodes[p->nodes[node].parent];

	switch (parent->kind) {
	case K_ARGUMENTS:
	case K_LET:
	case K_PARENTHESIZED:
		return false;
	case K_BLOCK:
		return rhook_hint_tail(p, p->nodes[node].parent) != node;
	default:
		return true;
	}
}

void rhook_hint_add_text(const struct rhook_program *p, uint32_t from, uint32_t to, struct rhook_buf *out)
{
	rhook_buf_add(out, p->text + from, to - from);
}

bool rhook_hint_sees_capacity(const struct rhook_program *p)
{
	return rhook_hint_has_word(p, "capacity") || rhook_hint_has_word(p, "spare_capacity_mut") || rhook_hint_has_word(p, "as_ptr") ||
	       rhook_hint_has_word(p, "as_mut_ptr") || rhook_hint_has_word(p, "global_allocator");
}

bool rhook_hint_is_constant(const struct rhook_program *p, uint32_t node)
{
	for (; node != RHOOK_NONE; node = p->nodes[node].parent) {
		uint32_t modifiers = p->nodes[node].kind == K_FUNCTION ? rhook_child_kind(p, node, K_FUNCTION_MODIFIERS) : RHOOK_NONE;
		if (modifiers != RHOOK_NONE && rhook_node_is(p, rhook_first(p, modifiers), "const"))
			return true;
		if (p->nodes[node].kind == K_CONST_ITEM || p->nodes[node].kind == K_STATIC_ITEM || p->nodes[node].kind == K_CONST_BLOCK ||
		    p->nodes[node].kind == K_ARRAY_TYPE)
			return true;
	}
	return false;
}
