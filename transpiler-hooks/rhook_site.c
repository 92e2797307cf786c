/*
 * Allocations by line (RHOOK_BY_LINE): each line that allocates has a record of its own, a site, and names it where functions else name
 * themselves. A statement names the line of the first thing in it that may allocate. Of the others, calls on further lines of the same
 * statement are put into `at(outer, site(..), call)`, which names their line just before and that of the statement behind them. So the
 * sites of a function stand wherever the function itself would, and their sum is the function's.
 */
#include "rhook_owner.h"

#include <stdlib.h>
#include <string.h>

struct rhook_sites {
	struct rhook_program *program;
	const struct rhook_accounts *accounts;
	struct rhook_pairs known; /* (function, row) -> site */
	uint32_t *inside;	  /* by node: the site that is named while the parts of the node are evaluated */
};

struct rhook_sites *rhook_sites_new(struct rhook_program *program, const struct rhook_accounts *accounts)
{
	struct rhook_sites *sites = calloc(1, sizeof *sites);

	if (!sites)
		return NULL;
	sites->program = program;
	sites->accounts = accounts;
	sites->inside = calloc(program->node_count + 1, sizeof *sites->inside);
	if (sites->inside)
		return sites;
	free(sites);
	return NULL;
}

void rhook_sites_free(struct rhook_sites *sites)
{
	if (!sites)
		return;
	rhook_pairs_free(&sites->known);
	free(sites->inside);
	free(sites);
}

/* Where a person looks for it: of `a.b()` the name of the method. */
static uint32_t place_of(const struct rhook_program *p, uint32_t node)
{
	uint32_t name = p->nodes[node].kind == K_CALL ? rhook_callee_name(p, node) : RHOOK_NONE;

	return p->nodes[name == RHOOK_NONE ? node : name].start;
}

uint32_t rhook_site_of(struct rhook_sites *sites, uint32_t node)
{
	struct rhook_program *p = sites->program;
	uint32_t fn = p->nodes[node].ctx, at = place_of(p, node), row = rhook_row(p, at), site = rhook_pairs_get(&sites->known, fn, row);
	struct rhook_site *new;

	if (site != RHOOK_NONE)
		return p->first_site + site;
	new = RHOOK_PUSH(p, p->sites, p->site_count, p->site_capacity);
	if (!new || !rhook_pairs_put(&sites->known, fn, row, (uint32_t)p->site_count - 1)) {
		p->no_memory = true;
		return fn;
	}
	*new = (struct rhook_site){.fn = fn, .at = at};
	return p->first_site + (uint32_t)p->site_count - 1;
}

/* A value that may be handed through a function: what diverges or has edits of its own is left alone. */
static bool is_movable(const struct rhook_program *p, uint32_t node)
{
	uint32_t name = p->nodes[node].kind == K_CALL ? rhook_callee_name(p, node) : RHOOK_NONE;

	if (name == RHOOK_NONE || p->nodes[node].end <= p->nodes[node].start)
		return false;
	return !rhook_macro_at(p, p->nodes[name].start) || rhook_node_among(p, name, " format vec ");
}

static void put(struct rhook_sites *sites, struct rhook_within within)
{
	struct rhook_program *p = sites->program;
	struct rhook_within *to = RHOOK_PUSH(p, p->withins, p->within_count, p->within_capacity);

	if (to)
		*to = within;
}

void rhook_site_within(struct rhook_sites *sites, uint32_t leaf, uint32_t site, bool again)
{
	const struct rhook_program *p = sites->program;
	uint32_t ctx = p->nodes[leaf].ctx;

	for (uint32_t i = leaf; i < p->nodes[leaf].last; i++) {
		uint32_t outer = i == leaf ? site : sites->inside[p->nodes[i].parent], own;
		if (p->nodes[i].ctx != ctx)
			continue;
		sites->inside[i] = outer;
		if (!sites->accounts->direct[i] || !is_movable(p, i))
			continue;
		own = rhook_site_of(sites, i);
		if (own == outer && !again)
			continue;
		put(sites, (struct rhook_within){.node = i, .site = own, .outer = outer});
		sites->inside[i] = own;
	}
}

uint32_t rhook_site_inside(const struct rhook_sites *sites, uint32_t node)
{
	return sites->inside[node];
}

void rhook_site_each(struct rhook_sites *sites, uint32_t loop, uint32_t over)
{
	put(sites, (struct rhook_within){.node = over, .site = rhook_site_of(sites, loop), .each = true});
}

bool rhook_site_only_moves(const struct rhook_sites *sites, uint32_t node)
{
	const struct rhook_program *p = sites->program;

	for (uint32_t i = node; i < p->nodes[node].last; i++)
		if (p->nodes[i].ctx == p->nodes[node].ctx && sites->accounts->direct[i] && !is_movable(p, i))
			return false;
	return true;
}

/* --- edits ------------------------------------------------------------------------------------------------------------------- */

static int by_node(const void *a, const void *b)
{
	const struct rhook_within *one = a, *other = b;

	if (one->node != other->node)
		return one->node < other->node ? -1 : 1;
	return (int)other->each - (int)one->each; /* the loop takes the value that the other makes */
}

void rhook_sort_withins(struct rhook_program *p)
{
	if (p->within_count)
		qsort(p->withins, p->within_count, sizeof *p->withins, by_node);
}

size_t rhook_edit_within(const struct rhook_program *p, struct rhook_edits *edits, size_t next, uint32_t node)
{
	const char *path = rhook_path(p, p->nodes[node].start);
	uint32_t last = p->nodes[node].end - 1;
	size_t first = next;

	for (; next < p->within_count && p->withins[next].node == node; next++) {
		const struct rhook_within *within = &p->withins[next];
		if (within->each)
			rhook_editf(edits, p->nodes[node].start, 0, "%seach(%u, ", path, within->site);
		else
			rhook_editf(edits, p->nodes[node].start, 0, "%sat(%u, %ssite(%u), ", path, within->outer, path, within->site);
	}
	/* The last byte itself, since braces may be put behind it. */
	if (next > first)
		rhook_editf(edits, last, 1, "%c%s", p->text[last], next - first > 1 ? "))" : ")");
	return next;
}
