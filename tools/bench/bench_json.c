/* bench_json.c - the report as JSON (docs/bench.md has the fields), and results in hyperfine's schema. */
#include "bench_format.h"
#include "json_values.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Whole numbers as such, to 2^53. */
static json_t *figure(double value)
{
	return !isfinite(value)				     ? json_null()
	       : value == floor(value) && fabs(value) < 9e15 ? json_integer((json_int_t)value)
							     : json_real(value);
}

static json_t *lower(const char *value)
{
	char word[32];
	size_t i = 0;

	if (!value)
		return json_null();
	for (; value[i] && i < sizeof word - 1; i++)
		word[i] = (char)(value[i] | 0x20);
	word[i] = '\0';
	return json_string(word);
}

static json_t *interval(const struct stats_interval *r)
{
	json_t *object = json_object();

	json_object_set_new(object, "value", json_finite(r->value));
	json_object_set_new(object, "lo", json_finite(r->lo));
	json_object_set_new(object, "hi", json_finite(r->hi));
	return object;
}

static json_t *line_object(const struct bench_line *line)
{
	static const char *const units[] = {"ns", "bytes", "count"};
	const struct bench_metric *metric = &bench_metrics[line->id];
	json_t *object = json_object();

	json_object_set_new(object, "name", json_string(metric->name));
	json_object_set_new(object, "unit", json_string(units[metric->unit]));
	json_object_set_new(object, "exact", json_boolean(metric->exact));
	json_object_set_new(object, "judged", json_boolean(line->judged));
	json_object_set_new(object, "verdict", lower(bench_verdict_name(line->verdict)));
	json_object_set_new(object, "verdict_of_one_layout", lower(bench_verdict_name(line->at_first)));
	json_object_set_new(object, "baseline", line->present ? figure(line->a) : json_null());
	json_object_set_new(object, "current", line->present ? figure(line->b) : json_null());
	json_object_set_new(object, "ratio", line->present ? interval(&line->ratio) : json_null());
	json_object_set_new(object, "threshold_percent", line->judged ? json_finite(100 * line->threshold) : json_null());
	json_object_set_new(object, "cause", json_text(line->cause));
	json_object_set_new(object, "cause_file", json_text(line->cause_file));
	json_object_set_new(object, "cause_line", line->cause_line ? json_integer(line->cause_line) : json_null());
	if (metric->exact || !line->present) {
		json_object_set_new(object, "varies", json_boolean(line->varies));
		return object;
	}
	json_object_set_new(object, "level", json_finite(line->level));
	json_object_set_new(object, "bootstrap_ratio_of_medians", interval(&line->bootstrap));
	json_object_set_new(object, "hodges_lehmann_shift", json_finite(line->shift));
	json_object_set_new(object, "mann_whitney_p", json_finite(line->p));
	json_object_set_new(object, "detectable_percent", json_finite(100 * line->detectable));
	json_object_set_new(object, "baseline_samples", json_integer((json_int_t)line->na));
	json_object_set_new(object, "current_samples", json_integer((json_int_t)line->nb));
	return object;
}

static json_t *part_object(const struct bench_part *part)
{
	json_t *object;

	if (part->a < 0)
		return json_null();
	object = json_object();
	json_object_set_new(object, "baseline_ns", figure(part->a));
	json_object_set_new(object, "current_ns", figure(part->b));
	json_object_set_new(object, "ratio", interval(&part->ratio));
	json_object_set_new(object, "samples", json_integer((json_int_t)part->n));
	return object;
}

static json_t *breakdown(const struct bench_report *r)
{
	json_t *object = json_object(), *functions = json_array();

	json_object_set_new(object, "transpilation", part_object(&r->transpile));
	json_object_set_new(object, "compilation", part_object(&r->rustc));
	json_object_set_new(object, "execution", part_object(&r->execution));
	for (size_t i = 0; i < r->share_count; i++) {
		const struct bench_share *s = &r->shares[i];
		json_t *row = json_object();

		json_object_set_new(row, "function", json_text(s->name));
		json_object_set_new(row, "file", json_text(s->file));
		json_object_set_new(row, "line", s->line ? json_integer(s->line) : json_null());
		json_object_set_new(row, "baseline_percent", s->before < 0 ? json_null() : json_finite(s->before));
		json_object_set_new(row, "current_percent", s->after < 0 ? json_null() : json_finite(s->after));
		json_object_set_new(row, "baseline_self_ns", json_finite(s->self_before));
		json_object_set_new(row, "current_self_ns", json_finite(s->self_after));
		json_array_append_new(functions, row);
	}
	json_object_set_new(object, "functions", functions);
	return object;
}

static json_t *layouts(const struct bench_layouts *l)
{
	json_t *object;

	if (l->count == 0)
		return json_null();
	object = json_object();
	json_object_set_new(object, "count", json_integer((json_int_t)l->count));
	json_object_set_new(object, "rounds", json_integer((json_int_t)l->rounds));
	json_object_set_new(object, "level", json_finite(l->level));
	json_object_set_new(object, "wall_ratio", interval(&l->wall));
	json_object_set_new(object, "cpu_ratio", interval(&l->cpu));
	return object;
}

