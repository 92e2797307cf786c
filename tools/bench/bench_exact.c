#include "bench_exact.h"
#include "export_units.h"
#include "fs.h"
#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_SHARES 5

static uint64_t runs_of(const struct profile *profile, enum bench_metric_id id)
{
	return id == METRIC_ALLOCATIONS ? profile->memory_runs : profile->runs;
}

static double count_of(const struct profile_line *line, enum bench_metric_id id)
{
	if (id == METRIC_BLOCKS)
		return (double)line->blocks;
	return line->count == PROFILE_ABSENT ? 0 : (double)line->count;
}

/* Sum over all runs of what function `fn` did. */
static double sum_of(const struct profile *profile, uint32_t fn, enum bench_metric_id id)
{
	double sum = 0;

	if (id == METRIC_CALLS)
		return (double)profile->fns[fn].calls;
	if (id == METRIC_ALLOCATIONS)
		return (double)profile->fns[fn].memory.allocations;
	for (size_t i = 0; i < profile->line_count; i++) {
		if (profile->lines[i].fn == fn)
			sum += count_of(&profile->lines[i], id);
	}
	return sum;
}

double bench_exact(const struct profile *profile, enum bench_metric_id id, bool *vary)
{
	uint64_t runs = runs_of(profile, id);
	double sum = id == METRIC_ALLOCATIONS ? (double)profile->outside.allocations : 0;

	*vary = false;
	if (runs == 0 || profile->lost_threads || profile->unfinished_runs)
		return -1;
	for (uint32_t i = 0; i < profile->fn_count; i++) {
		sum += sum_of(profile, i, id);
		*vary |= profile->fns[i].calls_min != profile->fns[i].calls_max;
	}
	*vary |= fmod(sum, (double)runs) != 0;
	if (id == METRIC_BLOCKS && sum <= 0) /* older profiles have none */
		return -1;
	return sum / (double)runs;
}

static bool is_alike(const struct profile *a, uint32_t x, const struct profile *b, uint32_t y)
{
	if (a->fns[x].kind != b->fns[y].kind || strcmp(a->fns[x].name, b->fns[y].name) != 0)
		return false;
	/* One file may have been given another name. Of several, directories are as seen from where the command ran. */
	return (!a->file_count && !b->file_count) ||
	       strcmp(fs_base_name(profile_source_of(a, x)), fs_base_name(profile_source_of(b, y))) == 0;
}

/* The same function in another version: by name, kind and file, of several the n-th. */
static uint32_t match(const struct profile *in, const struct profile *of, uint32_t fn)
{
	size_t ordinal = 0;

	for (uint32_t i = 0; i < fn; i++)
		ordinal += is_alike(of, i, of, fn);
	for (uint32_t i = 0; i < in->fn_count; i++) {
		if (is_alike(in, i, of, fn) && ordinal-- == 0)
			return i;
	}
	return PROFILE_NONE;
}

/* As the user named it, where it is one file. */
static const char *file_of(const struct profile *profile, uint32_t fn, const char *source)
{
	return profile->file_count || bench_kind_of(source)->build == bench_project_build ? profile_source_of(profile, fn) : source;
}

/* Executions of a run of the line that is as far behind the function's first one. */
static double count_at(const struct profile *profile, uint32_t fn, uint32_t offset, enum bench_metric_id id)
{
	for (size_t i = 0; i < profile->line_count; i++) {
		if (profile->lines[i].fn == fn && profile->lines[i].line == profile->fns[fn].from + offset)
			return count_of(&profile->lines[i], id) / (double)profile->runs;
	}
	return 0;
}

/* Where a rise shows: the line of the function that rose most, else its first. `other` is the function before, or PROFILE_NONE. */
static uint32_t place(const struct profile *before, uint32_t other, const struct profile *after, uint32_t fn, enum bench_metric_id id)
{
	uint32_t line = after->fns[fn].from;
	double most = 0;

	for (size_t i = 0; (id == METRIC_LINES || id == METRIC_BLOCKS) && i < after->line_count; i++) {
		const struct profile_line *row = &after->lines[i];
		uint32_t offset = row->line - after->fns[fn].from;
		double rise = row->fn == fn ? count_of(row, id) / (double)after->runs : 0;

		if (rise > 0 && other != PROFILE_NONE)
			rise -= count_at(before, other, offset, id);
		if (rise > most) {
			most = rise;
			line = row->line;
		}
	}
	return line;
}

