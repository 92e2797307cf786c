/*
 * Trace events, for Perfetto, chrome://tracing and speedscope: the frames of the flame graph one beside the other, each as long as it took.
 * The sum of all runs, not a recording of one: what stands to the left did not come first. Times are in microseconds, so that a nanosecond
 * is a thousandth; calls and bytes are shown as if each were a microsecond.
 */
#include "export_names.h"
#include "exporters.h"
#include "flame_layout.h"

#include <inttypes.h>

struct chrome {
	const struct profile *p;
	const struct paths *paths;
	struct export_names names;
	struct strbuf *out;
};

static void put_time(struct strbuf *out, const struct paths *paths, uint64_t value)
{
	if (paths->weight == PATHS_TIME)
		strbuf_printf(out, "%" PRIu64 ".%03" PRIu64, value / 1000, value % 1000);
	else
		strbuf_printf(out, "%" PRIu64, value);
}

static void put_frame(const struct chrome *w, const struct flame_frame *frame)
{
	const struct profile_fn *fn = frame->fn == PROFILE_NONE ? NULL : &w->p->fns[frame->fn];

	strbuf_puts(w->out, ",\n{\"ph\":\"X\",\"pid\":1,\"tid\":1,\"cat\":\"ruchy\",\"name\":");
	export_json_string(w->out, export_name(&w->names, frame->fn));
	strbuf_puts(w->out, ",\"ts\":");
	put_time(w->out, w->paths, frame->start);
	strbuf_puts(w->out, ",\"dur\":");
	put_time(w->out, w->paths, frame->total);
	if (fn) {
		strbuf_puts(w->out, ",\"args\":{\"file\":");
		export_json_string(w->out, export_file(&w->names, w->p, frame->fn));
		if (fn->from)
			strbuf_printf(w->out, ",\"line\":%" PRIu32, fn->from);
		if (w->p->runs > 0 && fn->kind != PROFILE_SKIPPED)
			strbuf_printf(w->out, ",\"calls of the function\":%" PRIu64, paths_count(w->p, w->paths->iterations, fn->calls));
		strbuf_puts(w->out, "}");
	}
	strbuf_puts(w->out, "}");
}

static void put_label(const struct chrome *w, const char *what, const char *label)
{
	strbuf_printf(w->out, "{\"ph\":\"M\",\"pid\":1,\"tid\":1,\"ts\":0,\"name\":\"%s\",\"args\":{\"name\":", what);
	export_json_string(w->out, label);
	strbuf_puts(w->out, "}}");
}

static int chrome_write(const struct report *report, const struct export_options *options, struct strbuf *out, struct err *err)
{
	static const char *const labels[] = {[PATHS_TIME] = "time ", [PATHS_CALLS] = "calls ", [PATHS_BYTES] = "bytes allocated "};
	struct paths *paths = export_paths(report, options, options->weight, err);
	struct chrome w = {.p = report->profile, .paths = paths, .out = out};
	struct strbuf label = STRBUF_INIT;
	struct flame flame;

	if (!paths)
		return -1;
	export_names_init(&w.names, w.p);
	flame_layout(&flame, paths, &w.names, 0);
	strbuf_puts(&label, labels[paths->weight]);
	export_scope(&label, paths->iterations);
	strbuf_puts(&label, paths->derived ? ", added up, not in order; " EXPORT_DERIVED : ", added up, not in order");
	strbuf_puts(out, "{\"displayTimeUnit\":\"ns\",\"otherData\":{\"creator\":\"ruchy-prof " RUCHY_PROF_VERSION "\",\"what\":");
	export_json_string(out, label.data);
	strbuf_puts(out, "},\n\"traceEvents\":[\n");
	put_label(&w, "process_name", w.names.title);
	strbuf_puts(out, ",\n");
	put_label(&w, "thread_name", label.data);
	for (size_t i = 1; i < flame.count; i++)
		put_frame(&w, &flame.frames[i]);
	strbuf_puts(out, "\n]}\n");
	strbuf_free(&label);
	flame_free(&flame);
	export_names_free(&w.names, w.p);
	paths_free(paths);
	return 0;
}

const struct exporter export_chrome = {
    .name = "chrome",
    .suffix = ".trace.json",
    .summary = "trace events for Perfetto and chrome://tracing: the flame graph, not a recording",
    .write = chrome_write,
};
