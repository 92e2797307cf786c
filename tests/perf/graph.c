/*
 * graph FUNCTIONS EDGES SAMPLES OUT.data: a profile as large as asked for, always the same, to see what views of it cost. Calls go forward
 * in the list of functions, most of them not far, one in sixteen back, so there are cycles; SAMPLES go along paths of them.
 */
#include "profile.h"
#include "strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 88172645463325252u;

static uint64_t below(uint64_t limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % limit;
}

static int by_place(const void *a, const void *b)
{
	const struct profile_edge *x = a, *y = b;

	if (x->caller != y->caller)
		return x->caller < y->caller ? -1 : 1;
	if (x->callee != y->callee)
		return x->callee < y->callee ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

static void add_functions(struct profile *p, size_t count)
{
	p->fns = xcalloc(count, sizeof *p->fns);
	p->fn_count = count;
	for (size_t i = 0; i < count; i++) {
		struct profile_fn *fn = &p->fns[i];

		fn->name = i ? xasprintf("module_%zu::Type%zu::function_%zu", i / 100, i / 10, i) : xstrdup("main");
		fn->from = (uint32_t)(10 * i + 1);
		fn->to = (uint32_t)(10 * i + 8);
		fn->rust_from = (uint32_t)(12 * i + 1);
		fn->rust_to = (uint32_t)(12 * i + 11);
		fn->flags = PROFILE_TIMED;
		fn->clock_spans = 1;
		fn->clock_self_ns = fn->clock_total_ns = 1000 + below(100000);
	}
}

static void add_edges(struct profile *p, size_t count)
{
	size_t kept = 0;

	p->edges = xcalloc(count, sizeof *p->edges);
	for (size_t i = 0; i < count; i++) {
		uint32_t caller = (uint32_t)(i % p->fn_count), far = (uint32_t)(1 + below(below(8) ? 50 : p->fn_count));
		uint32_t callee = below(16) ? caller + far : caller - (far % 20);

		if (callee == 0 || callee >= p->fn_count)
			callee = (uint32_t)(1 + below(p->fn_count - 1));
		p->edges[i] = (struct profile_edge){caller, callee, p->fns[caller].from + (uint32_t)below(8), 1 + below(1000)};
	}
	qsort(p->edges, count, sizeof *p->edges, by_place);
	for (size_t i = 0; i < count; i++) {
		if (kept && by_place(&p->edges[kept - 1], &p->edges[i]) == 0)
			p->edges[kept - 1].calls += p->edges[i].calls;
		else
			p->edges[kept++] = p->edges[i];
	}
	p->edge_count = kept;
	p->fns[0].calls = 1;
	for (size_t i = 0; i < kept; i++)
		p->fns[p->edges[i].callee].calls += p->edges[i].calls;
	for (size_t i = 0; i < p->fn_count; i++)
		p->fns[i].calls_min = p->fns[i].calls_max = p->fns[i].calls;
}

/* Walks from main along the edges. */
static void add_samples(struct profile *p, size_t walks)
{
	struct context_tree tree = {0};
	struct err err = {0};
	size_t *first = xcalloc(p->fn_count + 1, sizeof *first);

	for (size_t f = 0, edge = 0; f <= p->fn_count; f++) {
		while (edge < p->edge_count && p->edges[edge].caller < f)
			edge++;
		first[f] = edge;
	}
	for (size_t i = 0; i < walks; i++) {
		uint32_t fn = 0, node = 0;

		for (uint64_t depth = 4 + below(20); depth > 0 && first[fn] < first[fn + 1]; depth--) {
			const struct profile_edge *edge = &p->edges[first[fn] + below(first[fn + 1] - first[fn])];

			node = context_tree_child(&tree, node, fn, edge->line);
			fn = edge->callee;
		}
		node = context_tree_child(&tree, node, fn, p->fns[fn].from + 1);
		tree.rows[node - 1].samples++;
		p->fns[fn].samples_self++;
		p->fns[fn].samples_total++;
		p->samples++;
	}
	if (context_tree_store(&tree, p, &err) < 0)
		abort();
	free(first);
	p->sample_runs = 1;
	p->sample_period_ns = 1000000;
	free(p->sample_method);
	p->sample_method = xstrdup("perf_event cpu-clock");
}

int main(int argc, char **argv)
{
	struct profile *p = profile_new();
	struct err err = {0};
	size_t functions = argc == 5 ? strtoul(argv[1], NULL, 10) : 0, edges = argc == 5 ? strtoul(argv[2], NULL, 10) : 0;

	if (functions < 2) {
		fprintf(stderr, "usage: graph FUNCTIONS EDGES SAMPLES OUT.data\n");
		return 2;
	}
	free(p->source_path);
	free(p->source_hash);
	p->source_path = xstrdup("graph.ruchy");
	p->source_hash = xstrdup("0123456789abcdef0123456789abcdef");
	p->runs = 1;
	profile_times_add(&p->wall[PROFILE_PLAIN], 1000000000);
	profile_times_add(&p->wall[PROFILE_INSTRUMENTED], 1100000000);
	add_functions(p, functions);
	add_edges(p, edges);
	if (strtoul(argv[3], NULL, 10))
		add_samples(p, strtoul(argv[3], NULL, 10));
	if (profile_write(p, argv[4], &err) < 0) {
		fprintf(stderr, "%s\n", err.what);
		return 1;
	}
	profile_free(p);
	return 0;
}
