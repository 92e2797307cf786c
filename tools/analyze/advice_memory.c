/* What the allocations tell. */
#include "advice.h"
#include "strbuf.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FEW	     8	  /* allocations a call: more than a function makes without a loop, where a line of it runs that often */
#define MANY	     64	  /* in any case */
#define STDOUT_BYTES 1024 /* of the buffer that the first use of standard output makes */

char *advice_memory(const struct advice_context *c, uint64_t sum)
{
	uint64_t runs = c->p->memory_runs, rest = sum % runs;

	return advice_count(sum / runs + (rest >= runs - rest));
}

void advice_no_allocations(const struct advice_context *c, const struct advice_rule *rule)
{
	const struct profile_memory *inside = &c->report->inside;
	uint64_t runs = c->p->memory_runs;

	if (runs == 0 || c->p->lost_threads > 0 || c->report->fn_count == 0)
		return;
	if (inside->allocations == 0)
		advice_add(c, rule, PROFILE_NONE, xstrdup("No allocations detected (optimal)"),
			   xasprintf("0 allocations in %zu function%s, %" PRIu64 " run%s", c->report->fn_count,
				     advice_plural(c->report->fn_count), runs, advice_plural(runs)));
	else if (inside->allocations == runs && inside->largest_bytes == STDOUT_BYTES && inside->bytes == STDOUT_BYTES * runs)
		advice_add(c, rule, PROFILE_NONE, xstrdup("No allocations detected but one buffer (optimal)"),
			   xstrdup("1 allocation of 1,024 bytes a run, which the first use of standard output makes"));
}

/* The function with the largest `value`; NULL when all have 0. */
static const struct profile_fn *most(const struct profile *p, uint64_t (*value)(const struct profile_fn *fn))
{
	const struct profile_fn *best = NULL;

	for (size_t i = 0; i < p->fn_count; i++)
		if (value(&p->fns[i]) > (best ? value(best) : 0))
			best = &p->fns[i];
	return best;
}

static uint64_t leaks_of(const struct profile_memory *m)
{
	return m->leaked_bytes;
}

static uint64_t reallocations_of(const struct profile_memory *m)
{
	return m->reallocations;
}

/* Where it is counted by line, the place is the line with most of it. */
static void set_line(const struct advice_context *c, struct report_advice *advice, uint64_t (*value)(const struct profile_memory *m))
{
	const struct profile_site *site = advice_most_site(c, advice->fn, value);

	if (site)
		advice->line = site->line;
}

static uint64_t leaked_bytes(const struct profile_fn *fn)
{
	return fn->memory.leaked_bytes;
}

/* A run that was stopped has freed nothing of what it still used. */
void advice_leaks(const struct advice_context *c, const struct advice_rule *rule)
{
	const struct profile_fn *fn = most(c->p, leaked_bytes);
	char *name, *all, *own, *blocks;

	/* A run that failed ended in the middle; what a panic needs for its backtrace stays allocated too. */
	if (fn == NULL || c->p->unfinished_runs > 0 || c->p->failed_runs > 0 || c->p->lost_threads > 0 ||
	    report_memory_per_run(c->p, c->report->inside.leaked_bytes) < rule->limit)
		return;
	name = advice_name(c, (uint32_t)(fn - c->p->fns));
	all = advice_memory(c, c->report->inside.leaked_bytes);
	own = advice_memory(c, fn->memory.leaked_bytes);
	blocks = advice_memory(c, c->report->inside.leaked);
	set_line(c,
		 advice_add(
		     c, rule, (uint32_t)(fn - c->p->fns),
		     xasprintf("Memory was still allocated when the program ended: see whether %s should free it earlier, or at all", name),
		     xasprintf("%s bytes in %s blocks, %s bytes of them from %s", all, blocks, own, name)),
		 leaks_of);
	free(name);
	free(all);
	free(own);
	free(blocks);
}

static bool is_growing(const struct profile_fn *fn)
{
	return fn->memory.reallocations >= fn->memory.allocations - fn->memory.allocations / 2;
}

/* Allocations of one kind alone: by functions that mostly enlarge, by others. */
static uint64_t reallocations(const struct profile_fn *fn)
{
	return fn->calls > 0 && is_growing(fn) ? fn->memory.reallocations : 0;
}

static uint64_t new_allocations(const struct profile_fn *fn)
{
	return fn->calls > 0 && !is_growing(fn) ? fn->memory.allocations : 0;
}

