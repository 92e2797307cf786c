/*
 * The report for programs. Keys and units: docs/json.md, docs/profile.schema.json. What was not measured is null, never 0.
 * Keys are only ever added within one version of the schema.
 */
#include "export_diff.h"
#include "export_json_rows.h"
#include "export_select.h"
#include "export_utf8.h"
#include "exporters.h"
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

static json_t *text(const char *value)
{
	struct strbuf repaired = STRBUF_INIT;
	json_t *json;

	if (value == NULL)
		return json_null();
	utf8_repair(&repaired, value);
	json = json_stringn_nocheck(repaired.size > 0 ? repaired.data : "", repaired.size);
	strbuf_free(&repaired);
	return json;
}

/* "" means that it is not known. */
static json_t *known_text(const char *value)
{
	return value && *value ? text(value) : json_null();
}

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

static void set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new_nocheck(object, key, value) != 0)
		abort(); /* only when memory is short, where all other tools code ends too */
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

	set(o, "ruchy", known_text(p->ruchy_version));
	set(o, "rustc", known_text(p->rustc_version));
	set(o, "ruchy_prof", known_text(p->tool_version));
	set(o, "flags", known_text(p->rustc_flags));
	set(o, "host", known_text(p->host));
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
	set(o, "runs", count(times->n));
	set(o, "mean", ns(profile_times_mean(times)));
	set(o, "median", count(profile_times_quantile(times, 0.5)));
	set(o, "min", count(times->min_ns));
	set(o, "max", count(times->max_ns));
	set(o, "ci95", interval);
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

	set(o, "plain_ns", durations(&p->wall[PROFILE_PLAIN]));
	set(o, "instrumented_ns", durations(&p->wall[PROFILE_INSTRUMENTED]));
	set(o, "plain_cpu_ns", durations(&p->cpu[PROFILE_PLAIN]));
	set(o, "instrumented_cpu_ns", durations(&p->cpu[PROFILE_INSTRUMENTED]));
	set(o, "overhead", ratio(report->overhead));
	set(o, "source", text(source_name(report->source)));
	set(o, "base", text(base_name(report)));
	set(o, "base_ns", ns(report->base_ns));
	set(o, "waiting_ns", ns(report->waiting_ns));
	set(o, "queued_ns", ns(report->queued_ns));
	set(o, "blocked_ns", ns(report->blocked_ns));
	return o;
}

static json_t *samples(const struct report *report)
{
	const struct profile *p = report->profile;
	json_t *o;

	if (p->sample_runs == 0)
		return json_null();
	o = json_object();
	set(o, "method", known_text(p->sample_method));
	set(o, "runs", count(p->sample_runs));
	set(o, "period_ns", p->sample_period_ns > 0 ? count(p->sample_period_ns) : json_null());
	set(o, "total", count(p->samples));
	set(o, "inside", count(report->samples));
	set(o, "outside", count(p->samples_outside));
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
	return known_text(profile_source_of(p, fn));
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
			append(array, text(names[i].name));
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

	set(o, "id", json_integer(fn));
	set(o, "name", text(f->name));
	set(o, "kind", text(f->kind <= PROFILE_SKIPPED ? kinds[f->kind] : NULL));
	set(o, "flags", flags(f->flags));
	set(o, "file", source_of(p, fn));
	set(o, "line_start", line(f->from));
	set(o, "line_end", line(f->to));
	set(o, "rust_line_start", line(f->rust_from));
	set(o, "rust_line_end", line(f->rust_to));
	return o;
}

static json_t *per_memory_run(const struct profile *p, uint64_t sum)
{
	return sum % p->memory_runs == 0 ? count(sum / p->memory_runs) : json_real(report_memory_per_run(p, sum));
}

/* NULL: not counted. */
static void set_allocations(json_t *o, const struct profile *p, const struct profile_memory *memory)
{
	set(o, "allocations", memory ? per_memory_run(p, memory->allocations) : json_null());
	set(o, "reallocations", memory ? per_memory_run(p, memory->reallocations) : json_null());
	set(o, "allocated_bytes", memory ? per_memory_run(p, memory->bytes) : json_null());
	set(o, "largest_bytes", memory ? count(memory->largest_bytes) : json_null());
	set(o, "leaked", memory ? per_memory_run(p, memory->leaked) : json_null());
	set(o, "leaked_bytes", memory ? per_memory_run(p, memory->leaked_bytes) : json_null());
}

static json_t *allocations(const struct profile *p, const struct profile_memory *memory)
{
	json_t *o;

	if (!memory)
		return json_null();
	o = json_object();
	set_allocations(o, p, memory);
	set(o, "at_peak_bytes", count(memory->at_peak_bytes));
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
	set(o, "calls", values ? count(f->argument_calls) : json_null());
	set(o, "distinct", values ? count(f->argument_values) : json_null());
	set(o, "error", values ? count(f->argument_error) : json_null());
	set(o, "deepest", f->deepest ? count(f->deepest) : json_null());
	set(o, "stack_used_bytes", f->stack_size ? count(f->stack_used) : json_null());
	set(o, "stack_size_bytes", f->stack_size ? count(f->stack_size) : json_null());
	return o;
}

