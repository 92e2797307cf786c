/* source_map.c - the reader. Indexed maps (with "sections") are refused; "names" and "sourcesContent" are of no use here and not looked at.
 */
#include "source_map.h"
#include "strbuf.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct mapping {
	uint32_t line, column; /* generated, 0-based */
	uint32_t source, source_line, source_column;
};

struct source_map {
	char *file;
	char **sources;
	size_t source_count;
	struct mapping *mappings; /* in order of their generated place */
	size_t mapping_count, mapping_capacity;
	struct source_map_function *functions;
	size_t function_count;
};

#define LARGEST_NUMBER 0x3fffffff /* of lines, columns and sources: sums of two still fit */

/* ---- mappings ---------------------------------------------------------------------------------------------------------------- */

/* The value of a base 64 digit, -1 for any other character. */
static int digit_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* One number at *at, added to *sum. False: none is there, or the sum leaves its bounds. */
static bool take_number(const char **at, const char *end, int64_t *sum)
{
	uint64_t bits = 0;
	int shift = 0, digit;

	do {
		digit = *at < end ? digit_of(**at) : -1;
		if (digit < 0 || shift > 30)
			return false;
		bits |= (uint64_t)(digit & 31) << shift;
		shift += 5;
		(*at)++;
	} while (digit & 32);
	*sum += bits & 1 ? -(int64_t)(bits >> 1) : (int64_t)(bits >> 1);
	return *sum >= 0 && *sum <= LARGEST_NUMBER;
}

static bool at_end_of_segment(const char *at, const char *end)
{
	return at == end || *at == ',' || *at == ';';
}

static void add(struct source_map *map, const struct mapping *mapping)
{
	if (map->mapping_count == map->mapping_capacity) {
		map->mapping_capacity = map->mapping_capacity ? 2 * map->mapping_capacity : 256;
		map->mappings = xrealloc(map->mappings, map->mapping_capacity, sizeof *map->mappings);
	}
	map->mappings[map->mapping_count++] = *mapping;
}

static int by_place(const void *left, const void *right)
{
	const struct mapping *a = left, *b = right;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->column < b->column ? -1 : a->column > b->column;
}

/* Segments of 1 field (no place), 4, or 5 (with a name). Returns where it went wrong, NULL when all is well. */
static const char *read_mappings(struct source_map *map, const char *at, const char *end)
{
	int64_t column = 0, source = 0, line = 0, source_column = 0, name = 0;
	uint32_t row = 0;
	bool sorted = true;

	while (at < end) {
		const char *start = at;

		if (*at == ';' || *at == ',') {
			if (*at++ == ';') {
				if (row++ == LARGEST_NUMBER)
					return start;
				column = 0;
			}
			continue;
		}
		if (!take_number(&at, end, &column))
			return start;
		if (at_end_of_segment(at, end))
			continue;
		if (!take_number(&at, end, &source) || !take_number(&at, end, &line) || !take_number(&at, end, &source_column) ||
		    (size_t)source >= map->source_count)
			return start;
		if (!at_end_of_segment(at, end) && (!take_number(&at, end, &name) || !at_end_of_segment(at, end)))
			return start;
		add(map, &(struct mapping){row, (uint32_t)column, (uint32_t)source, (uint32_t)line, (uint32_t)source_column});
		sorted = sorted && (map->mapping_count < 2 ||
				    by_place(&map->mappings[map->mapping_count - 2], &map->mappings[map->mapping_count - 1]) <= 0);
	}
	if (!sorted)
		qsort(map->mappings, map->mapping_count, sizeof *map->mappings, by_place);
	return NULL;
}

/* ---- the other fields ----------------------------------------------------------------------------------------------------------- */

static int read_sources(struct source_map *map, const json_t *root, const char *path, struct err *err)
{
	const json_t *sources = json_object_get(root, "sources");
	const char *base = json_string_value(json_object_get(root, "sourceRoot"));

	if (!json_is_array(sources))
		return err_set(err, path, NULL, "this source map has no list of sources");
	map->sources = xcalloc(json_array_size(sources) + 1, sizeof *map->sources);
	for (size_t i = 0; i < json_array_size(sources); i++) {
		const char *name = json_string_value(json_array_get(sources, i)); /* null: a source without name */

		map->sources[map->source_count++] =
		    xasprintf("%s%s%s", base ? base : "", base && *base && base[strlen(base) - 1] != '/' ? "/" : "", name ? name : "?");
	}
	return 0;
}

