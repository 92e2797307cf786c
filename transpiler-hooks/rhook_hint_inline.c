/* `#[inline(always)]`: where the code of a function goes, and nothing of what it does. */
#include "rhook_hint_internal.h"

static void find(struct rhook_hinting *h, enum rhook_hint_kind kind)
{
	const struct rhook_program *p = h->program;

	for (uint32_t f = 0; f < p->fn_count; f++) {
		struct rhook_found *found;
		if (!rhook_hint_may_mark(p, f) || p->infos[f].recursive)
			continue;
		found = rhook_hint_add(h, kind, f, p->infos[f].node);
		if (!found)
			continue;
		found->from = p->nodes[found->node].start;
		found->to = p->infos[f].name_node == RHOOK_NONE ? found->from : p->nodes[p->infos[f].name_node].start;
	}
}

void rhook_find_inline(struct rhook_hinting *h)
{
	find(h, RHOOK_HINT_INLINE);
}

void rhook_apply_inline(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	(void)amount;
	rhook_hint_mark(h, RHOOK_HINT_INLINE, found->fn, "#[inline(always)]");
}

void rhook_find_no_inline(struct rhook_hinting *h)
{
	find(h, RHOOK_HINT_NO_INLINE);
}

void rhook_apply_no_inline(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	(void)amount;
	rhook_hint_mark(h, RHOOK_HINT_NO_INLINE, found->fn, "#[inline(never)]");
}
