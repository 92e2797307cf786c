/*
 * The processed format of the Firefox Profiler, version 55, which every later one reads: a thread a weight (time, calls, bytes), a sample a
 * call path with its weight. The path's lines are there too, so the source view shows them.
 */
#include "export_names.h"
#include "exporters.h"

#include <inttypes.h>
#include <stdlib.h>

#define VERSION 55

struct firefox {
	const struct report *report;
	const struct profile *p;
	const struct paths *paths;
	struct export_names names;
	struct strbuf *out;
	struct context_tree stacks; /* (caller's stack, function, line) */
	struct context_tree frames; /* (0, function, line) */
	uint32_t *stack_of;	    /* of each self */
};

static uint32_t line_or_start(const struct firefox *w, uint32_t fn, uint32_t line)
{
	return line || fn == PROFILE_NONE ? line : w->p->fns[fn].from;
}

/* Functions are numbered as in the profile; what belongs to none comes behind them. */
static size_t number(const struct firefox *w, uint32_t fn)
{
	return fn == PROFILE_NONE ? w->p->fn_count : fn;
}

static void collect(struct firefox *w)
{
	struct {
		uint32_t fn, line;
	} *trail = xcalloc(w->paths->count, sizeof *trail);

	w->stack_of = xcalloc(w->paths->self_count + 1, sizeof *w->stack_of);
	for (size_t i = 0; i < w->paths->self_count; i++) {
		uint32_t line = w->paths->selfs[i].line, stack = 0;
		size_t depth = 0;

		for (uint32_t node = w->paths->selfs[i].node; node; node = w->paths->nodes[node].parent) {
			uint32_t fn = w->paths->nodes[node].fn;

			trail[depth].fn = fn;
			trail[depth++].line = line_or_start(w, fn, line);
			line = w->paths->nodes[node].line;
		}
		while (depth-- > 0)
			stack = context_tree_child(&w->stacks, stack, trail[depth].fn, trail[depth].line);
		w->stack_of[i] = stack;
	}
	free(trail);
}

#define COLUMN(w, key, count, format, ...)                                                                                                 \
	do {                                                                                                                               \
		strbuf_puts((w)->out, "\"" key "\":[");                                                                                    \
		for (size_t i = 0; i < (count); i++)                                                                                       \
			strbuf_printf((w)->out, i ? "," format : format, __VA_ARGS__);                                                     \
		strbuf_puts((w)->out, "]");                                                                                                \
	} while (0)

static void put_stacks(struct firefox *w)
{
	size_t count = w->stacks.count;
	uint32_t *frame_of = xcalloc(count + 1, sizeof *frame_of);

	for (size_t i = 0; i < count; i++)
		frame_of[i] = context_tree_child(&w->frames, 0, w->stacks.rows[i].fn, w->stacks.rows[i].line) - 1;
	strbuf_printf(w->out, "\"stackTable\":{\"length\":%zu,", count);
	strbuf_puts(w->out, "\"prefix\":[");
	for (size_t i = 0; i < count; i++) {
		strbuf_puts(w->out, i ? "," : "");
		if (w->stacks.rows[i].parent)
			strbuf_printf(w->out, "%" PRIu32, w->stacks.rows[i].parent - 1);
		else
			strbuf_puts(w->out, "null");
	}
	strbuf_puts(w->out, "],");
	COLUMN(w, "frame", count, "%" PRIu32, frame_of[i]);
	strbuf_puts(w->out, "},\n");
	free(frame_of);
}

static void put_frames(struct firefox *w)
{
	size_t count = w->frames.count;

	strbuf_printf(w->out, "\"frameTable\":{\"length\":%zu,", count);
	COLUMN(w, "address", count, "%d", -1);
	strbuf_puts(w->out, ",");
	COLUMN(w, "inlineDepth", count, "%d", 0);
	strbuf_puts(w->out, ",");
	COLUMN(w, "category", count, "%d", 0);
	strbuf_puts(w->out, ",");
	COLUMN(w, "subcategory", count, "%d", 0);
	strbuf_puts(w->out, ",");
	COLUMN(w, "func", count, "%zu", number(w, w->frames.rows[i].fn));
	strbuf_puts(w->out, ",");
	COLUMN(w, "nativeSymbol", count, "%s", "null");
	strbuf_puts(w->out, ",");
	COLUMN(w, "innerWindowID", count, "%d", 0);
	strbuf_puts(w->out, ",");
	strbuf_puts(w->out, "\"line\":[");
	for (size_t i = 0; i < count; i++) {
		strbuf_puts(w->out, i ? "," : "");
		if (w->frames.rows[i].line)
			strbuf_printf(w->out, "%" PRIu32, w->frames.rows[i].line);
		else
			strbuf_puts(w->out, "null");
	}
	strbuf_puts(w->out, "],");
	COLUMN(w, "column", count, "%s", "null");
	strbuf_puts(w->out, "},\n");
}

