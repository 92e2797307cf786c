/*
 * The report for programs. Keys and units: docs/json.md, docs/profile.schema.json. What was not measured is null, never 0.
 * Keys are only ever added within one version of the schema.
 */
#include "export_diff.h"
#include "export_json_rows.h"
#include "export_select.h"
#include "exporters.h"
#include "json_values.h"
#include "rprof_raw.h"

#include <jansson.h>
#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA "ruchy-prof.profile/1"

struct view {
	const struct report *report;
	const struct profile *p;
	uint32_t fn; /* PROFILE_NONE = the whole program */
};

/* ---- values ---- */

/* JSON has no size limit for integers, but Jansson ends at 2^63 - 1: what is larger is written as a real number. */
static json_t *count(uint64_t value)
{
	return value <= INT64_MAX ? json_integer((json_int_t)value) : json_real((double)value);
}

static json_t *measured(uint64_t value)
{
	return value == PROFILE_ABSENT ? json_null() : count(value);
}

static json_t *line(uint32_t value)
{
	return value == 0 ? json_null() : json_integer(value);
}

/* A sum over runs as the part of one run: an integer when it is one. */
static json_t *per_run(const struct profile *p, uint64_t sum)
{
	if (p->runs == 0 || sum == PROFILE_ABSENT)
		return json_null();
	return sum % p->runs == 0 ? count(sum / p->runs) : json_real(report_per_run(p, sum));
}

/* Whole nanoseconds; negative = not known. */
static json_t *ns(double value)
{
	if (!(value >= 0))
		return json_null();
	return value < 9e18 ? json_integer((json_int_t)llround(value)) : json_real(value);
}

/* Cut, not rounded, after six decimals, so that shares do not add up to more than 100. */
static json_t *percent(double value)
{
	return value >= 0 ? json_real(floor(value * 1e6) / 1e6) : json_null();
}

static json_t *ratio(double value)
{
	return value >= 0 ? json_real(round(value * 1e6) / 1e6) : json_null();
}

static void append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) != 0)
		abort();
}

/* ---- parts ---- */

static json_t *toolchain(const struct profile *p)
{
	json_t *o = json_object();

	json_put(o, "ruchy", json_known_text(p->ruchy_version));
	json_put(o, "rustc", json_known_text(p->rustc_version));
	json_put(o, "ruchy_prof", json_known_text(p->tool_version));
	json_put(o, "flags", json_known_text(p->rustc_flags));
	json_put(o, "host", json_known_text(p->host));
	return o;
}

static json_t *durations(const struct profile_times *times)
{
	json_t *o, *interval;
	double lo, hi;

	if (times->n == 0)
		return json_null();
	o = json_object();
	interval = json_array();
	profile_times_ci95(times, &lo, &hi);
	/* For few and uneven runs the interval may reach below zero, where no time is. */
	append(interval, ns(fmax(lo, 0)));
	append(interval, ns(fmax(hi, 0)));
	json_put(o, "runs", count(times->n));
	json_put(o, "mean", ns(profile_times_mean(times)));
	json_put(o, "median", count(profile_times_quantile(times, 0.5)));
	json_put(o, "min", count(times->min_ns));
	json_put(o, "max", count(times->max_ns));
	json_put(o, "ci95", interval);
	return o;
}

static const char *source_name(enum report_source source)
{
	return source == REPORT_SAMPLES ? "samples" : source == REPORT_CLOCK ? "clock" : NULL;
}

static const char *base_name(const struct report *report)
{
	static const char *const names[] = {[REPORT_OF_WALL] = "wall", [REPORT_OF_CPU] = "cpu", [REPORT_OF_CLOCK] = "clock"};

	return report->base_ns >= 0 ? names[report->base] : NULL;
}

