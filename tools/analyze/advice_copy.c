/*
 * Copies that the transpiler made on its own: the line of Rust says .clone() or the like, the line of Ruchy does not. Worth a word only
 * where that line is known to cost.
 */
#include "advice.h"
#include "strbuf.h"

#include <inttypes.h>
#include <stdlib.h>

#define OFTEN 10000 /* allocations of its function in a run */

struct cost {
	const struct profile_line *line;
	double percent; /* of the time; negative = not known */
	bool allocates; /* its executions explain half of what the function allocated */
};

static struct cost cost_of(const struct advice_context *c, const struct profile_line *line)
{
	const struct profile_fn *fn = line->fn == PROFILE_NONE ? NULL : &c->p->fns[line->fn];
	double ns = report_line_ns(c->report, line), count, allocations;
	struct cost cost = {.line = line, .percent = ns < 0 || c->report->base_ns <= 0 ? -1 : 100 * ns / c->report->base_ns};

	if (!advice_may_allocate(c, line)) {
		cost.percent = -1;
		return cost;
	}
	/* Most of these calls copy numbers, which costs nothing: only one that allocates is worth a word. */
	allocations = fn && c->p->memory_runs > 0 ? report_memory_per_run(c->p, fn->memory.allocations) : 0;
	if (c->report->samples < ANALYZE_MIN_SAMPLES || allocations < OFTEN)
		cost.percent = -1;
	if (allocations < OFTEN || line->count == PROFILE_ABSENT)
		return cost;
	count = report_per_run(c->p, line->count);
	cost.allocates = count >= allocations / 2 && count <= allocations * 1.05;
	if (!cost.allocates)
		cost.percent = -1; /* it runs more often than the function allocates, or too seldom to matter */
	return cost;
}

static bool is_worse(const struct cost *a, const struct cost *b)
{
	if (!b->line || a->percent != b->percent)
		return !b->line || a->percent > b->percent;
	return a->line->count > b->line->count;
}

static void put_methods(struct strbuf *out, uint32_t copies)
{
	static const char *const methods[] = {".clone()", ".to_string()", ".to_owned()", ".to_vec()"};

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (copies & 1u << i)
			strbuf_printf(out, "%s%s", out->size ? ", " : "", methods[i]);
}

static void put_evidence(const struct advice_context *c, const struct cost *cost, struct strbuf *out)
{
	if (cost->line->count != PROFILE_ABSENT) {
		strbuf_puts(out, "the line ran ");
		advice_put_count(out, cost->line->count / c->p->runs);
		strbuf_puts(out, " times");
	}
	if (cost->percent >= 0)
		strbuf_printf(out, "%s%.1f%% of the time on it", out->size ? ", " : "", cost->percent);
	if (cost->allocates) {
		strbuf_puts(out, ", of the ");
		advice_put_count(out, c->p->fns[cost->line->fn].memory.allocations / c->p->memory_runs);
		strbuf_puts(out, " allocations of its function");
	}
}

void advice_inserted_copy(const struct advice_context *c, const struct advice_rule *rule)
{
	struct cost worst = {0};
	struct strbuf methods = STRBUF_INIT, evidence = STRBUF_INIT;
	struct report_advice *advice;

	for (size_t i = 0; i < c->p->line_count; i++) {
		struct cost cost = cost_of(c, &c->p->lines[i]);

		if (c->p->lines[i].copies && (cost.percent >= rule->limit || cost.allocates) && is_worse(&cost, &worst))
			worst = cost;
	}
	if (!worst.line || c->p->runs == 0)
		return;
	put_methods(&methods, worst.line->copies);
	put_evidence(c, &worst, &evidence);
	advice =
	    advice_add(c, rule, worst.line->fn,
		       xasprintf("The transpiler added %s on line %" PRIu32 ": pass a reference, or use the value for the last time there",
				 methods.data ? methods.data : "a copy", worst.line->line),
		       strbuf_take(&evidence));
	advice->line = worst.line->line;
	if (worst.percent >= 0.05)
		advice->gain = xasprintf("up to %.1f%% of the time", worst.percent);
	strbuf_free(&methods);
}
