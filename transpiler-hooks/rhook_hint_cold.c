/* `#[cold] #[inline(never)]`: where the code of a function goes, and nothing of what it does. */
#include "rhook_hint_internal.h"

#include <string.h>

static bool has_attribute(const struct rhook_program *p, uint32_t item, const char *start)
{
	for (uint32_t a = p->nodes[item].previous; a != RHOOK_NONE; a = p->nodes[a].previous) {
		if (p->nodes[a].kind != K_ATTRIBUTE && !rhook_is_comment(&p->nodes[a]))
			return false;
		if (p->nodes[a].kind == K_ATTRIBUTE && p->nodes[a].end - p->nodes[a].start > strlen(start) &&
		    memcmp(p->text + p->nodes[a].start, start, strlen(start)) == 0)
			return true;
	}
	return false;
}

/* A function that may get attributes about its code: with a body, and none of them yet. */
bool rhook_hint_may_mark(const struct rhook_program *p, uint32_t fn)
{
	const struct rhook_info *info = &p->infos[fn];

	return info->role != ROLE_CLOSURE && !info->skip && !info->async && !info->main && !info->test && info->body != RHOOK_NONE &&
	       !has_attribute(p, info->node, "#[inline") && !has_attribute(p, info->node, "#[cold") &&
	       !has_attribute(p, info->node, "#[target") && !has_attribute(p, info->node, "#[naked");
}

/* `text` in front of the function, on its line. */
void rhook_hint_mark(struct rhook_hinting *h, enum rhook_hint_kind kind, uint32_t fn, const char *text)
{
	const struct rhook_node *item = &h->program->nodes[h->program->infos[fn].node];

	rhook_hint_comment(h, kind, h->program->infos[fn].node);
	rhook_hint_restart(h);
	rhook_buf_printf(&h->text, "%s\n", text);
	rhook_hint_indent(h->program, item->start, &h->text);
	rhook_edit(h->edits, item->start, 0, h->text.data);
}

void rhook_find_cold(struct rhook_hinting *h)
{
	for (uint32_t f = 0; f < h->program->fn_count; f++)
		if (rhook_hint_may_mark(h->program, f)) {
			struct rhook_found *found = rhook_hint_add(h, RHOOK_HINT_COLD, f, h->program->infos[f].node);
			if (found) { /* one mark for a function */
				found->from = h->program->nodes[found->node].start;
				found->to = h->program->infos[f].name_node == RHOOK_NONE
						? found->from
						: h->program->nodes[h->program->infos[f].name_node].start;
			}
		}
}

void rhook_apply_cold(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	(void)amount;
	rhook_hint_mark(h, RHOOK_HINT_COLD, found->fn, "#[cold] #[inline(never)]");
}