/* Strings are the files, then the functions. */
static void put_functions(struct firefox *w)
{
	size_t count = w->p->fn_count + 1;

	strbuf_printf(w->out, "\"funcTable\":{\"length\":%zu,", count);
	COLUMN(w, "name", count, "%zu", i + w->p->file_count + 1);
	strbuf_puts(w->out, ",");
	COLUMN(w, "isJS", count, "%s", "false");
	strbuf_puts(w->out, ",");
	COLUMN(w, "relevantForJS", count, "%s", "false");
	strbuf_puts(w->out, ",");
	COLUMN(w, "resource", count, "%d", -1);
	strbuf_puts(w->out, ",");
	strbuf_puts(w->out, "\"fileName\":[");
	for (size_t i = 0; i + 1 < count; i++)
		strbuf_printf(w->out, "%" PRIu32 ",", w->p->fns[i].file);
	strbuf_puts(w->out, "null],\"lineNumber\":[");
	for (size_t i = 0; i < count; i++) {
		strbuf_puts(w->out, i ? "," : "");
		if (i + 1 < count && w->p->fns[i].from)
			strbuf_printf(w->out, "%" PRIu32, w->p->fns[i].from);
		else
			strbuf_puts(w->out, "null");
	}
	strbuf_puts(w->out, "],");
	COLUMN(w, "columnNumber", count, "%s", "null");
	strbuf_puts(w->out, "},\n\"stringArray\":[");
	for (size_t i = 0; i <= w->p->file_count; i++) {
		strbuf_puts(w->out, i ? "," : "");
		export_json_string(w->out, w->names.files[i]);
	}
	for (size_t i = 0; i < count; i++) {
		strbuf_puts(w->out, ",");
		export_json_string(w->out, export_name(&w->names, i + 1 < count ? (uint32_t)i : PROFILE_NONE));
	}
	strbuf_puts(w->out, "],\n");
}

/* A time or a count: milliseconds with six decimals, or a whole number. */
static void put_value(struct strbuf *out, const struct paths *paths, uint64_t value)
{
	if (paths->weight == PATHS_TIME)
		strbuf_printf(out, "%" PRIu64 ".%06" PRIu64, value / 1000000, value % 1000000);
	else
		strbuf_printf(out, "%" PRIu64, value);
}

/* Samples stand one after the other, each as long as it weighs, or a millisecond a sample. */
static void put_samples(struct firefox *w)
{
	static const char *const types[] = {[PATHS_TIME] = "tracing-ms", [PATHS_CALLS] = "samples", [PATHS_BYTES] = "bytes"};
	const struct paths *paths = w->paths;

	strbuf_printf(w->out, "\"samples\":{\"length\":%zu,\"weightType\":\"%s\",", paths->self_count, types[paths->weight]);
	COLUMN(w, "stack", paths->self_count, "%" PRIu32, w->stack_of[i] - 1);
	strbuf_puts(w->out, ",\"timeDeltas\":[");
	for (size_t i = 0; i < paths->self_count; i++) {
		strbuf_puts(w->out, i ? "," : "");
		if (paths->weight == PATHS_TIME)
			put_value(w->out, paths, i ? paths->selfs[i - 1].value : 0);
		else
			strbuf_puts(w->out, i ? "1" : "0");
	}
	strbuf_puts(w->out, "],\"weight\":[");
	for (size_t i = 0; i < paths->self_count; i++) {
		strbuf_puts(w->out, i ? "," : "");
		put_value(w->out, paths, paths->selfs[i].value);
	}
	strbuf_puts(w->out, "]},\n");
}

