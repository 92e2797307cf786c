/* symbolize_header.c - rustc's messages: `error[E0308]: mismatched types`, and below it ` --> prog.rs:8:5`. */
#include "symbolize_internal.h"

#include <ctype.h>
#include <string.h>

/* `error: ..`, `warning[unused]: ..`, `note: ..` at the start of a line. */
bool symbolize_is_header(const char *line, size_t size)
{
	static const char *const words[] = {"error", "warning", "note", "help"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t at = strlen(words[i]);

		if (size < at + 3 || memcmp(line, words[i], at) != 0)
			continue;
		if (line[at] == '[') {
			while (at < size && line[at] != ']' && line[at] != '\n')
				at++;
			at += at < size;
		}
		return at + 1 < size && line[at] == ':' && line[at + 1] == ' ';
	}
	return false;
}

bool symbolize_is_arrow(const char *line, size_t size)
{
	size_t at = 0;

	while (at < size && line[at] == ' ')
		at++;
	return size - at > 4 && memcmp(line + at, "--> ", 4) == 0;
}

void symbolize_header(const struct symbolizer *s, const char *header, size_t header_size, const char *arrow, size_t arrow_size,
		      struct strbuf *out)
{
	struct strbuf place = STRBUF_INIT;
	struct symbolize_position position;
	struct source_place found;

	symbolize_text(s, arrow, arrow_size, &place, &position);
	if (position.file && source_map_find(position.file->map, position.line, position.column, &found))
		strbuf_printf(out, "%s:%u: ", position.file->source ? position.file->source : found.source, found.line);
	symbolize_text(s, header, header_size, out, NULL);
	strbuf_add(out, place.data, place.size);
	strbuf_free(&place);
}
