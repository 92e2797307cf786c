/* build_message.c - positions in the generated Rust become positions in the .ruchy file. */
#include "build_internal.h"
#include "source_map.h"
#include "symbolize.h"

#include <stdlib.h>
#include <string.h>

char *build_map_message(const char *text, const char *rust_path, const char *ruchy_path, const char *map_json, size_t map_size)
{
	struct err ignored = {0};
	struct strbuf out = STRBUF_INIT;
	struct source_map *map = map_json ? source_map_parse(map_json, map_size, rust_path, &ignored) : NULL;
	err_free(&ignored);
	if (!map)
		return xstrdup(text);
	struct symbolizer *symbolizer = symbolizer_new();
	symbolizer_add(symbolizer, rust_path, map, ruchy_path);
	for (const char *end; *text; text = end) {
		size_t size = strcspn(text, "\n");
		end = text + size + (text[size] == '\n');
		symbolizer_line(symbolizer, text, (size_t)(end - text), &out);
	}
	symbolizer_flush(symbolizer, &out);
	symbolizer_free(symbolizer);
	return strbuf_take(&out);
}

#define LONGEST_MESSAGE 32768

/* Diagnostics are blocks with an empty line behind each. */
char *build_drop_warnings(const char *text)
{
	struct strbuf out = STRBUF_INIT;
	while (*text) {
		const char *end = strstr(text, "\n\n");
		size_t size = end ? (size_t)(end - text) + 2 : strlen(text);
		bool is_warning = strncmp(text, "warning:", 8) == 0 || strncmp(text, "warning[", 8) == 0;
		if (!is_warning && out.size + size > LONGEST_MESSAGE) {
			strbuf_puts(&out, out.size ? "(more messages left out)\n" : "(a message too long to show)\n");
			break;
		}
		if (!is_warning)
			strbuf_add(&out, text, size);
		text += size;
	}
	return strbuf_take(&out);
}
