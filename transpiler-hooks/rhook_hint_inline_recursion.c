/*
 * A recursive function, copied into itself: f calls f1, which has the same body and calls f2, ..., and the last calls f. LLVM, which does
 * not inline a function into itself, inlines the copies, sees calls with equal arguments in one body, and makes each of them once.
 *
 * What runs is the same in the same order: a copy differs from its function in name alone.
 */
#include "rhook_hint_internal.h"

#include <stdio.h>
#include <string.h>

#define MOST_MEMBERS 3
#define MOST_DEPTH   4
#define MOST_COPIES  256 /* of one body, when all are inlined: rustc's time grows with them */

/* Attributes that a copy may do without, or take over. */
static bool has_plain_attributes(const struct rhook_program *p, uint32_t item)
{
	static const char *const plain[] = {"#[inline", "#[cold", "#[must_use", "#[allow", "#[warn", "#[doc", "#[cfg("};

	for (uint32_t a = p->nodes[item].previous; a != RHOOK_NONE; a = p->nodes[a].previous) {
		bool known = false;
		if (p->nodes[a].kind != K_ATTRIBUTE && !rhook_is_comment(&p->nodes[a]))
			break;
		for (size_t i = 0; p->nodes[a].kind == K_ATTRIBUTE && i < sizeof plain / sizeof *plain; i++)
			known |= p->nodes[a].end - p->nodes[a].start > strlen(plain[i]) &&
				 memcmp(p->text + p->nodes[a].start, plain[i], strlen(plain[i])) == 0;
		if (p->nodes[a].kind == K_ATTRIBUTE && !known)
			return false;
	}
	return true;
}

bool rhook_hint_can_copy(const struct rhook_program *p, uint32_t fn)
{
	static const char places[] = " line column file module_path stringify ", names[] = " type_name type_name_of_val Location ";
	uint32_t macro;
	const struct rhook_info *info = &p->infos[fn];

	if ((info->role != ROLE_FREE && info->role != ROLE_INHERENT) || info->skip || info->async || info->whole || info->test ||
	    info->main || !has_plain_attributes(p, info->node))
		return false;
	for (uint32_t i = info->node + 1; i < p->nodes[info->node].last; i++) {
		switch (p->nodes[i].kind) {
		case K_ABSTRACT_TYPE: /* each function has another */
		case K_CONST_ITEM:
		case K_ENUM:
		case K_EXTERN_MODIFIER:
		case K_FOREIGN_MOD:
		case K_FUNCTION:
		case K_IMPL:
		case K_INNER_ATTRIBUTE:
		case K_MACRO_DEFINITION:
		case K_MOD:
		case K_STATIC_ITEM:
		case K_STRUCT:
		case K_TRAIT:
		case K_UNION:
			return false;
		case K_MACRO_INVOCATION:
			macro = rhook_child(p, i, F_MACRO);
			if (!rhook_is_standard_macro(p, i) || macro == RHOOK_NONE || rhook_node_among(p, macro, places))
				return false;
			break;
		case K_IDENTIFIER:
			if (rhook_node_among(p, i, names))
				return false;
			break;
		default:
			break;
		}
	}
	return true;
}

/* The functions of the cycle; 0: too many, or one of them can't be copied. */
static size_t members_of(const struct rhook_program *p, uint32_t fn, uint32_t *members)
{
	size_t count = 0;

	for (uint32_t f = 0; f < p->fn_count; f++) {
		if (!p->infos[f].recursive || p->infos[f].cycle != p->infos[fn].cycle)
			continue;
		if (count == MOST_MEMBERS || !rhook_hint_can_copy(p, f))
			return 0;
		members[count++] = f;
	}
	return count;
}

/* How deep, so that a function with so many calls into its cycle does not grow out of hand. 0: not even once. */
static uint64_t most_depth(const struct rhook_program *p, const uint32_t *members, size_t count)
{
	uint64_t most = 1, depth = 0, copies = 1;

	for (size_t m = 0; m < count; m++) {
		uint64_t calls = 0;
		for (size_t c = 0; c < p->call_count; c++)
			calls += p->calls[c].caller == members[m] && p->infos[p->calls[c].target].cycle == p->infos[members[m]].cycle;
		most = calls > most ? calls : most;
	}
	while (depth < MOST_DEPTH && copies * most <= MOST_COPIES) {
		copies *= most;
		depth++;
	}
	return depth;
}

