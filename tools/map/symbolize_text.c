/* symbolize_text.c - positions and names within one line. */
#include "symbolize_internal.h"

#include <ctype.h>
#include <string.h>

static bool in_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* A character of a path: what stands before a file's name belongs to it. */
static bool in_path(char c)
{
	return in_name(c) || (c && strchr("-./+~@%", c));
}

/* Digits at *at; false when there are none or too many. */
static bool take_number(const char *text, size_t size, size_t *at, uint32_t *number)
{
	size_t start = *at;

	*number = 0;
	while (*at < size && isdigit((unsigned char)text[*at]) && *at - start < 9)
		*number = *number * 10 + (uint32_t)(text[(*at)++] - '0');
	return *at > start && !(*at < size && isdigit((unsigned char)text[*at]));
}

/* `NAME:12:5` or `NAME:12` at `at`: its end, 0 when it is none. */
static size_t position_at(const struct symbolize_file *file, const char *text, size_t size, size_t at, struct symbolize_position *found)
{
	size_t length = strlen(file->name), end = at + length + 1, column;

	if (!length || end > size || memcmp(text + at, file->name, length) != 0 || text[at + length] != ':')
		return 0;
	*found = (struct symbolize_position){.file = file};
	if (!take_number(text, size, &end, &found->line))
		return 0;
	column = end + 1;
	if (end < size && text[end] == ':' && take_number(text, size, &column, &found->column))
		end = column;
	else
		found->column = 0;
	return end;
}

static void add_position(const struct symbolize_position *position, const struct source_place *place, struct strbuf *out)
{
	const char *source = position->file->source;

	strbuf_printf(out, "%s:%u (%s:%u", source ? source : place->source, place->line, position->file->name, position->line);
	if (position->column)
		strbuf_printf(out, ":%u", position->column);
	strbuf_puts(out, ")");
}

/* Size of `__rprof_b_` and its like at `text`, 0 when it is none. */
static size_t prefix_at(const char *text, size_t size)
{
	static const char head[] = "__rprof_";
	size_t length = sizeof head - 1;

	if (size < length + 3 || memcmp(text, head, length) != 0 || !strchr("btc", text[length]) || text[length + 1] != '_' ||
	    !in_name(text[length + 2]))
		return 0;
	return length + 2;
}

static void cut(struct strbuf *out, size_t size)
{
	out->size = size;
	if (out->data)
		out->data[size] = 0;
}

void symbolize_names(const char *text, size_t size, struct strbuf *out)
{
	for (size_t at = 0; at < size; at++) {
		if (at == 0 || !in_name(text[at - 1]))
			at += prefix_at(text + at, size - at);
		strbuf_add(out, text + at, 1);
	}
}

/* Is the file meant, whose name has this in front? Names such as mod.rs and iterator.rs are Rust's own too. */
static bool is_meant(const struct symbolize_file *file, const char *directory, size_t size)
{
	static const char *const foreign[] = {"/rustlib/src/", "/registry/src/", "/git/checkouts/"};

	if (size == 0)
		return true;
	if (file->directory)
		return strlen(file->directory) == size && memcmp(file->directory, directory, size) == 0;
	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
		if (memmem(directory, size, foreign[i], strlen(foreign[i])))
			return false;
	}
	return !(size >= 7 && memcmp(directory, "/rustc/", 7) == 0);
}

/* Any of the files at `at`, with a path that begins at `path`: the end of the position, 0 when there is none or its line has no place. */
static size_t find_position(const struct symbolizer *s, const char *line, size_t size, size_t path, size_t at,
			    struct symbolize_position *found, struct source_place *place)
{
	for (size_t i = 0; i < s->file_count; i++) {
		size_t end = position_at(&s->files[i], line, size, at, found);

		if (end && is_meant(found->file, line + path, at - path) &&
		    source_map_find(found->file->map, found->line, found->column, place))
			return end;
	}
	return 0;
}

/* Size of a terminal's colour and the like, `ESC [ .. m`, at `text`; 0 when it is none. */
static size_t escape_at(const char *text, size_t size)
{
	size_t end = 2;

	if (size < 3 || text[0] != '\x1b' || text[1] != '[')
		return 0;
	while (end < size && (isdigit((unsigned char)text[end]) || text[end] == ';'))
		end++;
	return end < size && isalpha((unsigned char)text[end]) ? end + 1 : 0;
}

void symbolize_text(const struct symbolizer *s, const char *line, size_t size, struct strbuf *out, struct symbolize_position *first)
{
	size_t path = 0, written = out->size; /* where the path that may be going on began, in the line and in `out` */
	size_t clear = 0;		      /* what is in front of here belongs to no word */
	struct symbolize_position found;
	struct source_place place;

	if (first)
		*first = (struct symbolize_position){0};
	for (size_t at = 0, end; at < size; at = end) {
		char before = at > clear ? line[at - 1] : 0;
		size_t escape = escape_at(line + at, size - at);

		if (escape) {
			strbuf_add(out, line + at, escape);
			clear = end = at + escape;
			continue;
		}
		if (!in_path(before)) {
			path = at;
			written = out->size;
		}
		end = !in_path(before) || before == '/' ? find_position(s, line, size, path, at, &found, &place) : 0;
		if (end) {
			cut(out, written);
			add_position(&found, &place, out);
			if (first && !first->file)
				*first = found;
			path = end;
			written = out->size;
			continue;
		}
		if (!in_name(before) && prefix_at(line + at, size - at))
			at += prefix_at(line + at, size - at);
		strbuf_add(out, line + at, 1);
		end = at + 1;
	}
}