static void put_thread(struct firefox *w)
{
	static const char *const labels[] = {[PATHS_TIME] = "time ", [PATHS_CALLS] = "calls ", [PATHS_BYTES] = "bytes allocated "};
	struct strbuf name = STRBUF_INIT;

	collect(w);
	strbuf_puts(&name, labels[w->paths->weight]);
	export_scope(&name, w->paths->iterations);
	if (w->paths->derived)
		strbuf_puts(&name, " (" EXPORT_DERIVED ")");
	strbuf_puts(w->out, "{\"name\":");
	export_json_string(w->out, name.data);
	strbuf_printf(w->out, ",\"isMainThread\":%s,\"processName\":", w->paths->weight == PATHS_TIME ? "true" : "false");
	export_json_string(w->out, w->names.title);
	strbuf_printf(w->out,
		      ",\"processType\":\"default\",\"pid\":\"1\",\"tid\":%d,\"registerTime\":0,\"unregisterTime\":null,"
		      "\"processStartupTime\":0,\"processShutdownTime\":null,\"pausedRanges\":[],\"showMarkersInTimeline\":false,\n",
		      (int)w->paths->weight + 1);
	strbuf_puts(w->out,
		    "\"markers\":{\"length\":0,\"category\":[],\"data\":[],\"endTime\":[],\"name\":[],\"phase\":[],\"startTime\":[]},\n"
		    "\"nativeSymbols\":{\"length\":0,\"address\":[],\"functionSize\":[],\"libIndex\":[],\"name\":[]},\n"
		    "\"resourceTable\":{\"length\":0,\"lib\":[],\"name\":[],\"host\":[],\"type\":[]},\n");
	put_samples(w);
	put_stacks(w);
	put_frames(w);
	put_functions(w);
	w->out->size -= 2; /* the last comma */
	strbuf_puts(w->out, "}");
	strbuf_free(&name);
	free(w->stack_of);
	context_tree_free(&w->stacks);
	context_tree_free(&w->frames);
}

static void put_meta(const struct firefox *w)
{
	strbuf_puts(w->out,
		    "{\"meta\":{\"categories\":[{\"name\":\"Ruchy\",\"color\":\"orange\",\"subcategories\":[\"Other\"]}],\"debug\":false,"
		    "\"extensions\":{\"length\":0,\"baseURL\":[],\"id\":[],\"name\":[]},\"interval\":");
	strbuf_printf(w->out, "%.6f,\"preprocessedProfileVersion\":%d,\"processType\":0,\"product\":",
		      w->p->sample_period_ns ? (double)w->p->sample_period_ns / 1e6 : 1.0, VERSION);
	export_json_string(w->out, w->names.title);
	strbuf_puts(w->out, ",\"sampleUnits\":{\"time\":\"ms\",\"eventDelay\":\"ms\",\"threadCPUDelta\":\"\xc2\xb5s\"},\"startTime\":0,"
			    "\"symbolicated\":true,\"pausedRanges\":[],\"version\":24,\"usesOnlyOneStackType\":true,"
			    "\"sourceCodeIsNotOnSearchfox\":true,\"markerSchema\":[]},\n"
			    "\"libs\":[],\"pages\":[],\"profilerOverhead\":[],\"counters\":[],\n\"threads\":[\n");
}

static int firefox_write(const struct report *report, const struct export_options *options, struct strbuf *out, struct err *err)
{
	struct firefox w = {.report = report, .p = report->profile, .out = out};
	bool first = true;

	export_names_init(&w.names, w.p);
	put_meta(&w);
	for (int weight = 0; weight < 3; weight++) {
		struct paths *paths = export_paths(report, options, (enum paths_weight)weight, err);

		if (!paths) {
			export_names_free(&w.names, w.p);
			return -1;
		}
		w.paths = paths;
		if (paths->total || weight == PATHS_TIME) {
			strbuf_puts(out, first ? "" : ",\n");
			put_thread(&w);
			first = false;
		}
		paths_free(paths);
	}
	strbuf_puts(out, "\n]}\n");
	export_names_free(&w.names, w.p);
	return 0;
}

const struct exporter export_firefox = {
    .name = "firefox",
    .suffix = ".firefox.json",
    .summary = "for profiler.firefox.com: time, calls and bytes by call path",
    .write = firefox_write,
};
