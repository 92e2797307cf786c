/* What allocations by line tell: they are there where they were counted so (analyze --memory). */
#include "advice.h"
#include "strbuf.h"

#include <stdlib.h>

#define MOST_OF 0.9 /* of the blocks that a line made */

/* Blocks that were not made out of others. */
static uint64_t new_blocks(const struct profile_site *site)
{
	return site->memory.allocations - site->memory.reallocations;
}

static bool is_short_lived(const struct advice_context *c, const struct profile_site *site, double limit)
{
	return site->line > 0 && report_memory_per_run(c->p, site->soon) >= limit &&
	       (double)site->soon >= MOST_OF * (double)new_blocks(site) && site->memory.reallocations <= new_blocks(site);
}

const struct profile_site *advice_short_site(const struct advice_context *c, uint32_t fn, double limit)
{
	const struct profile_site *best = NULL;

	for (size_t i = 0; c->p->memory_runs > 0 && i < c->p->site_count; i++) {
		const struct profile_site *site = &c->p->sites[i];
		bool asked = (fn == PROFILE_NONE || site->fn == fn) && is_short_lived(c, site, limit);

		if (asked && (!best || site->soon > best->soon))
			best = site;
	}
	return best;
}

const struct profile_site *advice_most_site(const struct advice_context *c, uint32_t fn, uint64_t (*value)(const struct profile_memory *m))
{
	const struct profile_site *best = NULL;

	for (size_t i = 0; i < c->p->site_count; i++) {
		const struct profile_site *site = &c->p->sites[i];

		if (site->fn == fn && site->line > 0 && value(&site->memory) > (best ? value(&best->memory) : 0))
			best = site;
	}
	return best;
}

bool advice_may_allocate(const struct advice_context *c, const struct profile_line *line)
{
	bool found = c->p->site_count == 0;

	for (size_t i = 0; i < c->p->site_count && !found; i++)
		found = c->p->sites[i].fn == line->fn && c->p->sites[i].line == line->line;
	return found;
}

void advice_short_lived(const struct advice_context *c, const struct advice_rule *rule)
{
	const struct profile_site *site = advice_short_site(c, PROFILE_NONE, rule->limit);
	struct report_advice *advice;
	char *name, *soon, *all;

	if (!site)
		return;
	name = advice_name(c, site->fn);
	soon = advice_memory(c, site->soon);
	all = advice_memory(c, site->memory.allocations);
	advice =
	    advice_add(c, rule, site->fn,
		       xasprintf("Line %u of %s makes blocks that live shortly: make one before the loop and clear it, or borrow instead "
				 "of copying",
				 site->line, name),
		       xasprintf("%s of its %s blocks were freed before %u bytes more were taken", soon, all, PROFILE_SOON));
	advice->line = site->line;
	advice->gain = xasprintf("up to %s allocations", soon);
	free(name);
	free(soon);
	free(all);
}
