/*
 * source_map.h - read a Source Map v3 and ask it for places. The bytes come from outside: nothing in them is trusted.
 *
 * Lines and columns are 1-based here, columns count bytes as rustc's messages do for ASCII text.
 */
#ifndef SOURCE_MAP_H
#define SOURCE_MAP_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source_map;

struct source_place {
	const char *source; /* lives as long as the map */
	uint32_t line, column;
};

/* NULL and `err` (with `path` as its place) on anything that is no map. Free of shared state. */
struct source_map *source_map_parse(const char *json, size_t size, const char *path, struct err *err);
void source_map_free(struct source_map *map);
/* The generated file's name, "" when the map doesn't say. */
const char *source_map_file(const struct source_map *map);
/*
 * The place of line:column: the last mapping at or before it on that line, else the first behind it there. Column 0: the line's first.
 * False: no mapping on that line.
 */
bool source_map_find(const struct source_map *map, uint32_t line, uint32_t column, struct source_place *place);
/* The first place that is mapped to; false when there is none. */
bool source_map_first(const struct source_map *map, struct source_place *place);
/* A function of the generated text, with its name in Ruchy. */
struct source_map_function {
	uint32_t from, to; /* generated lines */
	char *name;
};
/*
 * The function whose generated text holds the line: where several do, one whose last part of the name is `base`, else the innermost.
 * `closure`: closures alone, else all others. NULL where the map does not say (only ours do).
 */
const struct source_map_function *source_map_function(const struct source_map *map, uint32_t line, const char *base, bool closure);
/* The same map for a file at `output`: `file` is its name, `sources` are relative to its directory. NULL and `err`. Caller frees. */
char *source_map_place(const char *json, size_t size, const char *output, const char *source, struct err *err);

#endif
