/*
 * Any text through the symbolizer, with maps that know p.rs and q.rs. Whatever comes, text without our names and prefixes passes unchanged,
 * and the result does not grow beyond all measure.
 */
#include "symbolize.h"

#include <stdlib.h>
#include <string.h>

static const char json[] =
    "{\"version\":3,\"sources\":[\"p.ruchy\"],\"x_ruchy_functions\":[[1,3,\"f\"],[2,2,\"A::g\"],[3,4,\"f::{closure}\"]],"
    "\"mappings\":\"AAAA,EACA;AACA;;AACA\"}";

static void add(struct symbolizer *s, const char *name)
{
	struct err err = {0};
	struct source_map *map = source_map_parse(json, sizeof json - 1, "p.map", &err);

	if (!map)
		abort();
	symbolizer_add(s, name, map, NULL);
}

static void run(struct symbolizer *s, const char *text, size_t size, struct strbuf *out)
{
	while (size) {
		const char *end = memchr(text, '\n', size);
		size_t part = end ? (size_t)(end - text) + 1 : size;
		char *line = malloc(part); /* apart, so that a read beyond it is seen */

		if (!line)
			abort();
		memcpy(line, text, part);
		symbolizer_line(s, line, part, out);
		free(line);
		text += part;
		size -= part;
	}
	symbolizer_flush(s, out);
	if (symbolizer_holds(s))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct symbolizer *s = symbolizer_new();
	struct strbuf out = STRBUF_INIT;

	add(s, "p.rs");
	add(s, "/d/q.rs");
	run(s, text, size, &out);
	if (size && !memmem(text, size, "__rprof_", 8) && !memmem(text, size, ".rs:", 4) &&
	    (out.size != size || memcmp(out.data, text, size) != 0))
		abort();
	if (out.size > 64 * size + 64)
		abort();
	strbuf_free(&out);
	symbolizer_free(s);
	return 0;
}