static json_t *strings(char **texts, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, json_text(texts[i]));
	return array;
}

static json_t *samples(const double *x, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; x && i < n; i++)
		json_array_append_new(array, figure(x[i]));
	return array;
}

static void dump(struct strbuf *out, json_t *root)
{
	char *dumped = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(12));

	strbuf_puts(out, dumped);
	strbuf_puts(out, "\n");
	free(dumped);
	json_decref(root);
}

void bench_json(struct strbuf *out, const struct bench_report *r, const struct bench_style *style)
{
	static const char *const how[] = {"interleaved-kept", "interleaved-rebuilt", "stored-samples"};
	bool gate = strcmp(r->mode, "baseline") != 0;
	json_t *root = json_object(), *metrics = json_array();

	(void)style;
	json_object_set_new(root, "schema_version", json_integer(1));
	json_object_set_new(root, "tool", json_string("ruchy-prof " RUCHY_PROF_VERSION));
	json_object_set_new(root, "mode", json_string(r->mode));
	json_object_set_new(root, "file", json_text(r->source));
	json_object_set_new(root, "verdict", gate ? lower(bench_verdict_name(r->verdict)) : json_null());
	json_object_set_new(root, "baseline", json_text(r->baseline));
	json_object_set_new(root, "current", json_text(r->current));
	json_object_set_new(root, "how", gate ? json_string(how[r->how]) : json_null());
	json_object_set_new(root, "host", json_text(r->host));
	json_object_set_new(root, "baseline_host", json_text(r->baseline_host));
	json_object_set_new(root, "rounds", json_integer((json_int_t)r->rounds));
	json_object_set_new(root, "repeats", json_integer((json_int_t)r->repeats));
	json_object_set_new(root, "seconds", json_finite(r->seconds));
	json_object_set_new(root, "run_seconds", json_finite(r->run_seconds));
	json_object_set_new(root, "queued_share_left_out", r->queued < 0 ? json_null() : json_finite(r->queued));
	for (int i = 0; gate && i < METRICS; i++) {
		if (r->lines[i].present || r->lines[i].judged)
			json_array_append_new(metrics, line_object(&r->lines[i]));
	}
	json_object_set_new(root, "metrics", metrics);
	json_object_set_new(root, "layouts", layouts(&r->layouts));
	json_object_set_new(root, "breakdown", gate ? breakdown(r) : json_null());
	json_object_set_new(root, "baseline_times_ns", samples(r->a_times, r->a_count));
	json_object_set_new(root, "current_times_ns", samples(r->b_times, r->b_count));
	json_object_set_new(root, "baseline_wall_ns", samples(r->a_wall, r->a_count));
	json_object_set_new(root, "current_wall_ns", samples(r->b_wall, r->b_count));
	json_object_set_new(root, "warnings", strings(r->warnings, r->warning_count));
	json_object_set_new(root, "notes", strings(r->notes, r->note_count));
	dump(out, root);
}

/* ---- hyperfine ------------------------------------------------------------------------------------------------------------------------
 */

static double *seconds(const double *ns, size_t n)
{
	double *x = calloc(n + 1, sizeof *x);

	for (size_t i = 0; x && ns && i < n; i++)
		x[i] = ns[i] / 1e9;
	return x;
}

static json_t *hyperfine_result(const struct bench_hyperfine *result)
{
	json_t *object = json_object(), *times = json_array(), *memory = json_array(), *codes = json_array();
	size_t n = result->count;
	double *x = seconds(result->wall_ns, n), *user = seconds(result->user_ns, n), *system = seconds(result->system_ns, n);

	for (size_t i = 0; i < n; i++) {
		json_array_append_new(times, json_real(x[i]));
		json_array_append_new(codes, json_integer(result->codes ? (json_int_t)result->codes[i] : 0));
		if (result->rss_bytes)
			json_array_append_new(memory, figure(result->rss_bytes[i]));
	}
	json_object_set_new(object, "command", json_text(result->command));
	json_object_set_new(object, "mean", json_finite(stats_mean(x, n)));
	json_object_set_new(object, "stddev", json_finite(stats_stddev(x, n)));
	json_object_set_new(object, "median", json_finite(stats_median(x, n)));
	json_object_set_new(object, "user", result->user_ns ? json_finite(stats_mean(user, n)) : json_null());
	json_object_set_new(object, "system", result->system_ns ? json_finite(stats_mean(system, n)) : json_null());
	json_object_set_new(object, "min", json_finite(stats_quantile(x, n, 0)));
	json_object_set_new(object, "max", json_finite(stats_quantile(x, n, 1)));
	json_object_set_new(object, "times", times);
	/* As hyperfine: what is not known is left out. */
	if (n > 0 && json_array_size(memory) == n)
		json_object_set(object, "memory_usage_byte", memory);
	json_decref(memory);
	json_object_set_new(object, "exit_codes", codes);
	free(x);
	free(user);
	free(system);
	return object;
}

void bench_hyperfine(struct strbuf *out, const struct bench_hyperfine *results, size_t count)
{
	json_t *root = json_object(), *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, hyperfine_result(&results[i]));
	json_object_set_new(root, "results", array);
	dump(out, root);
}
