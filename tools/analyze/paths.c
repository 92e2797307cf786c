/* The paths of the samples, or else of the calls, as one tree with weights that add up. */
#include "paths.h"
#include "analyze.h"
#include "strbuf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

/* While it grows: nodes and selfs as trees that find what is there. Of selfs, fn is the line. */
struct growth {
	struct context_tree nodes, selfs;
};

static void add_self(struct growth *growth, uint32_t node, uint32_t line, uint64_t value)
{
	uint32_t at = context_tree_child(&growth->selfs, node, line, 0);

	growth->selfs.rows[at - 1].samples = analyze_add(growth->selfs.rows[at - 1].samples, value);
}

/* --- of how many runs ------------------------------------------------------------------------------------------------------- */
static bool memory_divides(const struct profile *p, const struct profile_memory *memory)
{
	return memory->allocations % p->runs == 0 && memory->bytes % p->runs == 0 && memory->leaked % p->runs == 0 &&
	       memory->leaked_bytes % p->runs == 0;
}

uint64_t paths_iterations(const struct profile *profile)
{
	bool divides = profile->runs > 0 && (profile->memory_runs == 0 || profile->memory_runs == profile->runs);

	if (profile->runs == 0)
		return 1;
	divides = divides && memory_divides(profile, &profile->outside);
	for (size_t i = 0; divides && i < profile->fn_count; i++) {
		const struct profile_fn *fn = &profile->fns[i];

		divides = fn->calls_min == fn->calls_max && fn->calls % profile->runs == 0 && memory_divides(profile, &fn->memory);
	}
	for (size_t i = 0; divides && i < profile->edge_count; i++)
		divides = profile->edges[i].calls % profile->runs == 0;
	return divides ? 1 : profile->runs;
}

uint64_t paths_count(const struct profile *profile, uint64_t iterations, uint64_t sum)
{
	return iterations == profile->runs || profile->runs == 0 ? sum : sum / profile->runs;
}

uint64_t paths_memory(const struct profile *profile, uint64_t iterations, uint64_t sum)
{
	return profile->memory_runs == 0 ? 0 : paths_count(profile, iterations, sum);
}

/* --- measured ------------------------------------------------------------------------------------------------------------------ */
/* The node of `fn` among `node` and its callers, or 0. */
static uint32_t find_above(const struct growth *growth, uint32_t node, uint32_t fn)
{
	const struct profile_context *rows = growth->nodes.rows;

	while (rows && node && rows[node - 1].fn != fn)
		node = rows[node - 1].parent;
	return node;
}

static void grow_measured(const struct profile *p, enum paths_recursion recursion, struct growth *growth)
{
	uint32_t *node_of = xcalloc(p->context_count + 1, sizeof *node_of);
	uint16_t *depth = xcalloc(p->context_count + 1, sizeof *depth); /* of the node */
	uint64_t *left = xcalloc(p->fn_count + 1, sizeof *left);

	for (size_t i = 0; i < p->fn_count; i++)
		left[i] = p->fns[i].samples_self;
	for (size_t i = 0; i < p->context_count; i++) {
		const struct profile_context *context = &p->contexts[i];
		uint32_t parent = node_of[context->parent], line = context->parent ? p->contexts[context->parent - 1].line : 0;
		uint32_t node = recursion == PATHS_FOLDED ? find_above(growth, parent, context->fn) : 0;

		bool too_deep = !node && depth[parent] == PATHS_DEPTH_MOST;

		node = too_deep ? parent : node ? node : context_tree_child(&growth->nodes, parent, context->fn, line);
		node_of[i + 1] = node;
		if (!too_deep && !depth[node])
			depth[node] = (uint16_t)(depth[parent] + 1);
		if (context->samples)
			add_self(growth, node, too_deep ? 0 : context->line, context->samples);
		left[context->fn] -= context->samples < left[context->fn] ? context->samples : left[context->fn];
	}
	/* samples of files that knew no paths */
	for (uint32_t fn = 0; fn < p->fn_count; fn++) {
		if (left[fn])
			add_self(growth, context_tree_child(&growth->nodes, 0, fn, 0), 0, left[fn]);
	}
	free(node_of);
	free(depth);
	free(left);
}

/* Samples to whole nanoseconds that add up: each is what the sum up to it is more than the sum before. */
static void scale(struct context_tree *selfs, double total_ns, uint64_t samples)
{
	uint64_t total = total_ns < 0 ? 0 : total_ns < 9e18 ? (uint64_t)llround(total_ns) : (uint64_t)9e18, sum = 0, before = 0;

	for (size_t i = 0; i < selfs->count; i++) {
		uint64_t now;

		sum = analyze_add(sum, selfs->rows[i].samples);
		now = samples ? (uint64_t)((wide)total * (sum < samples ? sum : samples) / samples) : 0;
		selfs->rows[i].samples = now - before;
		before = now;
	}
}