static json_t *function(const struct report *report, const struct report_fn *row)
{
	const struct profile *p = report->profile;
	const struct profile_fn *f = &p->fns[row->fn];
	bool counted = row->calls != PROFILE_ABSENT, sampled = row->source == REPORT_SAMPLES;
	json_t *o = function_place(p, row->fn);

	set(o, "calls", counted ? per_run(p, f->calls) : json_null());
	set(o, "calls_min", counted ? count(f->calls_min) : json_null());
	set(o, "calls_max", counted ? count(f->calls_max) : json_null());
	set(o, "calls_total", counted ? count(f->calls) : json_null());
	set(o, "self_ns", ns(row->self_ns));
	set(o, "inclusive_ns", ns(row->total_ns));
	set(o, "self_percent", percent(row->self_percent));
	set(o, "self_percent_error", sampled ? ratio(report_share_error(f->samples_self, report->samples)) : json_null());
	set(o, "blocked_ns", ns(row->blocked_ns));
	set(o, "time_source", text(source_name(row->source)));
	set(o, "samples_self", p->sample_runs > 0 ? count(f->samples_self) : json_null());
	set(o, "samples_inclusive", p->sample_runs > 0 ? count(f->samples_total) : json_null());
	set(o, "clock_off", json_boolean(f->clock_off > 0));
	set(o, "memory", allocations(p, counted && p->memory_runs > 0 ? &f->memory : NULL));
	set(o, "arguments", arguments(f));
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
		set(o, unknown[i], json_null());
	set(o, "clock_off", json_false());
	set(o, "memory", json_null());
	set(o, "arguments", json_null());
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
		set(o, "file", source_of(view->p, spot->fn));
		set(o, "line_start", line(spot->from));
		set(o, "line_end", line(spot->to));
		set(o, "function", text(view->p->fns[spot->fn].name));
		set(o, "function_id", json_integer(spot->fn));
		set(o, "self_ns", ns(spot->self_ns));
		set(o, "percent", percent(spot->percent));
		set(o, "note", text(spot->note));
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

		set(o, "function_id", json_integer(site->fn));
		set(o, "line", site->line ? json_integer(site->line) : json_null());
		set_allocations(o, p, &site->memory);
		set(o, "at_peak_bytes", count(site->memory.at_peak_bytes));
		set(o, "ended", per_memory_run(p, site->ended));
		set(o, "short_lived", per_memory_run(p, site->soon));
		set(o, "short_lived_bytes", per_memory_run(p, site->soon_bytes));
		set(o, "freed_elsewhere", per_memory_run(p, site->elsewhere));
		set(o, "mean_life_bytes", site->ended ? json_real((double)site->lifetime_bytes / (double)site->ended) : json_null());
		append(array, o);
	}
	return array;
}

static json_t *memory(const struct report *report)
{
	const struct profile *p = report->profile;
	bool counted = p->memory_runs > 0;
	json_t *o = json_object();

	set(o, "peak_rss_bytes", measured(p->peak_rss_bytes));
	set(o, "state", known_text(p->memory));
	set_allocations(o, p, counted ? &report->memory : NULL);
	set(o, "peak_live_bytes", counted ? measured(p->peak_live_bytes) : json_null());
	set(o, "outside", allocations(p, counted ? &p->outside : NULL));
	if (counted && p->site_count > 0)
		set(o, "lines", allocation_lines(p));
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
		set(o, "id", text(advice->id));
		set(o, "level", text(levels[advice->level]));
		set(o, "message", text(advice->message));
		set(o, "evidence", text(advice->evidence));
		set(o, "gain", advice->gain ? text(advice->gain) : json_null());
		set(o, "function", one ? text(view->p->fns[advice->fn].name) : json_null());
		set(o, "file", one && *view->p->source_path ? text(view->p->source_path) : json_null());
		set(o, "line", line(advice->line));
		append(array, o);
	}
	return array;
}

static json_t *skipped(const struct profile *p)
{
	json_t *array = json_array();

	for (size_t i = 0; i < p->skip_count; i++) {
		json_t *o = json_object();

		set(o, "rust_line", line(p->skips[i].rust_line));
		set(o, "reason", text(p->skips[i].reason));
		if (p->file_count > 0)
			set(o, "rust_file", known_text(profile_file(p, p->skips[i].file).rust_path));
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

		set(o, "file", known_text(*file.source_path ? file.source_path : file.rust_path));
		set(o, "source_hash", known_text(file.source_hash));
		set(o, "rust_file", known_text(file.rust_path));
		append(array, o);
	}
	return array;
}

static json_t *document(const struct view *view)
{
	const struct profile *p = view->p;
	json_t *o = json_object();

	set(o, "schema", text(SCHEMA));
	if (*p->program)
		set(o, "program", known_text(p->program));
	if (p->file_count > 0)
		set(o, "files", files(p));
	set(o, "file", source_of(p, PROFILE_NONE));
	set(o, "source_hash", known_text(p->source_hash));
	set(o, "rust_file", known_text(p->rust_path));
	set(o, "iterations", count(p->runs > 0 ? p->runs : p->wall[PROFILE_PLAIN].n));
	set(o, "unfinished_runs", count(p->unfinished_runs));
	set(o, "failed_runs", count(p->failed_runs));
	set(o, "exit_status", p->failed_runs > 0 ? count(p->exit_status) : json_null());
	set(o, "lost_threads", count(p->lost_threads));
	set(o, "counts_exact", p->runs == 0 ? json_null() : json_boolean(p->lost_threads == 0));
	set(o, "clock", text(clock_name(p->clock)));
	set(o, "function", view->fn == PROFILE_NONE ? json_null() : text(p->fns[view->fn].name));
	set(o, "toolchain", toolchain(p));
	set(o, "time", times(view->report));
	set(o, "samples", samples(view->report));
	set(o, "memory", memory(view->report));
	set(o, "functions", functions(view));
	set(o, "edges", json_null()); /* put_rows() writes them */
	set(o, "hotspots", hotspots(view));
	set(o, "lines", json_null());
	set(o, "recommendations", recommendations(view));
	set(o, "skipped", skipped(p));
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
