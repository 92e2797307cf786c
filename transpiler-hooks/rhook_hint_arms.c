/*
 * Arms of a `match` on literals or on values of an enum that hold nothing: one of them comes first. No value fits two of them, so it does
 * not matter which is asked about first. `_` stays behind all others. Texts are compared one by one, so there it pays; of numbers and enums
 * rustc makes a table, unless they are few.
 */
#include "rhook_hint_internal.h"
#include "rhook_type_internal.h"

#include <string.h>

#define MOST_PATTERNS 256

enum { ARMS_FIRST }; /* more[]: the arm that was first */

enum pattern_kind { PATTERN_NONE, PATTERN_INTEGER, PATTERN_CHARACTER, PATTERN_TEXT, PATTERN_BOOLEAN, PATTERN_VARIANT };

struct patterns {
	enum pattern_kind kind;
	uint32_t list[MOST_PATTERNS];
	size_t count;
	uint32_t item; /* PATTERN_VARIANT: the enum */
};

static bool same_text(const struct rhook_program *p, uint32_t a, uint32_t b)
{
	uint32_t size = p->nodes[a].end - p->nodes[a].start;

	return size == p->nodes[b].end - p->nodes[b].start && memcmp(p->text + p->nodes[a].start, p->text + p->nodes[b].start, size) == 0;
}

/* Is the literal written the one way there is: no escapes, no ends of lines? Then another text is another value. */
static bool is_plain(const struct rhook_program *p, uint32_t node, char quote)
{
	const struct rhook_node *n = &p->nodes[node];

	if (p->text[n->start] != quote || n->end - n->start < 2 || p->text[n->end - 1] != quote)
		return false;
	for (uint32_t i = n->start; i < n->end; i++)
		if (p->text[i] == '\\' || p->text[i] == '\n' || p->text[i] == '\r')
			return false;
	return true;
}

/* Only digits, and none too many in front: `07`, `7u8` and `0x7` are 7, too. */
static bool is_decimal(const struct rhook_program *p, uint32_t node)
{
	const struct rhook_node *n = &p->nodes[node];

	for (uint32_t i = n->start; i < n->end; i++)
		if (p->text[i] < '0' || p->text[i] > '9')
			return false;
	return p->text[n->start] != '0' || n->end - n->start == 1;
}

/* The only thing of the program that has this name, an enum of its outermost module, RHOOK_NONE. */
static uint32_t find_enum(const struct rhook_program *p, uint32_t name)
{
	uint32_t found = RHOOK_NONE;

	for (uint32_t i = 0; i < p->node_count; i++) {
		uint32_t own;
		if (p->nodes[i].kind == K_MOD || p->nodes[i].kind == K_USE_WILDCARD || p->nodes[i].kind == K_EXTERN_CRATE)
			return RHOOK_NONE;
		if (p->nodes[i].kind == K_USE) {
			for (uint32_t c = i; c < p->nodes[i].last; c++)
				if (same_text(p, c, name))
					return RHOOK_NONE;
			continue;
		}
		own = rhook_child(p, i, F_NAME);
		if (own == RHOOK_NONE || p->nodes[i].kind == K_SCOPED_IDENTIFIER || !same_text(p, own, name))
			continue;
		if (found != RHOOK_NONE || p->nodes[i].kind != K_ENUM || p->nodes[p->nodes[i].parent].parent != RHOOK_NONE)
			return RHOOK_NONE;
		found = i;
	}
	return found;
}

/* A variant without fields. */
static bool has_variant(const struct rhook_program *p, uint32_t item, uint32_t name)
{
	for (uint32_t i = item; i < p->nodes[item].last; i++)
		if (p->nodes[i].kind == K_ENUM_VARIANT && rhook_child(p, i, F_NAME) != RHOOK_NONE &&
		    same_text(p, rhook_child(p, i, F_NAME), name))
			return rhook_child(p, i, F_BODY) == RHOOK_NONE;
	return false;
}

static enum pattern_kind kind_of(const struct rhook_program *p, uint32_t node, struct patterns *patterns)
{
	uint32_t path, item;

	switch (p->nodes[node].kind) {
	case K_INTEGER:
		return is_decimal(p, node) ? PATTERN_INTEGER : PATTERN_NONE;
	case K_CHARACTER:
		return is_plain(p, node, '\'') ? PATTERN_CHARACTER : PATTERN_NONE;
	case K_STRING:
		return is_plain(p, node, '"') ? PATTERN_TEXT : PATTERN_NONE;
	case K_BOOLEAN:
		return PATTERN_BOOLEAN;
	case K_SCOPED_IDENTIFIER:
		path = rhook_child(p, node, F_PATH);
		if (path == RHOOK_NONE || p->nodes[path].kind != K_IDENTIFIER || p->foreign)
			return PATTERN_NONE;
		item = patterns->count && patterns->item != RHOOK_NONE && same_text(p, rhook_child(p, patterns->item, F_NAME), path)
			   ? patterns->item
			   : find_enum(p, path);
		if (item == RHOOK_NONE || (patterns->count && item != patterns->item) ||
		    !has_variant(p, item, rhook_child(p, node, F_NAME)))
			return PATTERN_NONE;
		patterns->item = item;
		return PATTERN_VARIANT;
	default:
		return PATTERN_NONE;
	}
}