static json_t *times(const struct report *report)
{
	const struct profile *p = report->profile;
	json_t *o = json_object();

	json_put(o, "plain_ns", durations(&p->wall[PROFILE_PLAIN]));
	json_put(o, "instrumented_ns", durations(&p->wall[PROFILE_INSTRUMENTED]));
	json_put(o, "plain_cpu_ns", durations(&p->cpu[PROFILE_PLAIN]));
	json_put(o, "instrumented_cpu_ns", durations(&p->cpu[PROFILE_INSTRUMENTED]));
	json_put(o, "overhead", ratio(report->overhead));
	json_put(o, "source", json_text(source_name(report->source)));
	json_put(o, "base", json_text(base_name(report)));
	json_put(o, "base_ns", ns(report->base_ns));
	json_put(o, "waiting_ns", ns(report->waiting_ns));
	json_put(o, "queued_ns", ns(report->queued_ns));
	json_put(o, "blocked_ns", ns(report->blocked_ns));
	return o;
}

static json_t *samples(const struct report *report)
{
	const struct profile *p = report->profile;
	json_t *o;

	if (p->sample_runs == 0)
		return json_null();
	o = json_object();
	json_put(o, "method", json_known_text(p->sample_method));
	json_put(o, "runs", count(p->sample_runs));
	json_put(o, "period_ns", p->sample_period_ns > 0 ? count(p->sample_period_ns) : json_null());
	json_put(o, "total", count(p->samples));
	json_put(o, "inside", count(report->samples));
	json_put(o, "outside", count(p->samples_outside));
	return o;
}

static const char *clock_name(uint32_t clock)
{
	switch (clock) {
	case RPROF_CLOCK_TSC:
		return "tsc";
	case RPROF_CLOCK_CNTVCT:
		return "cntvct";
	case RPROF_CLOCK_OS:
		return "os";
	default:
		return NULL;
	}
}

static json_t *source_of(const struct profile *p, uint32_t fn)
{
	return json_known_text(profile_source_of(p, fn));
}

static json_t *flags(uint32_t bits)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} names[] = {
	    {PROFILE_RECURSIVE, "recursive"}, {PROFILE_ASYNC, "async"}, {PROFILE_GENERIC, "generic"},
	    {PROFILE_TEST, "test"},	      {PROFILE_PURE, "pure"},
	};
	json_t *array = json_array();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (bits & names[i].bit)
			append(array, json_text(names[i].name));
	return array;
}

/* What holds for every function, with a row in the report or without. */
static json_t *function_place(const struct profile *p, uint32_t fn)
{
	static const char *const kinds[] = {
	    [PROFILE_FN] = "fn",	   [PROFILE_METHOD] = "method",	  [PROFILE_CLOSURE] = "closure",
	    [PROFILE_INLINED] = "inlined", [PROFILE_SKIPPED] = "skipped",
	};
	const struct profile_fn *f = &p->fns[fn];
	json_t *o = json_object();

	json_put(o, "id", json_integer(fn));
	json_put(o, "name", json_text(f->name));
	json_put(o, "kind", json_text(f->kind <= PROFILE_SKIPPED ? kinds[f->kind] : NULL));
	json_put(o, "flags", flags(f->flags));
	json_put(o, "file", source_of(p, fn));
	json_put(o, "line_start", line(f->from));
	json_put(o, "line_end", line(f->to));
	json_put(o, "rust_line_start", line(f->rust_from));
	json_put(o, "rust_line_end", line(f->rust_to));
	return o;
}

static json_t *per_memory_run(const struct profile *p, uint64_t sum)
{
	return sum % p->memory_runs == 0 ? count(sum / p->memory_runs) : json_real(report_memory_per_run(p, sum));
}

/* NULL: not counted. */
static void set_allocations(json_t *o, const struct profile *p, const struct profile_memory *memory)
{
	json_put(o, "allocations", memory ? per_memory_run(p, memory->allocations) : json_null());
	json_put(o, "reallocations", memory ? per_memory_run(p, memory->reallocations) : json_null());
	json_put(o, "allocated_bytes", memory ? per_memory_run(p, memory->bytes) : json_null());
	json_put(o, "largest_bytes", memory ? count(memory->largest_bytes) : json_null());
	json_put(o, "leaked", memory ? per_memory_run(p, memory->leaked) : json_null());
	json_put(o, "leaked_bytes", memory ? per_memory_run(p, memory->leaked_bytes) : json_null());
}

