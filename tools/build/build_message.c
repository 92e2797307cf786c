/* build_message.c - positions in the generated Rust become positions in the .ruchy file. */
#include "build_internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* Digits at *at into *number; false when there are none or too many. */
static bool take_number(const char **at, uint32_t *number)
{
	const char *start = *at;
	*number = 0;
	while (isdigit((unsigned char)**at) && *at - start < 9)
		*number = *number * 10 + (uint32_t)(*(*at)++ - '0');
	return *at > start && !isdigit((unsigned char)**at);
}

/* Is this a character of a path? Then a name behind it is only the end of a longer name. */
static bool continues_path(char c)
{
	return isalnum((unsigned char)c) || strchr("_-./+", c) || (unsigned char)c >= 0x80;
}

struct position {
	size_t size;	       /* bytes of text that it takes; 0: none here */
	uint32_t line, column; /* column 0: not given */
};

/* `name:12:5` or `name:12` at `at`. */
static struct position position_at(const char *at, const char *name)
{
	struct position found = {0};
	size_t length = strlen(name);
	if (!length || strncmp(at, name, length) != 0 || at[length] != ':')
		return found;
	const char *end = at + length + 1;
	if (!take_number(&end, &found.line))
		return found;
	const char *column = end + 1;
	if (*end == ':' && take_number(&column, &found.column))
		end = column;
	found.size = (size_t)(end - at);
	return found;
}

static void add_position(struct strbuf *out, struct position at, const char *rust, const char *ruchy, uint32_t line)
{
	strbuf_printf(out, "%s:%u (%s:%u", ruchy, line, rust, at.line);
	if (at.column)
		strbuf_printf(out, ":%u", at.column);
	strbuf_puts(out, ")");
}

char *build_map_message(const char *text, const char *rust_path, const char *ruchy_path, const uint32_t *lines, size_t line_count)
{
	struct strbuf out = STRBUF_INIT;
	const char *base = base_name(rust_path);
	char before = 0;
	while (*text) {
		struct position at = {0};
		if (!before || !continues_path(before)) {
			at = position_at(text, rust_path);
			if (!at.size)
				at = position_at(text, base);
		}
		if (at.size && lines && at.line >= 1 && at.line <= line_count && lines[at.line]) {
			add_position(&out, at, base, ruchy_path, lines[at.line]);
			text += at.size;
			before = ')';
			continue;
		}
		before = *text;
		strbuf_add(&out, text++, 1);
	}
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
