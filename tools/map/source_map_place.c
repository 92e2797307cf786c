/* source_map_place.c - a map that lies beside its file: names as seen from there. */
#include "export_utf8.h"
#include "fs.h"
#include "source_map.h"
#include "strbuf.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* The directory that holds `path`, resolved; NULL when there is none. Caller frees. */
static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = slash == path ? xstrdup("/") : slash ? xasprintf("%.*s", (int)(slash - path), path) : xstrdup(".");
	char *real = realpath(name, NULL);

	free(name);
	return real;
}

/* Size of the longest common head of two absolute paths that ends at a component. */
static size_t common_head(const char *a, const char *b)
{
	size_t size = 0;

	for (size_t i = 0;; i++) {
		bool end_a = !a[i] || a[i] == '/', end_b = !b[i] || b[i] == '/';

		if (end_a && end_b)
			size = i;
		if (a[i] != b[i] || !a[i])
			return size;
	}
}

/* `source` as seen from the directory of `output`. Caller frees. */
static char *relative(const char *source, const char *output)
{
	char *from = directory_of(output), *to = directory_of(source);
	struct strbuf out = STRBUF_INIT;

	if (!from || !to) {
		strbuf_puts(&out, source);
	} else {
		const char *up = strcmp(from, "/") == 0 ? "" : from, *down = strcmp(to, "/") == 0 ? "" : to;
		size_t head = common_head(up, down);

		for (const char *at = up + head; *at; at++)
			strbuf_puts(&out, *at == '/' ? "../" : "");
		if (down[head])
			strbuf_printf(&out, "%s/", down + head + 1);
		strbuf_puts(&out, fs_base_name(source));
	}
	free(from);
	free(to);
	return strbuf_take(&out);
}

static json_t *json_of(const char *text)
{
	struct strbuf clean = STRBUF_INIT;
	json_t *value;

	utf8_repair(&clean, text);
	value = json_string(clean.data ? clean.data : "");
	strbuf_free(&clean);
	return value;
}

char *source_map_place(const char *json, size_t size, const char *output, const char *source, struct err *err)
{
	json_error_t error;
	json_t *root = json_loadb(json, size, JSON_ALLOW_NUL, &error);
	char *from_there, *text;

	if (!root) {
		err_set(err, source, NULL, "the source map can't be written: %s", error.text);
		return NULL;
	}
	from_there = relative(source, output);
	json_object_set_new(root, "file", json_of(fs_base_name(output)));
	json_object_set_new(root, "sources", json_pack("[o]", json_of(from_there)));
	text = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	free(from_there);
	if (!text)
		err_set(err, source, NULL, "the source map can't be written: out of memory");
	return text;
}