static json_t *allocations(const struct profile *p, const struct profile_memory *memory)
{
	json_t *o;

	if (!memory)
		return json_null();
	o = json_object();
	set_allocations(o, p, memory);
	json_put(o, "at_peak_bytes", count(memory->at_peak_bytes));
	return o;
}

/* Of the run that counts arguments; null where there was none. */
static json_t *arguments(const struct profile_fn *f)
{
	bool values = f->argument_calls > 0;
	json_t *o;

	if (!values && f->deepest == 0)
		return json_null();
	o = json_object();
	json_put(o, "calls", values ? count(f->argument_calls) : json_null());
	json_put(o, "distinct", values ? count(f->argument_values) : json_null());
	json_put(o, "error", values ? count(f->argument_error) : json_null());
	json_put(o, "deepest", f->deepest ? count(f->deepest) : json_null());
	json_put(o, "stack_used_bytes", f->stack_size ? count(f->stack_used) : json_null());
	json_put(o, "stack_size_bytes", f->stack_size ? count(f->stack_size) : json_null());
	return o;
}

static json_t *function(const struct report *report, const struct report_fn *row)
{
	const struct profile *p = report->profile;
	const struct profile_fn *f = &p->fns[row->fn];
	bool counted = row->calls != PROFILE_ABSENT, sampled = row->source == REPORT_SAMPLES;
	json_t *o = function_place(p, row->fn);

	json_put(o, "calls", counted ? per_run(p, f->calls) : json_null());
	json_put(o, "calls_min", counted ? count(f->calls_min) : json_null());
	json_put(o, "calls_max", counted ? count(f->calls_max) : json_null());
	json_put(o, "calls_total", counted ? count(f->calls) : json_null());
	json_put(o, "self_ns", ns(row->self_ns));
	json_put(o, "inclusive_ns", ns(row->total_ns));
	json_put(o, "self_percent", percent(row->self_percent));
	json_put(o, "self_percent_error", sampled ? ratio(report_share_error(f->samples_self, report->samples)) : json_null());
	json_put(o, "blocked_ns", ns(row->blocked_ns));
	json_put(o, "time_source", json_text(source_name(row->source)));
	json_put(o, "samples_self", p->sample_runs > 0 ? count(f->samples_self) : json_null());
	json_put(o, "samples_inclusive", p->sample_runs > 0 ? count(f->samples_total) : json_null());
	json_put(o, "clock_off", json_boolean(f->clock_off > 0));
	json_put(o, "memory", allocations(p, counted && p->memory_runs > 0 ? &f->memory : NULL));
	json_put(o, "arguments", arguments(f));
	return o;
}

/* A function that the report has no row for: nothing was measured. */
static json_t *function_without_code(const struct profile *p, uint32_t fn)
{
	static const char *const unknown[] = {
	    "calls",	    "calls_min",	  "calls_max",	"calls_total", "self_ns",      "inclusive_ns",
	    "self_percent", "self_percent_error", "blocked_ns", "time_source", "samples_self", "samples_inclusive",
	};
	json_t *o = function_place(p, fn);

	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		json_put(o, unknown[i], json_null());
	json_put(o, "clock_off", json_false());
	json_put(o, "memory", json_null());
	json_put(o, "arguments", json_null());
	return o;
}

static json_t *functions(const struct view *view)
{
	const struct report *r = view->report;
	json_t *array = json_array();
	bool *shown = xcalloc(view->p->fn_count + 1, sizeof(*shown));

	for (size_t i = 0; i < r->fn_count; i++) {
		shown[r->fns[i].fn] = true;
		if (view->fn == PROFILE_NONE || view->fn == r->fns[i].fn)
			append(array, function(r, &r->fns[i]));
	}
	for (uint32_t i = 0; i < view->p->fn_count; i++)
		if (!shown[i] && view->fn == PROFILE_NONE)
			append(array, function_without_code(view->p, i));
	free(shown);
	return array;
}

