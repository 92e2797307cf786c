/* bench_run_format.c - results without a baseline. CSV and the first fields of JSON are those of the real `ruchy bench`. */
#include "bench_format.h"
#include "bench_run.h"
#include "json_values.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MS 1e6

static void peak(struct strbuf *out, const struct bench_entry *e, const struct bench_style *style)
{
	if (e->peak_rss > 0)
		bench_value(out, UNIT_BYTES, e->peak_rss, style->ascii);
	else
		strbuf_puts(out, "not measured");
}

static void text_entry(struct strbuf *out, const struct bench_run *run, const struct bench_entry *e, const struct bench_style *style)
{
	static const char *const rows[] = {"Min:", "Max:", "Average:", "StdDev:", "Median:"};
	double values[] = {stats_quantile(e->wall, e->count, 0), stats_quantile(e->wall, e->count, 1), stats_mean(e->wall, e->count),
			   stats_stddev(e->wall, e->count), e->median.value};

	strbuf_printf(out, "=== Benchmark Results ===\nFile: %s\nWarmup: %llu iterations\nBenchmark: %zu iterations", e->source,
		      (unsigned long long)run->warmup, e->count);
	if (e->repeats > 1)
		strbuf_printf(out, " of %llu runs in a row", (unsigned long long)e->repeats);
	strbuf_puts(out, "\n\n");
	for (size_t i = 0; style->verbose && i < e->count; i++) {
		strbuf_printf(out, "  Iteration %zu/%zu: ", i + 1, e->count);
		bench_value(out, UNIT_NS, e->wall[i], style->ascii);
		strbuf_puts(out, "\n");
	}
	strbuf_puts(out, "Statistics:\n");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		strbuf_printf(out, "  %-9s", rows[i]);
		if (isnan(values[i]))
			strbuf_puts(out, "not known");
		else
			bench_value(out, UNIT_NS, values[i], style->ascii);
		if (i == 4 && e->count > 1) {
			strbuf_puts(out, "  (95% interval ");
			bench_value(out, UNIT_NS, e->median.lo, style->ascii);
			strbuf_puts(out, " to ");
			bench_value(out, UNIT_NS, e->median.hi, style->ascii);
			strbuf_puts(out, ")");
		}
		strbuf_puts(out, "\n");
	}
	strbuf_puts(out, "  CPU:     ");
	bench_value(out, UNIT_NS, stats_mean(e->user, e->count), style->ascii);
	strbuf_puts(out, " user, ");
	bench_value(out, UNIT_NS, stats_mean(e->system, e->count), style->ascii);
	strbuf_puts(out, " system\n  Peak RSS: ");
	peak(out, e, style);
	strbuf_puts(out, "\n\n");
}

static void text(struct strbuf *out, const struct bench_run *run, const struct bench_style *style)
{
	for (size_t i = 0; i < run->count; i++)
		text_entry(out, run, &run->entries[i], style);
	if (run->count > 1)
		strbuf_printf(out, "Fastest: %s\n", run->entries[run->fastest].source);
	for (size_t i = 0; i < run->count; i++) {
		const struct bench_entry *e = &run->entries[i];

		if (i == run->fastest)
			continue;
		strbuf_printf(out, "  %.3gx the time: %s  (95%% interval ", e->slower.value, e->source);
		if (isfinite(e->slower.hi) && e->slower.lo > 0)
			strbuf_printf(out, "%.3g to %.3g)\n", e->slower.lo, e->slower.hi);
		else
			strbuf_puts(out, "not known: too few rounds)\n");
	}
	for (size_t i = 0; i < run->doubts.warning_count; i++)
		strbuf_printf(out, "Warning: %s\n", run->doubts.warnings[i]);
	for (size_t i = 0; i < run->doubts.note_count; i++)
		strbuf_printf(out, "Note: %s\n", run->doubts.notes[i]);
}