/* Ours alone, and not needed: what does not look right is left out. */
static void read_functions(struct source_map *map, const json_t *root)
{
	const json_t *list = json_object_get(root, "x_ruchy_functions");

	map->functions = xcalloc(json_array_size(list) + 1, sizeof *map->functions);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *row = json_array_get(list, i), *from = json_array_get(row, 0), *to = json_array_get(row, 1);
		const char *name = json_string_value(json_array_get(row, 2));

		if (!name || json_integer_value(from) < 1 || json_integer_value(to) < json_integer_value(from) ||
		    json_integer_value(to) > LARGEST_NUMBER)
			continue;
		map->functions[map->function_count++] =
		    (struct source_map_function){(uint32_t)json_integer_value(from), (uint32_t)json_integer_value(to), xstrdup(name)};
	}
}

static int fill(struct source_map *map, const json_t *root, const char *path, struct err *err)
{
	const json_t *mappings = json_object_get(root, "mappings");
	const char *file = json_string_value(json_object_get(root, "file")), *wrong;

	if (!json_is_object(root) || json_integer_value(json_object_get(root, "version")) != 3)
		return err_set(err, path, NULL, "this is no source map of version 3");
	if (json_object_get(root, "sections"))
		return err_set(err, path, NULL, "source maps with sections are not read");
	if (!json_is_string(mappings))
		return err_set(err, path, NULL, "this source map has no mappings");
	map->file = xstrdup(file ? file : "");
	if (read_sources(map, root, path, err) != 0)
		return -1;
	wrong = read_mappings(map, json_string_value(mappings), json_string_value(mappings) + json_string_length(mappings));
	if (wrong)
		return err_set(err, path, NULL, "the mappings of this source map are damaged at character %zu",
			       (size_t)(wrong - json_string_value(mappings)) + 1);
	read_functions(map, root);
	return 0;
}

static json_t *load(const char *json, size_t size, const char *path, struct err *err)
{
	json_error_t error;
	json_t *root = json_loadb(json, size, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);

	if (!root)
		err_set(err, path, NULL, "this is no source map: %s in line %d", error.text, error.line);
	return root;
}

struct source_map *source_map_parse(const char *json, size_t size, const char *path, struct err *err)
{
	json_t *root = load(json, size, path, err);
	struct source_map *map;

	if (!root)
		return NULL;
	map = xcalloc(1, sizeof *map);
	if (fill(map, root, path, err) != 0) {
		source_map_free(map);
		map = NULL;
	}
	json_decref(root);
	return map;
}

void source_map_free(struct source_map *map)
{
	if (!map)
		return;
	for (size_t i = 0; i < map->source_count; i++)
		free(map->sources[i]);
	for (size_t i = 0; i < map->function_count; i++)
		free(map->functions[i].name);
	free(map->functions);
	free(map->sources);
	free(map->mappings);
	free(map->file);
	free(map);
}

/* ---- asking ------------------------------------------------------------------------------------------------------------------------ */

const char *source_map_file(const struct source_map *map)
{
	return map->file;
}

bool source_map_find(const struct source_map *map, uint32_t line, uint32_t column, struct source_place *place)
{
	size_t low = 0, high = map->mapping_count;
	const struct mapping *found;

	if (line == 0)
		return false;
	/* the first mapping behind line:column; column 0 comes before any */
	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct mapping *m = &map->mappings[middle];

		if (m->line < line - 1 || (m->line == line - 1 && m->column < column))
			low = middle + 1;
		else
			high = middle;
	}
	if (low && map->mappings[low - 1].line == line - 1)
		low--;
	if (low == map->mapping_count || map->mappings[low].line != line - 1)
		return false;
	found = &map->mappings[low];
	*place = (struct source_place){map->sources[found->source], found->source_line + 1, found->source_column + 1};
	return true;
}

bool source_map_first(const struct source_map *map, struct source_place *place)
{
	return map->mapping_count && source_map_find(map, map->mappings[0].line + 1, 0, place);
}

static bool is_closure(const char *name)
{
	const char *last = strrchr(name, '{');

	return last && strncmp(last, "{closure", 8) == 0;
}

static bool ends_with_part(const char *name, const char *part)
{
	size_t size = strlen(name), tail = strlen(part);

	return size >= tail && strcmp(name + size - tail, part) == 0 && (size == tail || name[size - tail - 1] == ':');
}

const struct source_map_function *source_map_function(const struct source_map *map, uint32_t line, const char *base, bool closure)
{
	const struct source_map_function *best = NULL;
	bool best_named = false;

	for (size_t i = 0; i < map->function_count; i++) {
		const struct source_map_function *f = &map->functions[i];
		bool named = ends_with_part(f->name, base);

		if (line < f->from || line > f->to || is_closure(f->name) != closure)
			continue;
		if (!best || named > best_named || (named == best_named && f->to - f->from < best->to - best->from)) {
			best = f;
			best_named = named;
		}
	}
	return best;
}