static json_t *hotspots(const struct view *view)
{
	json_t *array = json_array();

	for (size_t i = 0; i < view->report->hotspot_count; i++) {
		const struct report_hotspot *spot = &view->report->hotspots[i];
		json_t *o;

		if (view->fn != PROFILE_NONE && view->fn != spot->fn)
			continue;
		o = json_object();
		json_put(o, "file", source_of(view->p, spot->fn));
		json_put(o, "line_start", line(spot->from));
		json_put(o, "line_end", line(spot->to));
		json_put(o, "function", json_text(view->p->fns[spot->fn].name));
		json_put(o, "function_id", json_integer(spot->fn));
		json_put(o, "self_ns", ns(spot->self_ns));
		json_put(o, "percent", percent(spot->percent));
		json_put(o, "note", json_text(spot->note));
		append(array, o);
	}
	return array;
}

/* Only where allocations were counted by line. */
static json_t *allocation_lines(const struct profile *p)
{
	json_t *array = json_array();

	for (size_t i = 0; i < p->site_count; i++) {
		const struct profile_site *site = &p->sites[i];
		json_t *o = json_object();

		json_put(o, "function_id", json_integer(site->fn));
		json_put(o, "line", site->line ? json_integer(site->line) : json_null());
		set_allocations(o, p, &site->memory);
		json_put(o, "at_peak_bytes", count(site->memory.at_peak_bytes));
		json_put(o, "ended", per_memory_run(p, site->ended));
		json_put(o, "short_lived", per_memory_run(p, site->soon));
		json_put(o, "short_lived_bytes", per_memory_run(p, site->soon_bytes));
		json_put(o, "freed_elsewhere", per_memory_run(p, site->elsewhere));
		json_put(o, "mean_life_bytes", site->ended ? json_real((double)site->lifetime_bytes / (double)site->ended) : json_null());
		append(array, o);
	}
	return array;
}

static json_t *memory(const struct report *report)
{
	const struct profile *p = report->profile;
	bool counted = p->memory_runs > 0;
	json_t *o = json_object();

	json_put(o, "peak_rss_bytes", measured(p->peak_rss_bytes));
	json_put(o, "state", json_known_text(p->memory));
	set_allocations(o, p, counted ? &report->memory : NULL);
	json_put(o, "peak_live_bytes", counted ? measured(p->peak_live_bytes) : json_null());
	json_put(o, "outside", allocations(p, counted ? &p->outside : NULL));
	if (counted && p->site_count > 0)
		json_put(o, "lines", allocation_lines(p));
	return o;
}

static json_t *recommendations(const struct view *view)
{
	static const char *const levels[] = {[REPORT_OK] = "ok", [REPORT_NOTE] = "note", [REPORT_WARNING] = "warning"};
	const struct report *r = view->report;
	json_t *array = json_array();

	for (size_t i = 0; i < r->advice_count; i++) {
		const struct report_advice *advice = &r->advice[i];
		bool one = advice->fn != PROFILE_NONE;
		json_t *o;

		if (view->fn != PROFILE_NONE && view->fn != advice->fn)
			continue;
		o = json_object();
		json_put(o, "id", json_text(advice->id));
		json_put(o, "level", json_text(levels[advice->level]));
		json_put(o, "message", json_text(advice->message));
		json_put(o, "evidence", json_text(advice->evidence));
		json_put(o, "gain", advice->gain ? json_text(advice->gain) : json_null());
		json_put(o, "function", one ? json_text(view->p->fns[advice->fn].name) : json_null());
		json_put(o, "file", one && *view->p->source_path ? json_text(view->p->source_path) : json_null());
		json_put(o, "line", line(advice->line));
		append(array, o);
	}
	return array;
}

static json_t *skipped(const struct profile *p)
{
	json_t *array = json_array();

	for (size_t i = 0; i < p->skip_count; i++) {
		json_t *o = json_object();

		json_put(o, "rust_line", line(p->skips[i].rust_line));
		json_put(o, "reason", json_text(p->skips[i].reason));
		if (p->file_count > 0)
			json_put(o, "rust_file", json_known_text(profile_file(p, p->skips[i].file).rust_path));
		append(array, o);
	}
	return array;
}

/* Only where there are several: else the keys of the document say it. */
static json_t *files(const struct profile *p)
{
	json_t *array = json_array();

	for (uint32_t i = 0; i <= p->file_count; i++) {
		struct profile_file file = profile_file(p, i);
		json_t *o = json_object();

		json_put(o, "file", json_known_text(*file.source_path ? file.source_path : file.rust_path));
		json_put(o, "source_hash", json_known_text(file.source_hash));
		json_put(o, "rust_file", json_known_text(file.rust_path));
		append(array, o);
	}
	return array;
}

