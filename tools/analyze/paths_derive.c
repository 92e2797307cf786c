/*
 * Call paths out of the exact calls between functions. What is known is how often f called g from a line, over all of f's callers; which of
 * f's callers it was for, is not. So a path's part of a function is what its last call is of all calls into the function, times the part of
 * the caller that came along the path: exact where f does the same for all its callers, an estimate elsewhere.
 *
 * All paths of a graph can be more than atoms. The heaviest come first, until what is left would be too narrow to be seen; each function
 * has at least its heaviest one.
 */
#include "analyze.h"
#include "paths.h"
#include "strbuf.h"

#include <stdlib.h>

#define SHARE_MIN  1e-4	  /* of all weight: an eighth of a pixel in a picture of 1200 */
#define NODES_MOST 65536u /* beyond the one of each function */
#define DEPTH_MOST 128u	  /* what an estimate is worth */
#define NODES_FEW  1024u  /* so many may be narrower: what can be told apart is */

struct candidate {
	double weight; /* share of the path in all weight */
	double part;   /* of the function, or of its cycle, that came along here */
	uint32_t parent, fn, line;
};

struct derivation {
	const struct profile *profile;
	struct analyze_cycles cycles;
	size_t *first;	   /* edges of caller f: first[f] .. first[f + 1] */
	uint64_t *outer;   /* by cycle: calls into it from outside */
	double *inclusive; /* by cycle: weight of it and of what it calls */
	double all;
	bool *visited, *waits;
	struct candidate *waiting; /* by function, where it waits */
	uint32_t *on_path;	   /* by function: the last node on whose path it was */
	struct candidate *heap;
	size_t heap_count, heap_capacity;
	struct path_share *nodes;
	uint32_t *depth;
	size_t count, capacity;
};

/* --- how much is at stake behind each function ------------------------------------------------------------------------------- */
static void index_edges(struct derivation *d)
{
	const struct profile *p = d->profile;
	size_t edge = 0;

	d->first = xcalloc(p->fn_count + 1, sizeof *d->first);
	for (size_t f = 0; f <= p->fn_count; f++) {
		while (edge < p->edge_count && p->edges[edge].caller < f)
			edge++;
		d->first[f] = edge;
	}
}

static bool crosses(const struct derivation *d, const struct profile_edge *edge)
{
	return edge->caller != PROFILE_NONE && edge->calls > 0 && d->cycles.component[edge->caller] != d->cycles.component[edge->callee];
}

/* Cycles in an order in which callers come before what they call. */
static uint32_t *sort_cycles(const struct derivation *d, size_t *count)
{
	const struct profile *p = d->profile;
	uint32_t *waiting = xcalloc(p->fn_count + 1, sizeof *waiting), *order = xcalloc(p->fn_count + 1, sizeof *order);
	uint32_t *members = xcalloc(p->fn_count + 1, sizeof *members), *next = xcalloc(p->fn_count + 1, sizeof *next);

	*count = 0;
	for (size_t i = 0; i < p->edge_count; i++) {
		if (crosses(d, &p->edges[i]))
			waiting[d->cycles.component[p->edges[i].callee]]++;
	}
	for (uint32_t f = 0; f < p->fn_count; f++) { /* functions of each cycle as a list: members[cycle] and next[], plus 1 */
		next[f] = members[d->cycles.component[f]];
		members[d->cycles.component[f]] = f + 1;
		if (d->cycles.component[f] == f && waiting[f] == 0)
			order[(*count)++] = f;
	}
	for (size_t at = 0; at < *count; at++) {
		for (uint32_t f = members[order[at]]; f; f = next[f - 1]) {
			for (size_t e = d->first[f - 1]; e < d->first[f]; e++) {
				uint32_t to = d->cycles.component[p->edges[e].callee];

				if (crosses(d, &p->edges[e]) && --waiting[to] == 0)
					order[(*count)++] = to;
			}
		}
	}
	free(waiting);
	free(members);
	free(next);
	return order;
}

