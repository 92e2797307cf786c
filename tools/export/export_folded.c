/*
 * Folded stacks: "main;fibonacci 48150000", outermost first, one line a path, in order. What inferno, FlameGraph and many more read.
 * The number is nanoseconds, calls or bytes, by --weight.
 */
#include "export_names.h"
#include "exporters.h"
#include "flame_layout.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Each line spells its whole path out, so what is far too deep for its size must not be. */
#define SIZE_MOST ((size_t)1 << 30)

/* The separator is part of no name. */
static void put_name(struct strbuf *out, const char *name)
{
	for (const char *mark; (mark = strchr(name, ';')); name = mark + 1) {
		strbuf_add(out, name, (size_t)(mark - name));
		strbuf_puts(out, "\\x3b");
	}
	strbuf_puts(out, name);
}

static int put_frames(const struct flame *flame, const struct export_names *names, struct strbuf *out, struct err *err)
{
	size_t *end = xcalloc((size_t)flame->depth + 1, sizeof *end); /* of the path at each depth, in `path` */
	struct strbuf path = STRBUF_INIT;
	int status = 0;

	for (size_t i = 1; i < flame->count && status == 0; i++) {
		const struct flame_frame *frame = &flame->frames[i];

		path.size = end[frame->depth - 1];
		if (frame->depth > 1)
			strbuf_puts(&path, ";");
		put_name(&path, export_name(names, frame->fn));
		end[frame->depth] = path.size;
		if (frame->self == 0)
			continue;
		strbuf_add(out, path.data, path.size);
		strbuf_printf(out, " %" PRIu64 "\n", frame->self);
		if (out->size > SIZE_MOST)
			status = err_set(err, "folded", "use another format", "the call paths would take more than a gigabyte");
	}
	strbuf_free(&path);
	free(end);
	return status;
}

static int folded_write(const struct report *report, const struct export_options *options, struct strbuf *out, struct err *err)
{
	struct paths *paths = export_paths(report, options, options->weight, err);
	struct export_names names;
	struct flame flame;
	int status;

	if (!paths)
		return -1;
	export_names_init(&names, report->profile);
	flame_layout(&flame, paths, &names, 0);
	status = put_frames(&flame, &names, out, err);
	flame_free(&flame);
	export_names_free(&names, report->profile);
	paths_free(paths);
	return status;
}

const struct exporter export_folded = {
    .name = "folded",
    .suffix = ".folded",
    .summary = "folded stacks, one line a call path, for inferno and FlameGraph",
    .write = folded_write,
};
