/*
 * Folded stacks: "main;fibonacci 48150000", outermost first, one line a path, in order. What inferno, FlameGraph and many more read.
 * The number is nanoseconds, calls or bytes, by --weight.
 */
#include "export_names.h"
#include "exporters.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The separator is part of no name. */
static void put_name(struct strbuf *out, const char *name)
{
	for (const char *mark; (mark = strchr(name, ';')); name = mark + 1) {
		strbuf_add(out, name, (size_t)(mark - name));
		strbuf_puts(out, "\\x3b");
	}
	strbuf_puts(out, name);
}

static void put_path(struct strbuf *out, const struct paths *paths, const struct export_names *names, uint32_t node, uint32_t *trail)
{
	size_t depth = 0;

	for (; node; node = paths->nodes[node].parent)
		trail[depth++] = node;
	while (depth-- > 0) {
		put_name(out, export_name(names, paths->nodes[trail[depth]].fn));
		if (depth > 0)
			strbuf_add(out, ";", 1);
	}
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Two nodes that differ in the line of a call alone are one stack here; whoever reads this adds them up. */
static int folded_write(const struct report *report, const struct export_options *options, struct strbuf *out, struct err *err)
{
	struct paths *paths = export_paths(report, options, options->weight, err);
	struct export_names names;
	uint32_t *trail;
	char **lines;
	size_t count = 0;

	if (!paths)
		return -1;
	trail = xcalloc(paths->count, sizeof *trail);
	lines = xcalloc(paths->count, sizeof *lines);
	export_names_init(&names, report->profile);
	for (uint32_t i = 1; i < paths->count; i++) {
		struct strbuf line = STRBUF_INIT;

		if (paths->nodes[i].self == 0)
			continue;
		put_path(&line, paths, &names, i, trail);
		strbuf_printf(&line, " %" PRIu64 "\n", paths->nodes[i].self);
		lines[count++] = strbuf_take(&line);
	}
	if (count)
		qsort(lines, count, sizeof *lines, compare_lines);
	for (size_t i = 0; i < count; i++) {
		strbuf_puts(out, lines[i]);
		free(lines[i]);
	}
	free(lines);
	free(trail);
	export_names_free(&names, report->profile);
	paths_free(paths);
	return 0;
}

const struct exporter export_folded = {
    .name = "folded",
    .suffix = ".folded",
    .summary = "folded stacks, one line a call path, for inferno and FlameGraph",
    .write = folded_write,
};