static double calls_per_run(const struct advice_context *c, const struct profile_fn *fn)
{
	return report_memory_per_run(c->p, fn->memory.allocations) / fmax(report_per_run(c->p, fn->calls), 1e-9);
}

/* "12,000 allocations, 1.5 a call, 3% of them reallocations" */
static char *how_many(const struct advice_context *c, const struct profile_fn *fn)
{
	double per_call = calls_per_run(c, fn);
	char *count = advice_memory(c, fn->memory.allocations);
	char *text = xasprintf("%s allocations, %.*f a call, %.0f%% of them reallocations", count, per_call < 10 ? 1 : 0, per_call,
			       100 * (double)fn->memory.reallocations / (double)fn->memory.allocations);

	free(count);
	return text;
}

void advice_growing(const struct advice_context *c, const struct advice_rule *rule)
{
	const struct profile_fn *fn = c->p->memory_runs ? most(c->p, reallocations) : NULL;
	struct report_advice *advice;
	char *name, *count;

	if (fn == NULL || report_memory_per_run(c->p, fn->memory.reallocations) < rule->limit)
		return;
	name = advice_name(c, (uint32_t)(fn - c->p->fns));
	count = advice_memory(c, fn->memory.reallocations);
	advice = advice_add(
	    c, rule, (uint32_t)(fn - c->p->fns),
	    xasprintf("Most allocations of %s make something larger that is there: reserve its capacity before it is filled", name),
	    how_many(c, fn));
	advice->gain = xasprintf("saves most of %s reallocations", count);
	set_line(c, advice, reallocations_of);
	free(name);
	free(count);
}

/* Executions of the line of `fn` that ran most often; `line`: that one. */
static uint64_t hottest_line(const struct profile *p, uint32_t fn, uint32_t *line)
{
	uint64_t count = 0;

	for (size_t i = 0; i < p->line_count; i++) {
		if (p->lines[i].fn != fn || p->lines[i].count == PROFILE_ABSENT || p->lines[i].count <= count)
			continue;
		count = p->lines[i].count;
		*line = p->lines[i].line;
	}
	return count;
}

/* The function that allocates most, unless that is for growing, or a line of it is told to make short-lived blocks; NULL: not often. */
static const struct profile_fn *allocates_often(const struct advice_context *c, const struct advice_rule *rule)
{
	const struct profile_fn *fn = c->p->memory_runs ? most(c->p, new_allocations) : NULL;
	const struct profile_site *told = advice_short_site(c, PROFILE_NONE, rule->limit);

	if (fn && told && told->fn == fn - c->p->fns)
		return NULL;
	return fn && report_memory_per_run(c->p, fn->memory.allocations) >= rule->limit ? fn : NULL;
}

/* Line of the loop in which it allocates, or of the function where that is not known but so many a call can't be without; 0 = none. */
static uint32_t loop_line(const struct advice_context *c, const struct profile_fn *fn)
{
	uint32_t line = 0;
	double runs = report_per_run(c->p, hottest_line(c->p, (uint32_t)(fn - c->p->fns), &line));

	if (calls_per_run(c, fn) >= FEW && runs >= report_memory_per_run(c->p, fn->memory.allocations) / 2)
		return line;
	return calls_per_run(c, fn) >= MANY ? fn->from : 0;
}

void advice_loop_allocations(const struct advice_context *c, const struct advice_rule *rule)
{
	const struct profile_fn *fn = allocates_often(c, rule);
	uint32_t line = fn ? loop_line(c, fn) : 0;
	struct report_advice *advice;
	char *name, *count;

	if (fn == NULL || line == 0)
		return;
	name = advice_name(c, (uint32_t)(fn - c->p->fns));
	count = advice_memory(c, fn->memory.allocations);
	advice = advice_add(
	    c, rule, (uint32_t)(fn - c->p->fns),
	    xasprintf("%s allocates in a loop: make the buffer before the loop and clear it, or borrow instead of copying", name),
	    how_many(c, fn));
	advice->line = line;
	advice->gain = xasprintf("up to %s allocations", count);
	free(name);
	free(count);
}

void advice_many_allocations(const struct advice_context *c, const struct advice_rule *rule)
{
	const struct profile_fn *fn = allocates_often(c, rule);
	char *name;

	if (fn == NULL || loop_line(c, fn) != 0)
		return;
	name = advice_name(c, (uint32_t)(fn - c->p->fns));
	advice_add(c, rule, (uint32_t)(fn - c->p->fns), xasprintf("%s allocates often: reuse a buffer, or borrow instead of copying", name),
		   how_many(c, fn));
	free(name);
}