/* Functions in the order of their cycles. The caller frees. */
static uint32_t *sort_functions(const struct derivation *d)
{
	size_t fn_count = d->profile->fn_count, count;
	uint32_t *order = sort_cycles(d, &count), *place = xcalloc(fn_count + 1, sizeof *place),
		 *sorted = xcalloc(fn_count + 1, sizeof *sorted);
	size_t *start = xcalloc(count + 2, sizeof *start);

	for (size_t i = 0; i < count; i++)
		place[order[i]] = (uint32_t)i;
	for (size_t f = 0; f < fn_count; f++)
		start[place[d->cycles.component[f]] + 1]++;
	for (size_t i = 1; i <= count; i++)
		start[i] += start[i - 1];
	for (size_t f = 0; f < fn_count; f++)
		sorted[start[place[d->cycles.component[f]]]++] = (uint32_t)f;
	free(start);
	free(place);
	free(order);
	return sorted;
}

static void weigh(struct derivation *d, const uint64_t *weights)
{
	const struct profile *p = d->profile;
	uint32_t *sorted = sort_functions(d);

	d->outer = xcalloc(p->fn_count + 1, sizeof *d->outer);
	d->inclusive = xcalloc(p->fn_count + 1, sizeof *d->inclusive);
	for (size_t f = 0; f < p->fn_count; f++) {
		uint32_t cycle = d->cycles.component[f];
		uint64_t inner = d->cycles.inner[f];

		d->outer[cycle] = analyze_add(d->outer[cycle], p->fns[f].calls > inner ? p->fns[f].calls - inner : 0);
		d->inclusive[cycle] += (double)weights[f];
		d->all += (double)weights[f];
	}
	for (size_t i = p->fn_count; i-- > 0;) { /* what is called has its sum before its callers take their part of it */
		uint32_t f = sorted[i], cycle = d->cycles.component[f];

		for (size_t e = d->first[f]; e < d->first[f + 1]; e++) {
			uint32_t to = d->cycles.component[p->edges[e].callee];

			if (crosses(d, &p->edges[e]) && d->outer[to])
				d->inclusive[cycle] += d->inclusive[to] * (double)p->edges[e].calls / (double)d->outer[to];
		}
	}
	free(sorted);
}

/* --- heap: the heaviest on top; of equals the one of the first function, so that the result does not depend on the heap -------- */
static bool is_before(const struct candidate *a, const struct candidate *b)
{
	if (a->weight != b->weight)
		return a->weight > b->weight;
	if (a->parent != b->parent)
		return a->parent < b->parent;
	return a->fn != b->fn ? a->fn < b->fn : a->line < b->line;
}

static void push(struct derivation *d, struct candidate candidate)
{
	size_t at = d->heap_count++;

	if (d->heap_count > d->heap_capacity) {
		d->heap_capacity = d->heap_capacity ? d->heap_capacity * 2 : 256;
		d->heap = xrealloc(d->heap, d->heap_capacity, sizeof *d->heap);
	}
	for (; at > 0 && is_before(&candidate, &d->heap[(at - 1) / 2]); at = (at - 1) / 2)
		d->heap[at] = d->heap[(at - 1) / 2];
	d->heap[at] = candidate;
}

static struct candidate pop(struct derivation *d)
{
	struct candidate top = d->heap[0], last = d->heap[--d->heap_count];
	size_t at = 0;

	for (size_t child = 1; child < d->heap_count; child = 2 * at + 1) {
		if (child + 1 < d->heap_count && is_before(&d->heap[child + 1], &d->heap[child]))
			child++;
		if (!is_before(&d->heap[child], &last))
			break;
		d->heap[at] = d->heap[child];
		at = child;
	}
	if (d->heap_count)
		d->heap[at] = last;
	return top;
}

/* --- paths ------------------------------------------------------------------------------------------------------------------- */
/* What is too narrow waits: of each function that has no path yet, the heaviest. */
static void propose(struct derivation *d, uint32_t parent, uint32_t fn, uint32_t line, double part)
{
	struct candidate candidate = {.part = part < 1 ? part : 1, .parent = parent, .fn = fn, .line = line};

	candidate.weight = d->all > 0 ? candidate.part * d->inclusive[d->cycles.component[fn]] / d->all : 0;
	if (candidate.weight >= SHARE_MIN || (d->count < NODES_FEW && d->heap_count < NODES_FEW))
		push(d, candidate);
	else if (!d->visited[fn] && (!d->waits[fn] || is_before(&candidate, &d->waiting[fn]))) {
		d->waiting[fn] = candidate;
		d->waits[fn] = true;
	}
}