/* --- derived ------------------------------------------------------------------------------------------------------------------- */
/* What each function has: nanoseconds by the clock, calls, or bytes. */
static uint64_t *weights_of(const struct report *report, enum paths_weight weight, uint64_t iterations)
{
	const struct profile *p = report->profile;
	uint64_t *weights = xcalloc(p->fn_count + 1, sizeof *weights);

	for (size_t i = 0; weight == PATHS_TIME && i < report->fn_count; i++) {
		double ns = report->fns[i].self_ns * (double)iterations;

		weights[report->fns[i].fn] = ns > 0 ? (uint64_t)llround(fmin(ns, 9e18)) : 0;
	}
	for (size_t i = 0; weight != PATHS_TIME && i < p->fn_count; i++)
		weights[i] = weight == PATHS_CALLS ? paths_count(p, iterations, p->fns[i].calls)
						   : paths_memory(p, iterations, p->fns[i].memory.bytes);
	return weights;
}

/* A function's weight over its paths, so that the whole numbers add up to it. */
static void grow_derived(const struct profile *p, const uint64_t *weights, bool at_entry, struct growth *growth)
{
	size_t count;
	struct path_share *shares = paths_derive(p, weights, &count);
	double *all = xcalloc(p->fn_count + 1, sizeof *all), *sum = xcalloc(p->fn_count + 1, sizeof *sum);
	uint64_t *given = xcalloc(p->fn_count + 1, sizeof *given);
	uint32_t *node_of = xcalloc(count + 1, sizeof *node_of);

	for (size_t i = 0; i < count; i++)
		all[shares[i].fn] += shares[i].share;
	for (size_t i = 0; i < count; i++) {
		uint32_t fn = shares[i].fn, node = context_tree_child(&growth->nodes, node_of[shares[i].parent], fn, shares[i].line);
		uint64_t until;

		node_of[i + 1] = node;
		sum[fn] += shares[i].share;
		until = sum[fn] >= all[fn] ? weights[fn] : (uint64_t)((double)weights[fn] * (sum[fn] / all[fn]));
		if (until > weights[fn])
			until = weights[fn];
		if (until > given[fn]) {
			add_self(growth, node, at_entry ? p->fns[fn].from : 0, until - given[fn]);
			given[fn] = until;
		}
	}
	for (uint32_t fn = 0; fn < p->fn_count; fn++) { /* whom no counted call leads to */
		if (weights[fn] > given[fn])
			add_self(growth, context_tree_child(&growth->nodes, 0, fn, 0), at_entry ? p->fns[fn].from : 0,
				 weights[fn] - given[fn]);
	}
	free(shares);
	free(all);
	free(sum);
	free(given);
	free(node_of);
}

/* --- together ------------------------------------------------------------------------------------------------------------------ */
static int by_node(const void *a, const void *b)
{
	const struct path_self *x = a, *y = b;

	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

static void take(struct paths *paths, struct growth *growth)
{
	paths->count = growth->nodes.count + 1;
	paths->nodes = xcalloc(paths->count, sizeof *paths->nodes);
	paths->nodes[0].fn = PROFILE_NONE;
	for (size_t i = 0; i < growth->nodes.count; i++) {
		const struct profile_context *row = &growth->nodes.rows[i];

		paths->nodes[i + 1] = (struct path_node){.parent = row->parent, .fn = row->fn, .line = row->line};
	}
	paths->selfs = xcalloc(growth->selfs.count + 1, sizeof *paths->selfs);
	for (size_t i = 0; i < growth->selfs.count; i++) {
		const struct profile_context *row = &growth->selfs.rows[i];

		if (row->samples == 0)
			continue;
		paths->selfs[paths->self_count++] = (struct path_self){row->parent, row->fn, row->samples};
		paths->nodes[row->parent].self = analyze_add(paths->nodes[row->parent].self, row->samples);
		paths->total = analyze_add(paths->total, row->samples);
	}
	qsort(paths->selfs, paths->self_count, sizeof *paths->selfs, by_node);
	context_tree_free(&growth->nodes);
	context_tree_free(&growth->selfs);
}

struct paths *paths_new(const struct report *report, enum paths_weight weight, enum paths_recursion recursion)
{
	const struct profile *p = report->profile;
	struct paths *paths = xcalloc(1, sizeof *paths);
	struct growth growth = {0};

	paths->weight = weight;
	paths->iterations = paths_iterations(p);
	paths->derived = weight != PATHS_TIME || report->source != REPORT_SAMPLES;
	if (!paths->derived) {
		grow_measured(p, recursion, &growth);
		scale(&growth.selfs, report->base_ns * (double)paths->iterations, report->samples);
	} else {
		uint64_t *weights = weights_of(report, weight, paths->iterations);
		uint64_t outside = weight == PATHS_BYTES ? paths_memory(p, paths->iterations, p->outside.bytes) : 0;

		grow_derived(p, weights, weight == PATHS_CALLS, &growth);
		if (outside)
			add_self(&growth, context_tree_child(&growth.nodes, 0, PROFILE_NONE, 0), 0, outside);
		free(weights);
	}
	take(paths, &growth);
	return paths;
}

void paths_free(struct paths *paths)
{
	if (!paths)
		return;
	free(paths->nodes);
	free(paths->selfs);
	free(paths);
}
