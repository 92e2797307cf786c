/* The formats of a trace: to add one, write trace_x.c with one `struct trace_format` and add its row. */
#include "trace.h"

#include <string.h>

static const struct trace_format *const formats[] = {&trace_format_text, &trace_format_jsonl, &trace_format_chrome};
#define FORMATS (sizeof formats / sizeof *formats) /* NOLINT(bugprone-sizeof-expression): of pointers, as meant */

static bool ends_in(const char *path, const char *suffix)
{
	size_t size = strlen(path), tail = strlen(suffix);

	return size > tail && strcmp(path + size - tail, suffix) == 0;
}

const struct trace_format *trace_format_choose(const char *name, const char *path, struct err *err)
{
	struct strbuf names = STRBUF_INIT;

	for (size_t i = 0; i < FORMATS; i++)
		if (name ? strcmp(name, formats[i]->name) == 0 : path && ends_in(path, formats[i]->suffix))
			return formats[i];
	if (!name)
		return &trace_format_text;
	for (size_t i = 0; i < FORMATS; i++)
		strbuf_printf(&names, "%s%s", i ? ", " : "formats of a trace: ", formats[i]->name);
	err_usage(err, name, names.data, "unknown format");
	strbuf_free(&names);
	return NULL;
}