static void tell_cause(struct bench_line *line, const char *name, double from, double to)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_puts(&text, name);
	strbuf_puts(&text, " ");
	unit_mean_count(&text, from);
	strbuf_puts(&text, " → ");
	unit_mean_count(&text, to);
	strbuf_printf(&text, " %s", line->id == METRIC_LINES ? "executed lines" : bench_metrics[line->id].name);
	if (line->cause_file)
		strbuf_printf(&text, ", %s", line->cause_file);
	if (line->cause_file && line->cause_line)
		strbuf_printf(&text, ":%u", line->cause_line);
	line->cause = strbuf_take(&text);
}

static void find_cause(struct bench_line *line, const struct profile *before, const struct profile *after, const char *source)
{
	double most = 0, from = 0, to = 0;
	uint32_t cause = PROFILE_NONE, cause_before = PROFILE_NONE;
	char *name;

	for (uint32_t i = 0; i < after->fn_count; i++) {
		uint32_t other = match(before, after, i);
		double now = sum_of(after, i, line->id) / (double)runs_of(after, line->id);
		double then = other == PROFILE_NONE ? 0 : sum_of(before, other, line->id) / (double)runs_of(before, line->id);

		if (now - then > most) {
			most = now - then;
			from = then;
			to = now;
			cause = i;
			cause_before = other;
		}
	}
	if (cause == PROFILE_NONE) {
		/* No function's own: what the standard library allocates around main. */
		if (line->id == METRIC_ALLOCATIONS)
			tell_cause(line, "outside of all functions:", (double)before->outside.allocations / (double)before->memory_runs,
				   (double)after->outside.allocations / (double)after->memory_runs);
		return;
	}
	line->cause_line = place(before, cause_before, after, cause, line->id);
	line->cause_file = xstrdup(file_of(after, cause, source));
	name = xasprintf("`%s`", after->fns[cause].name);
	tell_cause(line, name, from, to);
	free(name);
}

void bench_exact_compare(struct bench_line *line, const struct profile *before, const struct profile *after, const char *source)
{
	bool vary_before, vary_after;

	line->a = bench_exact(before, line->id, &vary_before);
	line->b = bench_exact(after, line->id, &vary_after);
	line->present = line->a >= 0 && line->b >= 0;
	if (!line->present)
		return;
	line->varies = vary_before || vary_after;
	if (line->b > line->a)
		find_cause(line, before, after, source);
}

/* ---- parts of the time --------------------------------------------------------------------------------------------------------------- */

static const struct report_fn *row_of(const struct report *report, uint32_t fn)
{
	for (size_t i = 0; i < report->fn_count; i++) {
		if (report->fns[i].fn == fn)
			return &report->fns[i];
	}
	return NULL;
}

static int by_change(const void *a, const void *b)
{
	const struct bench_share *x = a, *y = b;
	double one = fabs(x->self_after - x->self_before), other = fabs(y->self_after - y->self_before);

	return (one < other) - (one > other);
}

static void add_share(struct bench_report *report, const char *name, const char *file, uint32_t line, const struct report_fn *before,
		      const struct report_fn *after)
{
	struct bench_share share = {.name = xstrdup(name), .file = file ? xstrdup(file) : NULL, .line = line};

	share.before = before ? before->self_percent : -1;
	share.after = after ? after->self_percent : -1;
	share.self_before = before && before->self_ns > 0 ? before->self_ns : 0;
	share.self_after = after && after->self_ns > 0 ? after->self_ns : 0;
	report->shares = xrealloc(report->shares, report->share_count + 1, sizeof share);
	report->shares[report->share_count++] = share;
}

void bench_shares(struct bench_report *report, const struct profile *before, const struct profile *after)
{
	struct report *a = report_new(before), *b = report_new(after);

	for (size_t i = 0; i < b->fn_count; i++) {
		uint32_t other = match(before, after, b->fns[i].fn);
		const struct profile_fn *fn = &after->fns[b->fns[i].fn];

		add_share(report, fn->name, file_of(after, b->fns[i].fn, report->source), fn->from,
			  other == PROFILE_NONE ? NULL : row_of(a, other), &b->fns[i]);
	}
	for (size_t i = 0; i < a->fn_count; i++) {
		if (match(after, before, a->fns[i].fn) == PROFILE_NONE)
			add_share(report, before->fns[a->fns[i].fn].name, NULL, 0, &a->fns[i], NULL);
	}
	if (report->share_count)
		qsort(report->shares, report->share_count, sizeof *report->shares, by_change);
	while (report->share_count > MOST_SHARES) {
		report->share_count--;
		free(report->shares[report->share_count].name);
		free(report->shares[report->share_count].file);
	}
	report_free(a);
	report_free(b);
}
