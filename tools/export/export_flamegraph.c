/* A flame graph as one SVG file: readable as it is, alive in a browser. */
#include "export_names.h"
#include "exporters.h"
#include "flame_svg.h"

static int flamegraph_write(const struct report *report, const struct export_options *options, struct strbuf *out, struct err *err)
{
	struct paths *paths = export_paths(report, options, options->weight, err);

	if (!paths)
		return -1;
	strbuf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	flame_svg(report, paths, true, FLAME_FINE, out);
	paths_free(paths);
	return 0;
}

static int flamegraph_diff(const struct comparison *comparison, const struct export_options *options, struct strbuf *out, struct err *err)
{
	struct paths *after = export_paths(comparison->b, options, options->weight, err), *before;

	if (!after)
		return -1;
	before = paths_new(comparison->a, options->weight, options->recursion);
	strbuf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	flame_svg_diff(comparison, before, after, out);
	paths_free(before);
	paths_free(after);
	return 0;
}

const struct exporter export_flamegraph = {
    .name = "flamegraph",
    .suffix = ".svg",
    .summary = "flame graph (SVG) for a browser: zoom, search, keyboard",
    .write = flamegraph_write,
    .diff = flamegraph_diff,
};
