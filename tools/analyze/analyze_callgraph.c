/*
 * Cycles of the call graph: Tarjan's strongly connected components, without recursion, since a profile may hold a chain of
 * calls as long as it likes. Edges are sorted by caller, so the calls of one function are one stretch of the array.
 */
#include "analyze.h"
#include "strbuf.h"

#include <stdlib.h>

struct walk {
	const struct profile *profile;
	size_t *first;	 /* first[f] .. first[f + 1]: edges with caller f */
	size_t *next;	 /* edge to look at next */
	uint32_t *order; /* order of discovery from 1; 0 = not seen */
	uint32_t *low;	 /* lowest order reachable */
	uint32_t *path;	 /* functions being walked, outermost first */
	uint32_t *open;	 /* functions whose component is not known yet */
	size_t path_size, open_size;
	uint32_t seen;
	uint32_t *component;
};

static void index_edges(struct walk *walk)
{
	const struct profile *p = walk->profile;
	size_t edge = 0;

	for (size_t f = 0; f <= p->fn_count; f++) {
		while (edge < p->edge_count && p->edges[edge].caller < f)
			edge++;
		walk->first[f] = edge;
	}
}

static void discover(struct walk *walk, uint32_t f)
{
	walk->order[f] = walk->low[f] = ++walk->seen;
	walk->next[f] = walk->first[f];
	walk->path[walk->path_size++] = f;
	walk->open[walk->open_size++] = f;
}

static void close_component(struct walk *walk, uint32_t root)
{
	uint32_t f;

	do {
		f = walk->open[--walk->open_size];
		walk->component[f] = root;
	} while (f != root);
}

/* Follow one edge out of the innermost function; leave the function when it has no more. */
static void step(struct walk *walk)
{
	uint32_t f = walk->path[walk->path_size - 1];

	if (walk->next[f] < walk->first[f + 1]) {
		const struct profile_edge *edge = &walk->profile->edges[walk->next[f]++];
		uint32_t to = edge->callee;

		if (edge->calls == 0 || to >= walk->profile->fn_count)
			return;
		if (walk->order[to] == 0)
			discover(walk, to);
		else if (walk->component[to] == PROFILE_NONE && walk->order[to] < walk->low[f])
			walk->low[f] = walk->order[to];
		return;
	}
	if (walk->low[f] == walk->order[f])
		close_component(walk, f);
	walk->path_size--;
	if (walk->path_size > 0) {
		uint32_t caller = walk->path[walk->path_size - 1];

		if (walk->low[f] < walk->low[caller])
			walk->low[caller] = walk->low[f];
	}
}

void analyze_cycles_find(const struct profile *profile, struct analyze_cycles *cycles)
{
	size_t n = profile->fn_count;
	struct walk walk = {
	    .profile = profile,
	    .first = xcalloc(n + 1, sizeof(*walk.first)),
	    .next = xcalloc(n + 1, sizeof(*walk.next)),
	    .order = xcalloc(n + 1, sizeof(*walk.order)),
	    .low = xcalloc(n + 1, sizeof(*walk.low)),
	    .path = xcalloc(n + 1, sizeof(*walk.path)),
	    .open = xcalloc(n + 1, sizeof(*walk.open)),
	    .component = xcalloc(n + 1, sizeof(*walk.component)),
	};

	index_edges(&walk);
	for (size_t f = 0; f < n; f++)
		walk.component[f] = PROFILE_NONE;
	for (uint32_t f = 0; f < n; f++) {
		if (walk.order[f] == 0)
			discover(&walk, f);
		while (walk.path_size > 0)
			step(&walk);
	}
	cycles->component = walk.component;
	cycles->inner = xcalloc(n + 1, sizeof(*cycles->inner));
	for (size_t i = 0; i < profile->edge_count; i++) {
		const struct profile_edge *edge = &profile->edges[i];

		if (edge->caller < n && edge->callee < n && walk.component[edge->caller] == walk.component[edge->callee])
			cycles->inner[edge->callee] = analyze_add(cycles->inner[edge->callee], edge->calls);
	}
	free(walk.first);
	free(walk.next);
	free(walk.order);
	free(walk.low);
	free(walk.path);
	free(walk.open);
}

void analyze_cycles_free(struct analyze_cycles *cycles)
{
	free(cycles->component);
	free(cycles->inner);
}
