#include "bench_exact.h"
#include "export_units.h"
#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_SHARES 5

static uint64_t runs_of(const struct profile *profile, enum bench_metric_id id)
{
	return id == METRIC_ALLOCATIONS ? profile->memory_runs : profile->runs;
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
		if (profile->lines[i].fn == fn && profile->lines[i].count != PROFILE_ABSENT)
			sum += (double)profile->lines[i].count;
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
	return sum / (double)runs;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_alike(const struct profile *a, uint32_t x, const struct profile *b, uint32_t y)
{
	if (a->fns[x].kind != b->fns[y].kind || strcmp(a->fns[x].name, b->fns[y].name) != 0)
		return false;
	/* One file may have been given another name. Of several, directories are as seen from where the command ran. */
	return (!a->file_count && !b->file_count) || strcmp(base_name(profile_source_of(a, x)), base_name(profile_source_of(b, y))) == 0;
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

/* Where a rise shows: the most executed line of the function, else its first. */
static uint32_t place(const struct profile *profile, uint32_t fn, enum bench_metric_id id)
{
	uint32_t line = profile->fns[fn].from;
	uint64_t most = 0;

	for (size_t i = 0; id == METRIC_LINES && i < profile->line_count; i++) {
		const struct profile_line *row = &profile->lines[i];

		if (row->fn == fn && row->count != PROFILE_ABSENT && row->count > most) {
			most = row->count;
			line = row->line;
		}
	}
	return line;
}

static void find_cause(struct bench_line *line, const struct profile *before, const struct profile *after, const char *source)
{
	double most = 0, from = 0, to = 0;
	uint32_t cause = PROFILE_NONE;
	struct strbuf text = STRBUF_INIT;

	for (uint32_t i = 0; i < after->fn_count; i++) {
		uint32_t other = match(before, after, i);
		double now = sum_of(after, i, line->id) / (double)runs_of(after, line->id);
		double then = other == PROFILE_NONE ? 0 : sum_of(before, other, line->id) / (double)runs_of(before, line->id);

		if (now - then > most) {
			most = now - then;
			from = then;
			to = now;
			cause = i;
		}
	}
	if (cause == PROFILE_NONE)
		return;
	line->cause_line = place(after, cause, line->id);
	strbuf_printf(&text, "`%s` ", after->fns[cause].name);
	unit_mean_count(&text, from);
	strbuf_puts(&text, " → ");
	unit_mean_count(&text, to);
	line->cause_file = xstrdup(file_of(after, cause, source));
	strbuf_printf(&text, " %s, %s", line->id == METRIC_LINES ? "executed lines" : bench_metrics[line->id].name, line->cause_file);
	if (line->cause_line)
		strbuf_printf(&text, ":%u", line->cause_line);
	line->cause = strbuf_take(&text);
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