/* Lets the waiting in; false when there are none. */
static bool admit(struct derivation *d)
{
	for (uint32_t fn = 0; fn < d->profile->fn_count; fn++) {
		if (d->waits[fn] && !d->visited[fn])
			push(d, d->waiting[fn]);
		d->waits[fn] = false;
	}
	return d->heap_count > 0;
}

/* Calls that no known caller explains begin a path: the start of the program, threads, function pointers. */
static void propose_roots(struct derivation *d)
{
	const struct profile *p = d->profile;
	uint64_t *known = xcalloc(p->fn_count + 1, sizeof *known);

	for (size_t i = 0; i < p->edge_count; i++) {
		if (p->edges[i].caller != PROFILE_NONE)
			known[p->edges[i].callee] = analyze_add(known[p->edges[i].callee], p->edges[i].calls);
	}
	for (uint32_t f = 0; f < p->fn_count; f++) {
		uint64_t outer = d->outer[d->cycles.component[f]];

		if (p->fns[f].calls > known[f])
			propose(d, 0, f, 0, (double)(p->fns[f].calls - known[f]) / (double)(outer ? outer : p->fns[f].calls));
	}
	free(known);
}

/* Note which functions are on the path that ends in `node`. */
static void mark_path(struct derivation *d, uint32_t node)
{
	for (uint32_t at = node; at; at = d->nodes[at - 1].parent)
		d->on_path[d->nodes[at - 1].fn] = node;
}

static void propose_callees(struct derivation *d, uint32_t node, double part)
{
	uint32_t fn = d->nodes[node - 1].fn;

	mark_path(d, node);
	for (size_t e = d->first[fn]; e < d->first[fn + 1]; e++) {
		const struct profile_edge *edge = &d->profile->edges[e];
		bool out = crosses(d, edge);
		uint64_t of = out ? d->outer[d->cycles.component[edge->callee]] : d->cycles.inner[edge->callee];

		if (edge->calls > 0 && of > 0 && (out || d->on_path[edge->callee] != node))
			propose(d, node, edge->callee, edge->line, part * (double)edge->calls / (double)of);
	}
}

static void accept(struct derivation *d, const struct candidate *candidate)
{
	if (d->count == d->capacity) {
		d->capacity = d->capacity ? d->capacity * 2 : 256;
		d->nodes = xrealloc(d->nodes, d->capacity, sizeof *d->nodes);
		d->depth = xrealloc(d->depth, d->capacity, sizeof *d->depth);
	}
	d->nodes[d->count] = (struct path_share){candidate->parent, candidate->fn, candidate->line, candidate->part};
	d->depth[d->count] = candidate->parent ? d->depth[candidate->parent - 1] + 1 : 0;
	d->count++;
	d->visited[candidate->fn] = true;
	if (d->depth[d->count - 1] + 1 < DEPTH_MOST)
		propose_callees(d, (uint32_t)d->count, candidate->part);
}

struct path_share *paths_derive(const struct profile *profile, const uint64_t *weights, size_t *count)
{
	struct derivation d = {.profile = profile,
			       .visited = xcalloc(profile->fn_count + 1, sizeof(bool)),
			       .waits = xcalloc(profile->fn_count + 1, sizeof(bool)),
			       .waiting = xcalloc(profile->fn_count + 1, sizeof(struct candidate)),
			       .on_path = xcalloc(profile->fn_count + 1, sizeof(uint32_t))};

	analyze_cycles_find(profile, &d.cycles);
	index_edges(&d);
	weigh(&d, weights);
	propose_roots(&d);
	while (d.heap_count || admit(&d)) {
		struct candidate top = pop(&d);

		if (!d.visited[top.fn] || d.count < (top.weight >= SHARE_MIN ? NODES_MOST : NODES_FEW))
			accept(&d, &top);
	}
	analyze_cycles_free(&d.cycles);
	free(d.first);
	free(d.outer);
	free(d.inclusive);
	free(d.visited);
	free(d.on_path);
	free(d.waits);
	free(d.waiting);
	free(d.heap);
	free(d.depth);
	*count = d.count;
	return d.nodes;
}
