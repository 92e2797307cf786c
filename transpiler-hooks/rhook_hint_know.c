/* What the text tells for certain about names and strings: the ground on which several kinds of hint stand. */
#include "rhook_hint_internal.h"
#include "rhook_type_internal.h"

#include <string.h>

#define MOST_NODES 20000 /* functions with more are not looked through for one name */

uint32_t rhook_hint_owner(const struct rhook_program *p, uint32_t node)
{
	uint32_t fn = p->nodes[node].ctx;

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
			return parent;
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
		if (found != RHOOK_NONE || p->nodes[i].kind != K_IDENTIFIER || p->nodes[i].field != F_PATTERN || p->nodes[i].parent != binder)
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

bool rhook_hint_is_macro(const struct rhook_program *p, uint32_t call, const char *name)
{
	uint32_t callee = p->nodes[call].kind == K_CALL ? rhook_callee_name(p, call) : RHOOK_NONE;
	const struct rhook_macro *macro = callee == RHOOK_NONE ? NULL : rhook_macro_at(p, p->nodes[callee].start);

	return macro && macro->bang - macro->name >= strlen(name) && memcmp(p->text + macro->name, name, strlen(name)) == 0 &&
	       (p->text[macro->name + strlen(name)] == '!' || p->text[macro->name + strlen(name)] == ' ');
}

static bool is_own_method_name(const struct rhook_program *p, uint32_t name)
{
	uint32_t id = rhook_node_name((struct rhook_program *)p, name);

	for (size_t f = 0; f < p->fn_count; f++)
		if (p->infos[f].name == id)
			return true;
	for (uint32_t i = 0; i < p->node_count; i++) {
		uint32_t declared = p->nodes[i].kind == K_FUNCTION_SIGNATURE ? rhook_child(p, i, F_NAME) : RHOOK_NONE;
		if (declared != RHOOK_NONE && same_text(p, declared, name))
			return true;
	}
	return p->foreign;
}

uint32_t rhook_hint_receiver(const struct rhook_hinting *h, uint32_t call, const char *name)
{
	const struct rhook_program *p = h->program;
	uint32_t callee = p->nodes[call].kind == K_CALL && p->nodes[call].call == RHOOK_NONE ? rhook_callee_name(p, call) : RHOOK_NONE;

	if (callee == RHOOK_NONE || p->nodes[callee].kind != K_FIELD_IDENTIFIER || !rhook_node_is(p, callee, name) ||
	    is_own_method_name(p, callee))
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
			break;
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

/* --- texts --------------------------------------------------------------------------------------------------------------------- */

bool rhook_hint_is_std_type(const struct rhook_hinting *h, uint32_t type, const char *name)
{
	const struct rhook_program *p = h->program;
	uint32_t named = type == RHOOK_NONE ? RHOOK_NONE : rhook_type_name(p, type);

	return named != RHOOK_NONE && rhook_node_is(p, named, name) && rhook_pairs_get(&h->types->items, rhook_node_name(h->program, named), 0) == RHOOK_NONE;
}

bool rhook_hint_hides(const struct rhook_hinting *h, const char *name)
{
	uint32_t id = rhook_word_id(h->program->names, name, strlen(name));

	return rhook_pairs_get(&h->types->items, id, 0) != RHOOK_NONE;
}

static enum rhook_text_kind text_of_type(const struct rhook_hinting *h, uint32_t type, bool made)
{
	const struct rhook_program *p = h->program;
	bool borrowed = type != RHOOK_NONE && p->nodes[type].kind == K_REFERENCE_TYPE;
	uint32_t bare = rhook_referred_type(p, type);

	if (bare == RHOOK_NONE)
		return RHOOK_NO_TEXT;
	if (rhook_node_is(p, bare, "char"))
		return borrowed ? RHOOK_NO_TEXT : RHOOK_TEXT_CHAR;
	if (rhook_node_is(p, bare, "str"))
		return borrowed ? RHOOK_TEXT_BORROWED : RHOOK_NO_TEXT;
	if (!rhook_hint_is_std_type(h, bare, "String"))
		return RHOOK_NO_TEXT;
	return borrowed ? RHOOK_TEXT_BORROWED : made ? RHOOK_TEXT_VALUE : RHOOK_TEXT_PLACE;
}

static enum rhook_text_kind text_at(const struct rhook_hinting *h, uint32_t node, int depth);

/* What a `for` loop binds. */
static enum rhook_text_kind text_of_round(const struct rhook_hinting *h, uint32_t over, int depth) /* NOLINT(misc-no-recursion) */
{
	static const char *const pieces[] = {"split_whitespace", "lines", "split"};
	const struct rhook_program *p = h->program;
	uint32_t from;

	if (over == RHOOK_NONE || p->nodes[over].kind != K_CALL)
		return RHOOK_NO_TEXT;
	from = rhook_hint_receiver(h, over, "rev");
	over = from == RHOOK_NONE ? over : from;
	from = rhook_hint_receiver(h, over, "chars");
	if (from != RHOOK_NONE)
		return text_at(h, from, depth + 1) ? RHOOK_TEXT_CHAR : RHOOK_NO_TEXT;
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		from = rhook_hint_receiver(h, over, pieces[i]);
		if (from != RHOOK_NONE && text_at(h, from, depth + 1) > RHOOK_NO_TEXT)
			return RHOOK_TEXT_BORROWED;
	}
	return RHOOK_NO_TEXT;
}

static enum rhook_text_kind text_of_name(const struct rhook_hinting *h, uint32_t node, int depth) /* NOLINT(misc-no-recursion) */
{
	const struct rhook_program *p = h->program;
	uint32_t binder = rhook_hint_binder(h, node), type;
	enum rhook_text_kind kind;

	if (binder == RHOOK_NONE)
		return RHOOK_NO_TEXT;
	switch (p->nodes[binder].kind) {
	case K_PARAMETER:
		return text_of_type(h, rhook_child(p, binder, F_TYPE), false);
	case K_LET:
		type = rhook_child(p, binder, F_TYPE);
		if (type != RHOOK_NONE)
			return text_of_type(h, type, false);
		kind = text_at(h, rhook_child(p, binder, F_VALUE), depth + 1);
		return kind == RHOOK_TEXT_VALUE ? RHOOK_TEXT_PLACE : kind;
	case K_FOR:
		return text_of_round(h, rhook_child(p, binder, F_VALUE), depth);
	default:
		return RHOOK_NO_TEXT;
	}
}

static enum rhook_text_kind text_of_call(const struct rhook_hinting *h, uint32_t node, int depth) /* NOLINT(misc-no-recursion) */
{
	const struct rhook_program *p = h->program;
	uint32_t function = rhook_child(p, node, F_FUNCTION), path, from;

	if (p->nodes[node].call != RHOOK_NONE) {
		uint32_t target = p->calls[p->nodes[node].call].target;
		return p->infos[target].generic ? RHOOK_NO_TEXT : text_of_type(h, rhook_child(p, p->infos[target].node, F_RETURN_TYPE), true);
	}
	if (rhook_hint_is_macro(p, node, "format"))
		return RHOOK_TEXT_VALUE;
	if (function != RHOOK_NONE && p->nodes[function].kind == K_SCOPED_IDENTIFIER) {
		uint32_t name = rhook_child(p, function, F_NAME);
		path = rhook_child(p, function, F_PATH);
		return path != RHOOK_NONE && name != RHOOK_NONE && rhook_node_is(p, path, "String") &&
			       rhook_hint_is_std_type(h, path, "String") && rhook_node_among(p, name, " new from with_capacity ")
			   ? RHOOK_TEXT_VALUE
			   : RHOOK_NO_TEXT;
	}
	from = rhook_hint_receiver(h, node, "to_string");
	if (from != RHOOK_NONE)
		return RHOOK_TEXT_VALUE;
	from = rhook_hint_receiver(h, node, "clone");
	if (from != RHOOK_NONE) {
		enum rhook_text_kind kind = text_at(h, from, depth + 1);
		return kind == RHOOK_TEXT_PLACE ? RHOOK_TEXT_VALUE : kind == RHOOK_TEXT_BORROWED ? RHOOK_NO_TEXT : kind;
	}
	return RHOOK_NO_TEXT;
}

static enum rhook_text_kind text_at(const struct rhook_hinting *h, uint32_t node, int depth) /* NOLINT(misc-no-recursion): RHOOK_TYPE_DEEP */
{
	const struct rhook_program *p = h->program;
	enum rhook_text_kind kind;

	node = rhook_hint_inner(p, node);
	if (node == RHOOK_NONE || depth > RHOOK_TYPE_DEEP)
		return RHOOK_NO_TEXT;
	switch (p->nodes[node].kind) {
	case K_STRING:
		return p->text[p->nodes[node].start] == '"' ? RHOOK_TEXT_BORROWED : RHOOK_NO_TEXT;
	case K_CHARACTER:
		return p->text[p->nodes[node].start] == '\'' ? RHOOK_TEXT_CHAR : RHOOK_NO_TEXT;
	case K_REFERENCE:
		kind = text_at(h, rhook_child(p, node, F_VALUE), depth + 1);
		return kind == RHOOK_TEXT_CHAR ? RHOOK_NO_TEXT : kind ? RHOOK_TEXT_BORROWED : kind;
	case K_CALL:
		return text_of_call(h, node, depth);
	case K_IDENTIFIER:
		return text_of_name(h, node, depth);
	case K_BLOCK:
		kind = text_at(h, rhook_hint_tail(p, node), depth + 1);
		return kind == RHOOK_TEXT_PLACE ? RHOOK_TEXT_VALUE : kind;
	default:
		return RHOOK_NO_TEXT;
	}
}

enum rhook_text_kind rhook_hint_text(const struct rhook_hinting *h, uint32_t node)
{
	return text_at(h, node, 0);
}