void rhook_find_inline_recursion(struct rhook_hinting *h)
{
	const struct rhook_program *p = h->program;
	uint32_t members[MOST_MEMBERS];

	for (uint32_t f = 0; f < p->fn_count; f++) {
		size_t count = p->infos[f].recursive ? members_of(p, f, members) : 0;
		uint64_t depth = count ? most_depth(p, members, count) : 0;
		struct rhook_found *found;
		if (!count || members[0] != f || !depth)
			continue;
		found = rhook_hint_add(h, RHOOK_HINT_INLINE_RECURSION, f, p->infos[f].node);
		if (!found)
			return;
		found->least = 1;
		found->most = depth;
		found->usual = 1;
		found->callee = count > 1 ? members[1] : RHOOK_NONE;
	}
}

static void level_name(const struct rhook_hinting *h, uint32_t fn, unsigned level, struct rhook_buf *out)
{
	char word[24];

	snprintf(word, sizeof word, "inlined_%u", level);
	rhook_hint_name(h, h->program->infos[fn].name_node, word, out);
}

/* Calls from `fn` into its cycle go to the copies of this level. */
static void rename_calls(struct rhook_hinting *h, uint32_t fn, unsigned level, struct rhook_edits *edits)
{
	struct rhook_program *p = h->program;
	struct rhook_buf name = {0};

	for (size_t c = 0; c < p->call_count; c++) {
		const struct rhook_call *call = &p->calls[c];
		if (call->caller != fn || p->infos[call->target].cycle != p->infos[fn].cycle)
			continue;
		name.size = 0;
		level_name(h, call->target, level, &name);
		if (name.failed)
			p->no_memory = true;
		else
			rhook_edit(edits, call->name_start, call->name_size, name.data);
	}
	rhook_buf_free(&name);
}

static void add_copy(struct rhook_hinting *h, uint32_t fn, unsigned level, bool last, struct rhook_buf *out)
{
	struct rhook_program *p = h->program;
	const struct rhook_info *info = &p->infos[fn];
	const struct rhook_node *item = &p->nodes[info->node], *name = &p->nodes[info->name_node];
	struct rhook_edits *edits = rhook_edits_within(h->edits, name->end, item->end);

	rhook_buf_puts(out, "\n");
	rhook_hint_indent(p, item->start, out);
	rhook_buf_puts(out, "#[inline(always)]\n");
	rhook_hint_indent(p, item->start, out);
	for (uint32_t a = item->previous; a != RHOOK_NONE && p->nodes[a].kind == K_ATTRIBUTE; a = p->nodes[a].previous) {
		uint32_t size = p->nodes[a].end - p->nodes[a].start;
		if (size > 6 &&
		    (memcmp(p->text + p->nodes[a].start, "#[cfg", 5) == 0 || memcmp(p->text + p->nodes[a].start, "#[allo", 6) == 0)) {
			rhook_buf_add(out, p->text + p->nodes[a].start, size);
			rhook_buf_puts(out, " ");
		}
	}
	rhook_buf_add(out, p->text + item->start, name->start - item->start);
	level_name(h, fn, level, out);
	if (edits && !last)
		rename_calls(h, fn, level + 1, edits);
	if (!edits || !rhook_edits_apply_to(edits, p->text, name->end, item->end, out))
		p->no_memory = true;
	rhook_edits_free(edits);
}

void rhook_apply_inline_recursion(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	struct rhook_program *p = h->program;
	uint32_t members[MOST_MEMBERS];
	struct rhook_buf copies[MOST_MEMBERS] = {{0}};
	size_t count = members_of(p, found->fn, members);

	for (size_t m = 0; m < count; m++)
		for (unsigned level = 1; level <= amount; level++)
			add_copy(h, members[m], level, level == amount, &copies[m]);
	for (size_t m = 0; m < count; m++) {
		const struct rhook_node *item = &p->nodes[p->infos[members[m]].node];
		rhook_hint_comment(h, RHOOK_HINT_INLINE_RECURSION, p->infos[members[m]].node);
		rename_calls(h, members[m], 1, h->edits);
		if (copies[m].failed)
			p->no_memory = true;
		else if (copies[m].size)
			rhook_edit(h->edits, item->end, 0, copies[m].data);
		rhook_buf_free(&copies[m]);
	}
}
