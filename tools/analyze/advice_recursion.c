/* Functions that compute the same again and again, and recursion: what it costs and how deep it goes. */
#include "advice.h"
#include "strbuf.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#define MEMO_CALLS 1000.0 /* in a run: below, a cache is not worth its lines */
#define MEMO_TIMES 10.0	  /* calls for each new argument */
#define LOOKUP_NS  1000.0 /* a call without recursion must take that long: a look into a cache takes some tens of ns */

static bool takes_long(const struct advice_context *c, uint32_t fn)
{
	const struct report_fn *row = analyze_row(c->report, fn);
	double calls = report_per_run(c->p, c->p->fns[fn].calls);

	return row && row->total_ns > 0 && calls > 0 && row->total_ns / calls >= LOOKUP_NS;
}

/* The result follows from the arguments, and they come again: a table of results saves the calls for which there is one. */
static void memoize(const struct advice_context *c, const struct advice_rule *rule, uint32_t fn)
{
	const struct profile_fn *f = &c->p->fns[fn];
	double percent = advice_total_percent(c, fn);
	char *name = advice_name(c, fn), *calls = advice_count(f->argument_calls), *values = advice_count(f->argument_values);
	char *error =
	    f->argument_error ? xasprintf(", within %.1f%%", 100 * (double)f->argument_error / (double)f->argument_values) : xstrdup("");
	const char *some = f->argument_error ? "some " : "";

	advice_add(
	    c, rule, fn,
	    xasprintf("Memoize %s: it only computes, and a cache of its results saves all but %s%s of its calls", name, some, values),
	    xasprintf("%s calls with %s%s distinct argument%s%s", calls, some, values, advice_plural(f->argument_values), error))
	    ->gain = xasprintf("up to %.1f%% of the time", percent);
	free(name);
	free(calls);
	free(values);
	free(error);
}

void advice_memoization(const struct advice_context *c, const struct advice_rule *rule)
{
	for (uint32_t i = 0; i < c->p->fn_count; i++) {
		const struct profile_fn *fn = &c->p->fns[i];
		double most = (double)fn->argument_values + (double)fn->argument_error;

		if (!(fn->flags & PROFILE_PURE) || fn->argument_values == 0 || (double)fn->argument_calls < MEMO_CALLS ||
		    (double)fn->argument_calls < MEMO_TIMES * most)
			continue;
		if (advice_total_percent(c, i) >= rule->limit && ((fn->flags & PROFILE_RECURSIVE) || takes_long(c, i)))
			memoize(c, rule, i);
	}
}

void advice_deep_recursion(const struct advice_context *c, const struct advice_rule *rule)
{
	for (uint32_t i = 0; i < c->p->fn_count; i++) {
		const struct profile_fn *fn = &c->p->fns[i];
		double used = fn->stack_size ? 100 * (double)fn->stack_used / (double)fn->stack_size : 0;
		char *name, *deep;

		if (used < rule->limit || fn->deepest < 2)
			continue;
		name = advice_name(c, i);
		deep = advice_count(fn->deepest);
		advice_add(
		    c, rule, i,
		    xasprintf("%s recurses so deep that a larger input may overflow the stack: use a loop with a stack of its own", name),
		    xasprintf("%s calls deep, %.1f of %.1f MB of stack in the build that counts arguments", deep,
			      (double)fn->stack_used / 1e6, (double)fn->stack_size / 1e6));
		free(name);
		free(deep);
	}
}

void advice_stack_only(const struct advice_context *c, const struct advice_rule *rule)
{
	size_t recursive = 0;
	uint32_t first = PROFILE_NONE;
	char *count;
	uint64_t calls = 0;

	if (c->p->memory_runs == 0 || c->p->lost_threads > 0 || c->p->runs == 0)
		return;
	for (uint32_t i = 0; i < c->p->fn_count; i++) {
		const struct profile_fn *fn = &c->p->fns[i];

		if (!(fn->flags & PROFILE_RECURSIVE) || fn->calls == 0)
			continue;
		if (fn->memory.allocations > 0)
			return;
		first = recursive++ ? first : i;
		calls = analyze_add(calls, fn->calls / c->p->runs);
	}
	if (recursive == 0)
		return;
	count = advice_count(calls);
	advice_add(c, rule, recursive == 1 ? first : PROFILE_NONE, xstrdup("Stack-only execution (optimal for recursion)"),
		   xasprintf("0 allocations in %s calls of %zu recursive function%s", count, recursive, advice_plural(recursive)));
	free(count);
}
