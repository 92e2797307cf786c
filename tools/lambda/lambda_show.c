/* lambda_show.c - the report for people, in the layout of the request. */
#include "export_units.h"
#include "lambda_causes.h"
#include "lambda_order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void cell_ns(struct sheet *sheet, double ns)
{
	if (isnan(ns) || ns < 0)
		sheet_cell(sheet, "-");
	else
		sheet_cell(sheet, "%.2f ms", ns / 1e6);
}

static void cell_interval(struct sheet *sheet, struct stats_interval i)
{
	if (isnan(i.value) || !isfinite(i.lo) || !isfinite(i.hi))
		sheet_cell(sheet, "%s", "");
	else
		sheet_cell(sheet, "(%.2f to %.2f)", i.lo / 1e6, i.hi / 1e6);
}

static void cell_faults(struct sheet *sheet, uint64_t faults)
{
	if (faults >= UINT32_MAX) /* unknown, or the difference of an unknown */
		sheet_cell(sheet, "%s", "");
	else
		sheet_cell(sheet, "%llu page faults", (unsigned long long)faults);
}

/* --- phases -------------------------------------------------------------------------------------------------------------------- */

static void show_phase(const struct lambda_program *p, enum lambda_phase phase, double total, struct sheet *sheet)
{
	struct stats_interval median = lambda_median(&p->phases[phase]);

	if (p->phases[phase].count == 0)
		return;
	sheet_row(sheet);
	sheet_cell(sheet, "%s:", phase == PHASE_INIT && !p->knows_main ? "entry to first next" : lambda_phase_name(phase));
	cell_ns(sheet, median.value);
	cell_interval(sheet, median);
	sheet_cell_percent(sheet, 100 * median.value / total);
	if (phase != PHASE_FORK)
		cell_faults(sheet, p->faults[phase]);
}

static const char *verdict(const struct lambda_result *result, double limit_ms)
{
	struct stats_interval total = lambda_median(&result->programs[0].total);

	return total.hi <= limit_ms * 1e6 ? "within" : total.lo > limit_ms * 1e6 ? "above" : "not surely within";
}

static void show_verdict(const struct lambda_result *result, struct sheet *sheet)
{
	if (result->target_ms == LAMBDA_GOAL_MS)
		sheet_fact(sheet, "Verdict", "%s the target of %g ms", verdict(result, LAMBDA_GOAL_MS), result->target_ms);
	else
		sheet_fact(sheet, "Verdict", "%s the target of %g ms, %s the %d ms that were asked for at first",
			   verdict(result, result->target_ms), result->target_ms, verdict(result, LAMBDA_GOAL_MS), LAMBDA_GOAL_MS);
}

static void show_phases(const struct lambda_result *result, struct sheet *sheet)
{
	const struct lambda_program *p = &result->programs[0];
	struct stats_interval total = lambda_median(&p->total);
	double rest = lambda_rest(p);

	sheet_table(sheet, "lrlrl", "Cold start to the first request, local, median of %zu starts (95 %% interval):", p->total.count);
	for (int i = 0; i < LAMBDA_PHASES; i++)
		show_phase(p, i, total.value, sheet);
	sheet_row(sheet);
	sheet_cell(sheet, "difference:");
	sheet_cell(sheet, "%.2f ms", rest / 1e6);
	sheet_cell(sheet, "%s", "");
	sheet_cell(sheet, "%.1f%%", 100 * rest / total.value);
	sheet_cell(sheet, "the total is of untraced runs");
	sheet_row(sheet);
	sheet_cell(sheet, "Total:");
	cell_ns(sheet, total.value);
	cell_interval(sheet, total);
	sheet_cell_percent(sheet, 100);
	cell_faults(sheet, p->total_faults);
	if (p->disturbed)
		sheet_text(sheet,
			   "The machine is busy: %u starts that waited for a CPU for a tenth of their time and more were taken again",
			   p->disturbed);
	if (!lambda_adds_up(p))
		sheet_text(sheet, "The phases of the traced runs do not add up to the total: read them as shares, or take more --runs");
	show_verdict(result, sheet);
}

static void show_dropped(const struct lambda_program *p, struct sheet *sheet)
{
	struct stats_interval dropped = lambda_median(&p->dropped), load = lambda_median(&p->dropped_load);
	struct strbuf kept = STRBUF_INIT;

	if (p->dropped.count == 0)
		return;
	if (p->kept_pages)
		strbuf_printf(&kept, "up to %llu of its %llu pages stayed", (unsigned long long)p->kept_pages,
			      (unsigned long long)p->file_pages);
	else
		strbuf_printf(&kept, "all %llu pages were out of memory; libraries were not dropped", (unsigned long long)p->file_pages);
	sheet_fact(sheet, "With the file's pages dropped", "%.2f ms (%.2f to %.2f), of it kernel load %.2f ms; %s", dropped.value / 1e6,
		   dropped.lo / 1e6, dropped.hi / 1e6, load.value / 1e6, kept.data);
	if (p->kept_pages)
		sheet_text(sheet,
			   "These starts are not all cold: the kernel does not drop pages that another process has mapped or that the "
			   "file system has nowhere else, and it does not tell of files that you may not write");
	strbuf_free(&kept);
}