static json_t *entry_object(const struct bench_run *run, const struct bench_entry *e)
{
	json_t *object = json_object(), *times = json_array(), *statistics = json_object();

	for (size_t i = 0; i < e->count; i++)
		json_array_append_new(times, json_real(e->wall[i] / MS));
	json_object_set_new(statistics, "min_ms", json_finite(stats_quantile(e->wall, e->count, 0) / MS));
	json_object_set_new(statistics, "max_ms", json_finite(stats_quantile(e->wall, e->count, 1) / MS));
	json_object_set_new(statistics, "mean_ms", json_finite(stats_mean(e->wall, e->count) / MS));
	json_object_set_new(statistics, "stddev_ms", json_finite(stats_stddev(e->wall, e->count) / MS));
	json_object_set_new(statistics, "median_ms", json_finite(e->median.value / MS));
	json_object_set_new(statistics, "median_lo_ms", json_finite(e->median.lo / MS));
	json_object_set_new(statistics, "median_hi_ms", json_finite(e->median.hi / MS));
	json_object_set_new(statistics, "user_ms", json_finite(stats_mean(e->user, e->count) / MS));
	json_object_set_new(statistics, "system_ms", json_finite(stats_mean(e->system, e->count) / MS));
	json_object_set_new(statistics, "peak_rss_bytes", e->peak_rss > 0 ? json_integer((json_int_t)e->peak_rss) : json_null());
	json_object_set_new(object, "file", json_text(e->source));
	json_object_set_new(object, "warmup", json_integer((json_int_t)run->warmup));
	json_object_set_new(object, "iterations", json_integer((json_int_t)e->count));
	json_object_set_new(object, "repeats", json_integer((json_int_t)e->repeats));
	json_object_set_new(object, "timings_ms", times);
	json_object_set_new(object, "statistics", statistics);
	if (run->count > 1) {
		json_object_set_new(object, "ratio_to_fastest", json_finite(e->slower.value));
		json_object_set_new(object, "ratio_lo", json_finite(e->slower.lo));
		json_object_set_new(object, "ratio_hi", json_finite(e->slower.hi));
	}
	return object;
}

/* One file: the object of the real ruchy, with more fields. Several: those in a list. */
static void json(struct strbuf *out, const struct bench_run *run, const struct bench_style *style)
{
	json_t *root, *results = json_array();
	char *dumped;

	(void)style;
	for (size_t i = 0; i < run->count; i++)
		json_array_append_new(results, entry_object(run, &run->entries[i]));
	if (run->count == 1) {
		root = json_incref(json_array_get(results, 0));
		json_decref(results);
	} else {
		root = json_object();
		json_object_set_new(root, "fastest", json_text(run->entries[run->fastest].source));
		json_object_set_new(root, "results", results);
	}
	json_object_set_new(root, "schema_version", json_integer(1));
	dumped = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
	strbuf_puts(out, dumped ? dumped : "");
	strbuf_puts(out, "\n");
	free(dumped);
	json_decref(root);
}

static void csv(struct strbuf *out, const struct bench_run *run, const struct bench_style *style)
{
	(void)style;
	strbuf_puts(out, "file,warmup,iterations,min_ms,max_ms,mean_ms,stddev_ms,median_ms\n");
	for (size_t i = 0; i < run->count; i++) {
		const struct bench_entry *e = &run->entries[i];

		strbuf_puts(out, "\"");
		for (const char *s = e->source; *s; s++)
			strbuf_printf(out, *s == '"' ? "\"\"" : "%c", *s);
		strbuf_printf(out, "\",%llu,%zu,%.6f,%.6f,%.6f,", (unsigned long long)run->warmup, e->count,
			      stats_quantile(e->wall, e->count, 0) / MS, stats_quantile(e->wall, e->count, 1) / MS,
			      stats_mean(e->wall, e->count) / MS);
		if (e->count > 1)
			strbuf_printf(out, "%.6f", stats_stddev(e->wall, e->count) / MS);
		strbuf_printf(out, ",%.6f\n", e->median.value / MS);
	}
}

static void markdown(struct strbuf *out, const struct bench_run *run, const struct bench_style *style)
{
	strbuf_puts(out, "| File | Median | 95% interval | Min | Max | Peak RSS | Ratio |\n|---|---:|---:|---:|---:|---:|---:|\n");
	for (size_t i = 0; i < run->count; i++) {
		const struct bench_entry *e = &run->entries[i];
		double values[] = {e->median.value, e->median.lo, e->median.hi, stats_quantile(e->wall, e->count, 0),
				   stats_quantile(e->wall, e->count, 1)};
		static const char *const gaps[] = {" | ", " to ", " | ", " | ", " | "};

		strbuf_printf(out, "| `%s` | ", e->source);
		for (size_t k = 0; k < 5; k++) {
			bench_value(out, UNIT_NS, values[k], style->ascii);
			strbuf_puts(out, gaps[k]);
		}
		peak(out, e, style);
		strbuf_printf(out, " | %.3g |\n", e->slower.value);
	}
}

const struct bench_run_format bench_run_formats[] = {{"text", text}, {"json", json}, {"csv", csv}, {"markdown", markdown}, {0}};

void bench_run_hyperfine(struct strbuf *out, const struct bench_run *run)
{
	struct bench_hyperfine *results = xcalloc(run->count + 1, sizeof *results);

	for (size_t i = 0; i < run->count; i++) {
		const struct bench_entry *e = &run->entries[i];

		results[i] = (struct bench_hyperfine){e->command, e->wall, e->user, e->system, e->rss, e->codes, e->count};
	}
	bench_hyperfine(out, results, run->count);
	free(results);
}
