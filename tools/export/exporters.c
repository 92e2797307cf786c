/* The table of formats. */
#include "exporters.h"
#include "compress.h"

#include <string.h>

/* clang-format off */
const struct exporter *const exporters[] = { /* a row each */
    &export_text,
    &export_json,
    &export_annotate,
    &export_html,
    &export_flamegraph,
    &export_folded,
    &export_pprof,
    &export_callgrind,
    &export_speedscope,
    &export_firefox,
    &export_chrome,
    &export_dhat,
    &export_sarif,
    NULL,
};
/* clang-format on */

const struct exporter *exporter_find(const char *name)
{
	for (size_t i = 0; exporters[i]; i++)
		if (strcmp(exporters[i]->name, name) == 0)
			return exporters[i];
	return NULL;
}

/* How much of `name` the exporter knows, 0 = it is not its. */
static size_t fit(const struct exporter *exporter, const char *name, size_t size)
{
	size_t suffix = exporter->suffix ? strlen(exporter->suffix) : 0, prefix = exporter->prefix ? strlen(exporter->prefix) : 0;

	if (suffix > 0 && size > suffix && strncmp(name + size - suffix, exporter->suffix, suffix) == 0)
		return suffix;
	/* callgrind.out, callgrind.out.123, but not callgrind.outer */
	if (prefix > 0 && size >= prefix && strncmp(name, exporter->prefix, prefix) == 0 && (size == prefix || name[prefix] == '.'))
		return prefix;
	return 0;
}

const struct exporter *exporter_for_path(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t size = strlen(name), best = 0;
	const struct exporter *found = NULL;

	size -= compress_of(path) == COMPRESS_GZIP ? 3 : compress_of(path) == COMPRESS_ZSTD ? 4 : 0;
	for (size_t i = 0; exporters[i]; i++) {
		size_t length = fit(exporters[i], name, size);

		if (length > best) {
			best = length;
			found = exporters[i];
		}
	}
	return found;
}