static void show_invokes(const struct lambda_program *p, struct sheet *sheet)
{
	struct stats_interval first = lambda_median(&p->first), warm = lambda_median(&p->warm);

	sheet_fact(sheet, "First invoke", "%.3f ms (%.3f to %.3f), event sent to answer received", first.value / 1e6, first.lo / 1e6,
		   first.hi / 1e6);
	sheet_fact(sheet, "Warm invoke", "%.3f ms (%.3f to %.3f)", warm.value / 1e6, warm.lo / 1e6, warm.hi / 1e6);
}

static void show_limits(const struct lambda_result *result, struct sheet *sheet)
{
	const struct cold_limits *l = &result->limits;

	if (!result->limited)
		return;
	sheet_fact(sheet, "Lambda size", "%u MB, which is %.3f of a vCPU%s%s%s", l->memory_mb, l->cpus, l->why ? "; " : "",
		   l->why ? l->why : "", l->cpu_set ? "; the share holds from the start (AWS may give more while it initialises)" : "");
}

static void show_memory(const struct lambda_program *p, struct sheet *sheet)
{
	struct strbuf base = STRBUF_INIT, peak = STRBUF_INIT;

	unit_bytes(&base, p->base_rss);
	unit_bytes(&peak, p->peak_rss);
	sheet_fact(sheet, "Base RSS", "%s (at the first request for an event)", base.data);
	sheet_fact(sheet, "Peak RSS", "%s%s", peak.data, p->peak_rss < UINT64_C(128) << 20 ? " (under the 128 MB Lambda minimum)" : "");
	strbuf_free(&base);
	strbuf_free(&peak);
}

/* --- init code by function -------------------------------------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
	const struct profile_fn *const *x = a, *const *y = b;

	if ((*x)->clock_total_ns != (*y)->clock_total_ns)
		return (*x)->clock_total_ns < (*y)->clock_total_ns ? 1 : -1;
	return (*x)->calls < (*y)->calls ? 1 : (*x)->calls > (*y)->calls ? -1 : strcmp((*x)->name, (*y)->name);
}

static void show_function(const struct profile_fn *fn, struct sheet *sheet)
{
	sheet_row(sheet);
	sheet_cell(sheet, "%s()", fn->name);
	if (fn->clock_spans)
		sheet_cell(sheet, "%.1f µs", (double)fn->clock_total_ns / 1e3);
	else
		sheet_cell(sheet, "-");
	sheet_cell(sheet, "[%llu call%s]", (unsigned long long)fn->calls, fn->calls == 1 ? "" : "s");
	sheet_cell(sheet, "lines %u-%u", fn->from, fn->to);
}

static void show_init(const struct audit *audit, const struct lambda_result *result, struct sheet *sheet)
{
	const struct profile *profile = result->init;
	const struct profile_fn **rows;
	size_t count = 0;

	if (!profile) {
		sheet_fact(sheet, "Init code by Ruchy function", "not known: %s", result->init_why);
		return;
	}
	rows = xcalloc(profile->fn_count + 1, sizeof *rows); /* NOLINT(bugprone-sizeof-expression): of pointers, as meant */
	for (size_t i = 0; i < profile->fn_count; i++)
		if (profile->fns[i].calls)
			rows[count++] = &profile->fns[i];
	qsort(rows, count, sizeof *rows, by_time); /* NOLINT(bugprone-sizeof-expression): of pointers, as meant */
	sheet_table(sheet, "nrll", "Init code by function, with callees; the fastest of five instrumented starts:");
	for (size_t i = 0; i < count && i < audit->options->top; i++)
		show_function(rows[i], sheet);
	free(rows);
}

/* --- comparison ---------------------------------------------------------------------------------------------------------------- */

static void cell_total(struct sheet *sheet, const struct lambda_program *p)
{
	struct stats_interval total = lambda_median(&p->total);

	sheet_cell(sheet, "%.2f ms", total.value / 1e6);
	cell_interval(sheet, total);
}