static bool add_pattern(const struct rhook_program *p, uint32_t node, struct patterns *patterns)
{
	enum pattern_kind kind = kind_of(p, node, patterns);

	if (kind == PATTERN_NONE || (patterns->count && kind != patterns->kind) || patterns->count == MOST_PATTERNS)
		return false;
	for (size_t i = 0; i < patterns->count; i++)
		if (same_text(p, patterns->list[i], node))
			return false;
	patterns->kind = kind;
	patterns->list[patterns->count++] = node;
	return true;
}

/* `A | B | C`: as deep as it goes to the left. */
static bool add_patterns(const struct rhook_program *p, uint32_t pattern, struct patterns *patterns)
{
	for (uint32_t i = pattern; i < p->nodes[pattern].last;) {
		if (p->nodes[i].kind == K_OTHER && (!p->nodes[i].named || p->nodes[i].last > i + 1)) {
			if (!p->nodes[i].named && !rhook_node_is(p, i, "|"))
				return false; /* `-`, `..=`, `(` */
			i++;
			continue;
		}
		if (!add_pattern(p, i, patterns))
			return false;
		i = p->nodes[i].last;
	}
	return true;
}

static bool has_attribute(const struct rhook_program *p, uint32_t arm)
{
	return rhook_child_kind(p, arm, K_ATTRIBUTE) != RHOOK_NONE || rhook_child_kind(p, arm, K_INNER_ATTRIBUTE) != RHOOK_NONE;
}

/* Whole arms of the block, without the last when that is `_`. 0: they may not change places. */
static size_t read_arms(const struct rhook_program *p, uint32_t block, uint32_t *arms, struct patterns *patterns)
{
	size_t count = 0;
	bool rest = false;

	*patterns = (struct patterns){.item = RHOOK_NONE};
	for (uint32_t c = rhook_first(p, block); c != RHOOK_NONE; c = rhook_next(p, c)) {
		uint32_t pattern, inner;
		if (!p->nodes[c].named || rhook_is_comment(&p->nodes[c]))
			continue;
		pattern = p->nodes[c].kind == K_MATCH_ARM ? rhook_child(p, c, F_PATTERN) : RHOOK_NONE;
		inner = pattern == RHOOK_NONE ? RHOOK_NONE : rhook_first(p, pattern);
		if (inner == RHOOK_NONE || rest || rhook_next(p, inner) != RHOOK_NONE || has_attribute(p, c) || count == MOST_PATTERNS)
			return 0; /* a guard follows the pattern */
		rest = rhook_node_is(p, inner, "_");
		if (!rest && !add_patterns(p, inner, patterns))
			return 0;
		if (!rest)
			arms[count++] = c;
	}
	return count;
}

void rhook_find_arms(struct rhook_hinting *h)
{
	const struct rhook_program *p = h->program;
	uint32_t arms[MOST_PATTERNS];
	struct patterns patterns;

	for (uint32_t i = 0; i < p->node_count; i++) {
		size_t count;
		if (p->nodes[i].kind != K_MATCH_BLOCK || p->nodes[i].ctx == RHOOK_NONE || rhook_hint_is_quoted(p, i))
			continue;
		count = read_arms(p, i, arms, &patterns);
		for (size_t a = 1; a < count; a++) {
			struct rhook_found *found = rhook_hint_add(h, RHOOK_HINT_ARMS, p->nodes[i].ctx, arms[a]);
			if (!found)
				return;
			found->more[ARMS_FIRST] = arms[0];
			found->from = p->nodes[i].start;
			found->to = p->nodes[i].end;
		}
	}
}

/* The arm is written anew in front of the first, with the comment. */
void rhook_apply_arms(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	const struct rhook_program *p = h->program;
	const struct rhook_node *first = &p->nodes[found->more[ARMS_FIRST]], *arm = &p->nodes[found->node];

	(void)amount;
	rhook_hint_comment(h, RHOOK_HINT_ARMS, found->more[ARMS_FIRST]);
	rhook_hint_restart(h);
	rhook_hint_add_text(p, arm->start, arm->end, &h->text);
	rhook_buf_puts(&h->text, p->text[arm->end - 1] == ',' ? "\n" : ",\n");
	rhook_hint_indent(p, first->start, &h->text);
	rhook_edit(h->edits, first->start, 0, h->text.data);
	rhook_edit(h->edits, arm->start, arm->end - arm->start, "");
	h->program->no_memory |= h->text.failed;
}
