/*
 * Callgrind's format, for KCachegrind, QCachegrind and callgrind_annotate.
 *
 * Three costs: nanoseconds, calls, bytes allocated; each function's own at its lines. A call says how often (exact), and how much time was
 * spent further in. That is 0 where the call leads back to a function on the stack, since its time is in the frame that is there already:
 * else a recursion passes 100 %. Whatever is not called by a function of the program is called by "(outside)", so that it has a sum there
 * too.
 */
#include "export_names.h"
#include "export_select.h"
#include "exporters.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Calls from one function into another, and the costs behind them. */
struct arc {
	uint32_t caller, callee, line;
	uint64_t calls, costs[3]; /* by enum paths_weight */
};

struct callgrind {
	const struct profile *p;
	struct paths *paths[3]; /* by enum paths_weight */
	uint64_t iterations;
	struct export_names names;
	struct strbuf *out;
	struct arc *arcs;
	size_t arc_count;
	bool *named; /* the name stands in the file already */
	uint32_t only;
};

static int by_place(const void *a, const void *b)
{
	const struct arc *x = a, *y = b;

	if (x->caller != y->caller)
		return x->caller < y->caller ? -1 : 1;
	if (x->callee != y->callee)
		return x->callee < y->callee ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

/* What ended in each node and further in. */
static uint64_t *totals(const struct paths *paths)
{
	uint64_t *total = xcalloc(paths->count, sizeof *total);

	for (size_t i = paths->count; i-- > 1;) {
		total[i] += paths->nodes[i].self;
		total[paths->nodes[i].parent] += total[i];
	}
	return total;
}

/* Of two arcs on one line, one. */
static void add_up(struct callgrind *w)
{
	size_t kept = 0;

	if (w->arc_count == 0)
		return;
	qsort(w->arcs, w->arc_count, sizeof *w->arcs, by_place);
	for (size_t i = 1; i < w->arc_count; i++) {
		if (by_place(&w->arcs[kept], &w->arcs[i]) != 0) {
			w->arcs[++kept] = w->arcs[i];
			continue;
		}
		w->arcs[kept].calls += w->arcs[i].calls;
		for (size_t c = 0; c < 3; c++)
			w->arcs[kept].costs[c] += w->arcs[i].costs[c];
	}
	w->arc_count = kept + 1;
}

/*
 * The line that a sample says for a call can be another than the one that counts it, where a call is written over several lines: time
 * without calls goes to the arc of the same two functions with the most calls.
 */
static void join_lines(struct callgrind *w)
{
	for (size_t i = 0, next; i < w->arc_count; i = next) {
		size_t most = i;

		for (next = i + 1;
		     next < w->arc_count && w->arcs[next].caller == w->arcs[i].caller && w->arcs[next].callee == w->arcs[i].callee;
		     next++) {
			if (w->arcs[next].calls > w->arcs[most].calls)
				most = next;
		}
		for (size_t k = i; k < next && w->arcs[most].calls; k++) {
			if (w->arcs[k].calls == 0 && k != most) {
				for (size_t c = 0; c < 3; c++)
					w->arcs[most].costs[c] += w->arcs[k].costs[c];
				w->arcs[k] = (struct arc){w->arcs[k].caller, w->arcs[k].callee, w->arcs[k].line, 0, {0}};
			}
		}
	}
}

/* The arc of the callee from which `calls` of an arc without any can be taken: those of unknown callers, else the one with the most. */
static struct arc **sources(struct callgrind *w)
{
	struct arc **source = xcalloc(w->p->fn_count + 1, sizeof(struct arc *));

	for (size_t i = 0; i < w->arc_count; i++) {
		struct arc **best = &source[w->arcs[i].callee];

		if (w->arcs[i].calls && (!*best || w->arcs[i].caller == PROFILE_NONE || w->arcs[i].calls > (*best)->calls))
			*best = &w->arcs[i];
	}
	return source;
}

/*
 * Time without counted calls: through a function pointer or a closure, whose caller the samples tell and the counts do not, or past a frame
 * that is gone. Readers want a call for it. It is one of those whose caller is not known, split by the time; all calls of a function
 * stay as many as were counted.
 */
static void lend_calls(struct callgrind *w)
{
	struct arc **source = sources(w);
	uint64_t *time = xcalloc(w->p->fn_count + 1, sizeof *time);

	for (size_t i = 0; i < w->arc_count; i++) {
		if (w->arcs[i].calls == 0 || w->arcs[i].caller == PROFILE_NONE)
			time[w->arcs[i].callee] += w->arcs[i].costs[PATHS_TIME];
	}
	for (size_t i = 0; i < w->arc_count; i++) {
		struct arc *arc = &w->arcs[i], *from = source[arc->callee];
		double share = arc->costs[PATHS_TIME] ? (double)arc->costs[PATHS_TIME] / (double)time[arc->callee] : 0;

		if (arc->calls || (arc->costs[PATHS_TIME] == 0 && arc->costs[PATHS_CALLS] == 0 && arc->costs[PATHS_BYTES] == 0))
			continue;
		arc->calls = 1;
		if (!from)
			continue;
		if (from->caller == PROFILE_NONE && (double)from->calls * share > 1)
			arc->calls = (uint64_t)((double)from->calls * share);
		time[arc->callee] -= arc->costs[PATHS_TIME];
		from->calls -= arc->calls < from->calls ? arc->calls : from->calls;
	}
	free(source);
	free(time);
}

static void collect_paths(struct callgrind *w, enum paths_weight weight)
{
	const struct paths *paths = w->paths[weight];
	uint64_t *total = totals(paths);

	for (size_t i = 1; i < paths->count; i++) {
		const struct path_node *node = &paths->nodes[i];
		struct arc arc = {paths->nodes[node->parent].fn, node->fn, node->line, 0, {0}};

		arc.costs[weight] = total[i];
		if (total[i] && node->fn != PROFILE_NONE)
			w->arcs[w->arc_count++] = arc;
	}
	free(total);
}

static void collect(struct callgrind *w)
{
	size_t most = w->p->edge_count + w->p->fn_count;
	uint64_t *rest = export_rest(w->p);

	for (int weight = 0; weight < 3; weight++)
		most += w->paths[weight]->count;
	w->arcs = xcalloc(most, sizeof *w->arcs);
	for (size_t i = 0; i < w->p->edge_count; i++) {
		const struct profile_edge *edge = &w->p->edges[i];

		w->arcs[w->arc_count++] =
		    (struct arc){edge->caller, edge->callee, edge->line, paths_count(w->p, w->iterations, edge->calls), {0}};
	}
	for (uint32_t fn = 0; fn < w->p->fn_count; fn++) {
		if (rest[fn])
			w->arcs[w->arc_count++] = (struct arc){PROFILE_NONE, fn, 0, paths_count(w->p, w->iterations, rest[fn]), {0}};
	}
	free(rest);
	for (int weight = 0; weight < 3; weight++)
		collect_paths(w, (enum paths_weight)weight);
	add_up(w);
	join_lines(w);
	lend_calls(w);
}

/* "fn=(1) main" the first time, "fn=(1)" later. */
static void put_name(struct callgrind *w, const char *key, uint32_t fn)
{
	size_t index = fn == PROFILE_NONE ? w->p->fn_count : fn;

	strbuf_printf(w->out, "%s=(%zu)", key, index + 1);
	if (!w->named[index])
		strbuf_printf(w->out, " %s", export_name(&w->names, fn));
	w->named[index] = true;
	strbuf_puts(w->out, "\n");
}

static uint32_t line_or_start(const struct callgrind *w, uint32_t fn, uint32_t line)
{
	return line || fn == PROFILE_NONE ? line : w->p->fns[fn].from;
}

static bool is_wanted(const struct callgrind *w, uint32_t a, uint32_t b)
{
	return w->only == PROFILE_NONE || a == w->only || b == w->only;
}

struct cost {
	uint32_t fn, line;
	uint64_t ns, calls, bytes;
};

static int by_fn(const void *a, const void *b)
{
	const struct cost *x = a, *y = b;

	if (x->fn != y->fn)
		return x->fn < y->fn ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

/* Each function's own costs: time by lines, calls and bytes where it begins. The caller frees. */
static struct cost *own_costs(const struct callgrind *w, size_t *count)
{
	struct cost *costs = xcalloc(w->paths[PATHS_TIME]->self_count + w->p->fn_count + 1, sizeof *costs);
	const struct paths *paths = w->paths[PATHS_TIME];

	*count = 0;
	for (size_t i = 0; i < paths->self_count; i++) {
		const struct path_self *self = &paths->selfs[i];
		uint32_t fn = paths->nodes[self->node].fn;

		costs[(*count)++] = (struct cost){.fn = fn, .line = line_or_start(w, fn, self->line), .ns = self->value};
	}
	for (uint32_t fn = 0; fn < w->p->fn_count; fn++) {
		const struct profile_fn *f = &w->p->fns[fn];

		if (is_wanted(w, fn, fn))
			costs[(*count)++] = (struct cost){fn, f->from, 0, paths_count(w->p, w->iterations, f->calls),
							  paths_memory(w->p, w->iterations, f->memory.bytes)};
	}
	if (w->only == PROFILE_NONE)
		costs[(*count)++] = (struct cost){.fn = PROFILE_NONE, .bytes = paths_memory(w->p, w->iterations, w->p->outside.bytes)};
	if (*count)
		qsort(costs, *count, sizeof *costs, by_fn);
	return costs;
}

static void put_costs(struct callgrind *w, const struct cost *costs, size_t count)
{
	for (size_t i = 0, next; i < count; i = next) {
		struct cost sum = costs[i];

		for (next = i + 1; next < count && by_fn(&costs[i], &costs[next]) == 0; next++) {
			sum.ns += costs[next].ns;
			sum.calls += costs[next].calls;
			sum.bytes += costs[next].bytes;
		}
		if (sum.ns || sum.calls || sum.bytes)
			strbuf_printf(w->out, "%" PRIu32 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", sum.line, sum.ns, sum.calls, sum.bytes);
	}
}

static void put_arcs(struct callgrind *w, size_t *at, uint32_t caller)
{
	for (; *at < w->arc_count && w->arcs[*at].caller == caller; ++*at) {
		const struct arc *arc = &w->arcs[*at];

		if (arc->calls == 0 || !is_wanted(w, arc->caller, arc->callee))
			continue;
		if (w->p->file_count && (caller == PROFILE_NONE || w->p->fns[caller].file != w->p->fns[arc->callee].file))
			strbuf_printf(w->out, "cfi=%s\n", export_file(&w->names, w->p, arc->callee));
		put_name(w, "cfn", arc->callee);
		strbuf_printf(w->out, "calls=%" PRIu64, arc->calls);
		strbuf_printf(w->out, " %" PRIu32 "\n%" PRIu32 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", line_or_start(w, arc->callee, 0),
			      line_or_start(w, caller, arc->line), arc->costs[PATHS_TIME], arc->costs[PATHS_CALLS],
			      arc->costs[PATHS_BYTES]);
	}
}

/* Functions in order, NONE last, as arcs and costs are. */
static void put_functions(struct callgrind *w)
{
	size_t count, cost = 0, arc = 0;
	uint32_t file = 0;
	struct cost *costs = own_costs(w, &count);

	while (cost < count || arc < w->arc_count) {
		uint32_t fn = cost == count ? w->arcs[arc].caller : costs[cost].fn;
		size_t first = cost;

		if (arc < w->arc_count && w->arcs[arc].caller < fn)
			fn = w->arcs[arc].caller;
		while (cost < count && costs[cost].fn == fn)
			cost++;
		if (fn != PROFILE_NONE && w->p->fns[fn].file != file) {
			file = w->p->fns[fn].file;
			strbuf_printf(w->out, "fl=%s\n", w->names.files[file]);
		}
		put_name(w, "fn", fn);
		put_costs(w, costs + first, cost - first);
		put_arcs(w, &arc, fn);
	}
	free(costs);
}

static void put_sum(struct callgrind *w)
{
	uint64_t calls = 0, bytes = paths_memory(w->p, w->iterations, w->p->outside.bytes);

	for (uint32_t fn = 0; fn < w->p->fn_count; fn++) {
		calls += paths_count(w->p, w->iterations, w->p->fns[fn].calls);
		bytes += paths_memory(w->p, w->iterations, w->p->fns[fn].memory.bytes);
	}
	strbuf_printf(w->out, "summary: %" PRIu64 " %" PRIu64 " %" PRIu64 "\n\n", w->paths[PATHS_TIME]->total, calls, bytes);
}

static int callgrind_write(const struct report *report, const struct export_options *options, struct strbuf *out, struct err *err)
{
	struct export_options folded = *options;
	struct callgrind w = {.p = report->profile, .out = out, .only = PROFILE_NONE};

	folded.recursion = PATHS_FOLDED;
	if (options->function && export_select_function(report, options->function, &w.only, err) < 0)
		return -1;
	for (int weight = 0; weight < 3; weight++)
		w.paths[weight] = export_paths(report, &folded, (enum paths_weight)weight, err);
	w.iterations = w.paths[PATHS_TIME]->iterations;
	export_names_init(&w.names, w.p);
	w.named = xcalloc(w.p->fn_count + 1, sizeof *w.named);
	collect(&w);
	strbuf_printf(out, "# callgrind format\nversion: 1\ncreator: ruchy-prof %s\ncmd: %s\ndesc: Values: ", RUCHY_PROF_VERSION,
		      w.names.title);
	export_scope(out, w.iterations);
	strbuf_printf(out,
		      "\ndesc: Estimate: inclusive %scalls and bytes, split over callers by call counts; callers of closures and function "
		      "pointers, by samples",
		      w.paths[PATHS_TIME]->derived ? "time, " : "");
	strbuf_puts(out, "\npositions: line\nevent: ns : Time in ns\nevent: Calls : Calls of a function\nevent: Bytes : Bytes allocated\n"
			 "events: ns Calls Bytes\n");
	if (w.only == PROFILE_NONE)
		put_sum(&w);
	strbuf_printf(out, "fl=%s\n", w.names.file);
	put_functions(&w);
	export_names_free(&w.names, w.p);
	free(w.named);
	free(w.arcs);
	for (int weight = 0; weight < 3; weight++)
		paths_free(w.paths[weight]);
	return 0;
}

const struct exporter export_callgrind = {
    .name = "callgrind",
    .suffix = ".callgrind",
    .prefix = "callgrind.out",
    .summary = "for KCachegrind and callgrind_annotate: time, exact calls, bytes",
    .write = callgrind_write,
};