static void show_programs(const struct lambda_result *result, struct sheet *sheet)
{
	sheet_table(sheet, "nrrlrr", "Comparison (local, started in turn):");
	sheet_heads(sheet, "Program|Size|Cold start||Warm|Peak RSS");
	for (size_t i = 0; i < result->count; i++) {
		const struct lambda_program *p = &result->programs[i];

		sheet_row(sheet);
		sheet_cell(sheet, "%s", p->name);
		sheet_cell_bytes(sheet, p->file_bytes);
		if (p->failed) {
			sheet_cell(sheet, "failed");
			continue;
		}
		cell_total(sheet, p);
		sheet_cell(sheet, "%.3f ms", lambda_median(&p->warm).value / 1e6);
		sheet_cell_bytes(sheet, p->peak_rss);
	}
	for (size_t i = 0; i < result->count; i++)
		if (result->programs[i].failed)
			sheet_text(sheet, "%s: %s", result->programs[i].name, result->programs[i].failed);
}

static void show_order(const struct lambda_result *result, struct sheet *sheet)
{
	size_t *order = xcalloc(result->count + 1, sizeof *order), count;
	unsigned *rank = xcalloc(result->count + 1, sizeof *rank);

	count = lambda_order(result->programs, result->count, order, rank);
	sheet_table(sheet, "lnrl", "Ranking of the cold starts, by the ratios to %s within the rounds:", result->programs[0].name);
	for (size_t k = 0; k < count; k++) {
		struct stats_interval ratio = lambda_ratio(&result->programs[0], &result->programs[order[k]]);

		sheet_row(sheet);
		sheet_cell(sheet, "%u", rank[order[k]]);
		sheet_cell(sheet, "%s", result->programs[order[k]].name);
		if (order[k] == 0)
			continue;
		sheet_cell(sheet, "%.2f times", ratio.value);
		if (isfinite(ratio.hi))
			sheet_cell(sheet, "(%.2f to %.2f)", ratio.lo, ratio.hi);
		else
			sheet_cell(sheet, "too few starts for an interval");
	}
	sheet_text(sheet, "Those with one number are equal: the 95 %% interval of their ratio is not wholly above %.2f", LAMBDA_MARGIN);
	free(order);
	free(rank);
}

/* --- logs ------------------------------------------------------------------------------------------------------------------------ */

static void show_logs(const struct lambda_result *result, struct sheet *sheet)
{
	const struct cloudwatch *logs = &result->logs;

	if (logs->reports == 0)
		return;
	sheet_table(sheet, "lnrrlr", "Init Duration on AWS, from %llu REPORT lines (another machine: not comparable with local figures):",
		    (unsigned long long)logs->reports);
	sheet_heads(sheet, "Version|Runtime|Cold starts|Median|95 % interval|Most memory");
	for (size_t i = 0; i < logs->version_count; i++) {
		const struct cloudwatch_version *v = &logs->versions[i];
		struct stats_interval median = stats_median_interval(v->init_ms, v->count, 0.95);

		sheet_row(sheet);
		sheet_cell(sheet, "%s", *v->version ? v->version : "?");
		sheet_cell(sheet, "%s", *v->runtime ? v->runtime : "?");
		sheet_cell_count(sheet, v->count);
		sheet_cell(sheet, "%.2f ms", median.value);
		if (isfinite(median.lo) && isfinite(median.hi))
			sheet_cell(sheet, "(%.2f to %.2f)", median.lo, median.hi);
		else
			sheet_cell(sheet, "too few");
		sheet_cell(sheet, v->most_used_mb ? "%llu MB" : "-", (unsigned long long)v->most_used_mb);
	}
	if (logs->dropped)
		sheet_text(sheet, "%llu more cold starts are left out", (unsigned long long)logs->dropped);
}

void lambda_show(const struct audit *audit, const void *data, struct sheet *sheet)
{
	const struct lambda_result *result = data;
	const struct lambda_program *p = &result->programs[0];
	struct strbuf size = STRBUF_INIT;

	unit_bytes(&size, p->file_bytes);
	if (audit->subject.kind == AUDIT_PROGRAM)
		sheet_fact(sheet, "Binary", "%s (%s)", audit->subject.name, size.data);
	else
		sheet_fact(sheet, "Binary", "%s → %s (%s)", audit->subject.operand, audit->subject.name, size.data);
	strbuf_free(&size);
	if (audit->subject.supplied)
		sheet_text(sheet, "It has lambda_handler and no main: it runs in a bootstrap that was added behind its lines");
	show_limits(result, sheet);
	show_phases(result, sheet);
	show_dropped(p, sheet);
	show_invokes(p, sheet);
	show_memory(p, sheet);
	show_init(audit, result, sheet);
	if (result->count > 1) {
		show_programs(result, sheet);
		show_order(result, sheet);
	}
	for (size_t i = 0; i < result->siblings.count; i++)
		if (result->siblings.list[i].why)
			sheet_text(sheet, "Not compared with %s: %s", result->siblings.list[i].label, result->siblings.list[i].why);
	lambda_show_causes(result, sheet);
	show_logs(result, sheet);
}
