/* Which expressions are strings, and whose they are. */
#include "rhook_hint_internal.h"
#include "rhook_type_internal.h"

#include <string.h>

static bool is_hidden(const struct rhook_hinting *h, uint32_t id)
{
	return id < h->name_count && h->hidden[id];
}

bool rhook_hint_hides(const struct rhook_hinting *h, const char *name)
{
	return is_hidden(h, rhook_word_id(h->program->names, name, strlen(name)));
}

bool rhook_hint_is_std_type(const struct rhook_hinting *h, uint32_t type, const char *name)
{
	const struct rhook_program *p = h->program;
	uint32_t named = type == RHOOK_NONE ? RHOOK_NONE : rhook_type_name(p, type);

	return named != RHOOK_NONE && rhook_node_is(p, named, name) && !is_hidden(h, rhook_node_name(h->program, named));
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
		return p->infos[target].generic ? RHOOK_NO_TEXT
						: text_of_type(h, rhook_child(p, p->infos[target].node, F_RETURN_TYPE), true);
	}
	if (rhook_hint_is_macro(h, node, "format"))
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

static enum rhook_text_kind text_at(const struct rhook_hinting *h, uint32_t node,
				    int depth) /* NOLINT(misc-no-recursion): RHOOK_TYPE_DEEP */
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
