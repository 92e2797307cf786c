/* The table of formats. */
#include "exporters.h"

#include <string.h>

const struct exporter *const exporters[] = {&export_text, &export_json, &export_annotate, NULL};

const struct exporter *exporter_find(const char *name)
{
	for (size_t i = 0; exporters[i]; i++)
		if (strcmp(exporters[i]->name, name) == 0)
			return exporters[i];
	return NULL;
}

const struct exporter *exporter_for_path(const char *path)
{
	size_t size = strlen(path);

	for (size_t i = 0; exporters[i]; i++) {
		size_t suffix = exporters[i]->suffix ? strlen(exporters[i]->suffix) : 0;

		if (suffix > 0 && size > suffix && strcmp(path + size - suffix, exporters[i]->suffix) == 0)
			return exporters[i];
	}
	return NULL;
}
