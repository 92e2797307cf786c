/* The report: rows, then times, hot spots and advice, each from its own file. */
#include "report.h"
#include "analyze.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

static bool has_row(const struct profile_fn *fn)
{
	if (fn->kind == PROFILE_INLINED)
		return false;
	return fn->kind != PROFILE_SKIPPED || fn->samples_total > 0 || fn->samples_self > 0;
}

static void count_calls(const struct profile *p, const struct profile_fn *fn, struct report_fn *row)
{
	/* A skipped function holds no counter: its 0 is no count. */
	if (p->runs == 0 || (fn->kind == PROFILE_SKIPPED && fn->calls == 0)) {
		row->calls = PROFILE_ABSENT;
		return;
	}
	row->calls = fn->calls / p->runs;
	row->calls_vary = fn->calls_min != fn->calls_max;
}

static void add_rows(struct report *report)
{
	const struct profile *p = report->profile;

	report->fns = xcalloc(p->fn_count + 1, sizeof(*report->fns));
	for (uint32_t i = 0; i < p->fn_count; i++) {
		if (!has_row(&p->fns[i]))
			continue;
		report->fns[report->fn_count].fn = i;
		count_calls(p, &p->fns[i], &report->fns[report->fn_count]);
		report->fn_count++;
	}
}

static int descending(double a, double b)
{
	return (a < b) - (a > b);
}

/* qsort has no argument for the names, and a static would not be safe from any thread. */
static int compare_rows(const void *a, const void *b, void *context)
{
	const struct report_fn *x = a, *y = b;
	const struct profile *p = context;
	const struct profile_fn *f = &p->fns[x->fn], *g = &p->fns[y->fn];
	int order = descending(x->self_ns, y->self_ns);

	if (order == 0)
		order = descending((double)f->calls, (double)g->calls);
	if (order == 0)
		order = strcmp(f->name, g->name);
	if (order == 0)
		order = (x->fn > y->fn) - (x->fn < y->fn);
	return order;
}

static void measure_runs(struct report *report)
{
	const struct profile_times *plain = &report->profile->wall[PROFILE_PLAIN];
	const struct profile_times *instrumented = &report->profile->wall[PROFILE_INSTRUMENTED];
	double median = 0;

	report->plain_ns = plain->n > 0 ? profile_times_mean(plain) : -1;
	report->instrumented_ns = instrumented->n > 0 ? profile_times_mean(instrumented) : -1;
	report->overhead = -1;
	if (plain->n > 0 && instrumented->n > 0)
		median = (double)profile_times_quantile(plain, 0.5);
	if (median > 0)
		report->overhead = (double)profile_times_quantile(instrumented, 0.5) / median;
}

struct report *report_new(const struct profile *profile)
{
	struct report *report = xcalloc(1, sizeof(*report));
	struct analyze_cycles cycles;

	report->profile = profile;
	measure_runs(report);
	add_rows(report);
	analyze_self_total(report);
	analyze_blocked(report);
	qsort_r(report->fns, report->fn_count, sizeof(*report->fns), compare_rows, (void *)profile);
	analyze_cycles_find(profile, &cycles);
	analyze_hotspots(report, &cycles);
	analyze_memory(report);
	analyze_advice(report, &cycles);
	analyze_cycles_free(&cycles);
	return report;
}

void report_free(struct report *report)
{
	if (report == NULL)
		return;
	for (size_t i = 0; i < report->advice_count; i++) {
		free(report->advice[i].message);
		free(report->advice[i].evidence);
		free(report->advice[i].gain);
	}
	free(report->advice);
	free(report->hotspots);
	free(report->fns);
	free(report);
}

const struct report_fn *analyze_row(const struct report *report, uint32_t fn)
{
	for (size_t i = 0; i < report->fn_count; i++)
		if (report->fns[i].fn == fn)
			return &report->fns[i];
	return NULL;
}
