/* The reader of source maps on any bytes: whatever it accepts answers within its sources, and finds on a line what is on it. */
#include "source_map.h"

#include <stdlib.h>
#include <string.h>

static void ask(const struct source_map *map, uint32_t line, uint32_t column)
{
	struct source_place place;
	const struct source_map_function *function = source_map_function(map, line, "f", column & 1);

	if (source_map_find(map, line, column, &place) && (!place.source || !place.line || !place.column))
		abort();
	/* A line that answers for one column answers for each. */
	if (source_map_find(map, line, column, &place) != source_map_find(map, line, 0, &place))
		abort();
	if (function && (line < function->from || line > function->to || !function->name))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1); /* apart, without a byte behind it */
	struct err err = {0};
	struct source_map *map;
	struct source_place place;

	if (!text)
		abort();
	if (size)
		memcpy(text, data, size);
	map = source_map_parse(text, size, "f.map", &err);
	if (!map != (err.set != 0))
		abort();
	if (map) {
		(void)source_map_file(map);
		(void)source_map_first(map, &place);
		for (uint32_t line = 0; line < 20; line++)
			for (uint32_t column = 0; column < 20; column++)
				ask(map, line, column);
		ask(map, UINT32_MAX, UINT32_MAX);
		free(source_map_place(text, size, "out/f.rs", "src/f.ruchy", &err));
	}
	err_free(&err);
	source_map_free(map);
	free(text);
	return 0;
}
