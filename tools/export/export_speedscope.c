/*
 * speedscope's file format: one profile a weight (time, calls, bytes), as opens and closes of frames. A sum of many runs has no order in
 * time, so the frames stand as in a flame graph: by name.
 */
#include "export_names.h"
#include "exporters.h"
#include "flame_layout.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void put_frame(const struct export_names *names, const struct profile *p, uint32_t fn, struct strbuf *out)
{
	strbuf_puts(out, "{\"name\":");
	export_json_string(out, export_name(names, fn));
	if (fn != PROFILE_NONE) {
		strbuf_puts(out, ",\"file\":");
		export_json_string(out, export_file(names, p, fn));
		if (p->fns[fn].from)
			strbuf_printf(out, ",\"line\":%" PRIu32, p->fns[fn].from);
	}
	strbuf_puts(out, "}");
}

static void put_event(struct strbuf *out, char type, uint32_t frame, uint64_t at, const char **comma)
{
	strbuf_printf(out, "%s{\"type\":\"%c\",\"frame\":%" PRIu32 ",\"at\":%" PRIu64 "}", *comma, type, frame, at);
	*comma = ",\n";
}

/* Functions are frames by their number; what belongs to none comes behind them. */
static uint32_t frame_number(const struct profile *p, uint32_t fn)
{
	return fn == PROFILE_NONE ? (uint32_t)p->fn_count : fn;
}

static void put_events(const struct flame *flame, const struct profile *p, struct strbuf *out)
{
	uint32_t *open = xcalloc((size_t)flame->depth + 1, sizeof *open), depth = 0;
	const char *comma = "";

	for (size_t i = 1; i <= flame->count; i++) {
		uint32_t until = i < flame->count ? flame->frames[i].depth : 1;

		for (; depth >= until; depth--) { /* what is not around the next one has ended */
			const struct flame_frame *inner = &flame->frames[open[depth]];

			put_event(out, 'C', frame_number(p, inner->fn), inner->start + inner->total, &comma);
		}
		if (i == flame->count)
			break;
		put_event(out, 'O', frame_number(p, flame->frames[i].fn), flame->frames[i].start, &comma);
		open[depth = until] = (uint32_t)i;
	}
	free(open);
}

static void put_profile(const struct paths *paths, const struct export_names *names, const struct profile *p, struct strbuf *out)
{
	static const char *const labels[] = {[PATHS_TIME] = "time", [PATHS_CALLS] = "calls", [PATHS_BYTES] = "bytes allocated"};
	static const char *const units[] = {[PATHS_TIME] = "nanoseconds", [PATHS_CALLS] = "none", [PATHS_BYTES] = "bytes"};
	struct strbuf name = STRBUF_INIT;
	struct flame flame;

	strbuf_printf(&name, "%s ", labels[paths->weight]);
	export_scope(&name, paths->iterations);
	if (paths->derived)
		strbuf_puts(&name, " (" EXPORT_DERIVED ")");
	strbuf_puts(out, "{\"type\":\"evented\",\"name\":");
	export_json_string(out, name.data);
	strbuf_printf(out, ",\"unit\":\"%s\",\"startValue\":0,\"endValue\":%" PRIu64 ",\"events\":[\n", units[paths->weight], paths->total);
	flame_layout(&flame, paths, names, 0);
	put_events(&flame, p, out);
	strbuf_puts(out, "\n]}");
	flame_free(&flame);
	strbuf_free(&name);
}

static int speedscope_write(const struct report *report, const struct export_options *options, struct strbuf *out, struct err *err)
{
	const struct profile *p = report->profile;
	struct paths *paths = export_paths(report, options, options->weight, err);
	struct export_names names;

	if (!paths)
		return -1;
	export_names_init(&names, p);
	strbuf_puts(out,
		    "{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\",\n\"exporter\":\"ruchy-prof " RUCHY_PROF_VERSION
		    "\",\n\"name\":");
	export_json_string(out, names.title);
	strbuf_puts(out, ",\n\"activeProfileIndex\":0,\n\"shared\":{\"frames\":[\n");
	for (uint32_t i = 0; i < p->fn_count; i++) {
		put_frame(&names, p, i, out);
		strbuf_puts(out, ",\n");
	}
	put_frame(&names, p, PROFILE_NONE, out);
	strbuf_puts(out, "\n]},\n\"profiles\":[\n");
	put_profile(paths, &names, p, out); /* the one that was asked for first, empty or not */
	for (int other = 0; other < 3; other++) {
		paths_free(paths);
		paths = NULL;
		if ((enum paths_weight)other == options->weight)
			continue;
		paths = export_paths(report, options, (enum paths_weight)other, err);
		if (paths->total) {
			strbuf_puts(out, ",\n");
			put_profile(paths, &names, p, out);
		}
	}
	strbuf_puts(out, "\n]}\n");
	paths_free(paths);
	export_names_free(&names, p);
	return 0;
}

const struct exporter export_speedscope = {
    .name = "speedscope",
    .suffix = ".speedscope.json",
    .summary = "for speedscope: time, calls and bytes",
    .write = speedscope_write,
};