static json_t *document(const struct view *view)
{
	const struct profile *p = view->p;
	json_t *o = json_object();

	json_put(o, "schema", json_text(SCHEMA));
	if (*p->program)
		json_put(o, "program", json_known_text(p->program));
	if (p->file_count > 0)
		json_put(o, "files", files(p));
	json_put(o, "file", source_of(p, PROFILE_NONE));
	json_put(o, "source_hash", json_known_text(p->source_hash));
	json_put(o, "rust_file", json_known_text(p->rust_path));
	json_put(o, "iterations", count(p->runs > 0 ? p->runs : p->wall[PROFILE_PLAIN].n));
	json_put(o, "unfinished_runs", count(p->unfinished_runs));
	json_put(o, "failed_runs", count(p->failed_runs));
	json_put(o, "exit_status", p->failed_runs > 0 ? count(p->exit_status) : json_null());
	json_put(o, "lost_threads", count(p->lost_threads));
	json_put(o, "counts_exact", p->runs == 0 ? json_null() : json_boolean(p->lost_threads == 0));
	json_put(o, "clock", json_text(clock_name(p->clock)));
	json_put(o, "function", view->fn == PROFILE_NONE ? json_null() : json_text(p->fns[view->fn].name));
	json_put(o, "toolchain", toolchain(p));
	json_put(o, "time", times(view->report));
	json_put(o, "samples", samples(view->report));
	json_put(o, "memory", memory(view->report));
	json_put(o, "functions", functions(view));
	json_put(o, "edges", json_null()); /* put_rows() writes them */
	json_put(o, "hotspots", hotspots(view));
	json_put(o, "lines", json_null());
	json_put(o, "recommendations", recommendations(view));
	json_put(o, "skipped", skipped(p));
	return o;
}

static int to_strbuf(const char *data, size_t size, void *out)
{
	strbuf_add(out, data, size);
	return 0;
}

/* Up to the value null of a key of the document itself, which put_rows() then writes. What is deeper is indented further. */
static const char *put_up_to(struct strbuf *out, const char *from, const char *key)
{
	char *mark = xasprintf("\n  \"%s\": null", key);
	const char *at = strstr(from, mark);

	strbuf_add(out, from, (size_t)(at - from) + strlen(mark) - strlen("null"));
	at += strlen(mark);
	free(mark);
	return at;
}

/* The long tables go from the profile into the text, since a tree of all their rows would take gigabytes. */
static void put_rows(const struct view *view, const char *text, struct strbuf *out)
{
	char **names = json_rows_names(view->p);

	text = put_up_to(out, text, "edges");
	json_rows_edges(view->p, names, view->fn, out);
	text = put_up_to(out, text, "lines");
	json_rows_lines(view->report, names, view->fn, out);
	strbuf_puts(out, text);
	json_rows_free(view->p, names);
}

static int json_write(const struct report *report, const struct export_options *options, struct strbuf *out, struct err *err)
{
	struct view view = {.report = report, .p = report->profile, .fn = PROFILE_NONE};
	struct strbuf text = STRBUF_INIT;
	json_t *root;
	int status;

	if (options->function && export_select_function(report, options->function, &view.fn, err) != 0)
		return -1;
	root = document(&view);
	/* 15 digits are what a double holds of a decimal number: more would show 99.7 as 99.700000000000003. */
	status = json_dump_callback(root, to_strbuf, &text, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
	json_decref(root);
	malloc_trim(0); /* the tree of ten thousand functions is large, and so is what comes now */
	if (status != 0)
		return err_set(err, NULL, NULL, "cannot write the report as JSON: out of memory");
	put_rows(&view, text.data, out);
	strbuf_puts(out, "\n");
	strbuf_free(&text);
	return 0;
}

const struct exporter export_json = {
    .name = "json",
    .suffix = ".json",
    .summary = "for programs: everything, as in docs/json.md",
    .write = json_write,
    .diff = json_diff,
};
