/* The records `source`, `trace` and `argument` of a function table, see rhook_table.h. */
#include "profdata_file.h"
#include "rhook_table.h"
#include "trace_internal.h"

#include <stdlib.h>
#include <string.h>

#define MOST_FUNCTIONS 4096u

/* The field that begins at *at, without its escapes; *at is behind its TAB. NULL: there is none. Caller frees. */
static char *take_field(const char **at, const char *end, bool rest)
{
	const char *from = *at, *tab = NULL;

	if (from > end)
		return NULL;
	if (!rest)
		tab = memchr(from, '\t', (size_t)(end - from));
	tab = tab ? tab : end;
	*at = tab + 1;
	return profile_unescape(from, (size_t)(tab - from));
}

static char *take_optional(const char **at, const char *end, bool rest)
{
	char *text = take_field(at, end, rest);

	if (text && strcmp(text, "-") == 0)
		*text = '\0';
	return text;
}

static bool take_number(const char **at, const char *end, uint32_t *value)
{
	uint64_t sum = 0;
	const char *p = *at; /* behind `end` where there is no such field */

	for (; p < end && *p >= '0' && *p <= '9' && sum <= UINT32_MAX; p++)
		sum = sum * 10 + (uint64_t)(*p - '0');
	if (p == *at || sum > UINT32_MAX || (p < end && *p != '\t'))
		return false;
	*value = (uint32_t)sum;
	*at = p + 1;
	return true;
}

static bool parse_trace(const char *at, const char *end, struct trace *trace)
{
	struct trace_function function = {0};
	uint32_t id;

	if (!take_number(&at, end, &id) || id != trace->function_count || id >= MOST_FUNCTIONS || !take_number(&at, end, &function.fn) ||
	    !take_number(&at, end, &function.from) || !take_number(&at, end, &function.to))
		return false;
	function.result = take_optional(&at, end, false);
	function.name = take_field(&at, end, true);
	if (!function.name || !*function.name) {
		free(function.result);
		free(function.name);
		return false;
	}
	trace->functions = xrealloc(trace->functions, trace->function_count + 1, sizeof *trace->functions);
	trace->functions[trace->function_count++] = function;
	return true;
}

static bool parse_argument(const char *at, const char *end, struct trace *trace)
{
	struct trace_function *function;
	struct trace_argument argument;
	uint32_t id;

	if (!take_number(&at, end, &id) || id >= trace->function_count)
		return false;
	function = &trace->functions[id];
	argument.name = take_optional(&at, end, false);
	argument.type = take_optional(&at, end, true);
	if (!argument.name || !argument.type) {
		free(argument.name);
		free(argument.type);
		return false;
	}
	function->arguments = xrealloc(function->arguments, function->argument_count + 1, sizeof argument);
	function->arguments[function->argument_count++] = argument;
	return true;
}

/* Of a program without a .ruchy file, the Rust file is the source. */
static bool parse_rust(const char *at, const char *end, struct trace *trace)
{
	char *hash = take_field(&at, end, false), *path = take_field(&at, end, true);

	if (hash && path && !*trace->source_path) {
		free(trace->source_path);
		trace->source_path = xstrdup(path);
	}
	free(hash);
	free(path);
	return true;
}

static bool parse_source(const char *at, const char *end, struct trace *trace)
{
	char *hash = take_optional(&at, end, false), *path = take_field(&at, end, true);

	if (!hash || !path) {
		free(hash);
		free(path);
		return false;
	}
	free(trace->source_hash);
	free(trace->source_path);
	trace->source_hash = hash;
	trace->source_path = path;
	return true;
}

int trace_table_parse(const char *text, size_t size, struct trace *trace)
{
	static const struct {
		const char *word;
		bool (*parse)(const char *at, const char *end, struct trace *trace);
	} records[] = {{"source\t", parse_source}, {"rust\t", parse_rust}, {"trace\t", parse_trace}, {"argument\t", parse_argument}};
	const char *end = text + size;
	size_t magic = strlen(RHOOK_TABLE_MAGIC);

	if (size <= magic || memcmp(text, RHOOK_TABLE_MAGIC, magic) != 0 || text[magic] != '\n')
		return -1;
	for (const char *line = text, *stop; line < end; line = stop + 1) {
		stop = memchr(line, '\n', (size_t)(end - line));
		if (!stop)
			return -1;
		for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
			size_t word = strlen(records[i].word);

			if ((size_t)(stop - line) >= word && memcmp(line, records[i].word, word) == 0 &&
			    !records[i].parse(line + word, stop, trace))
				return -1;
		}
	}
	return 0;
}
