#include "rhook_align.h"
#include "rhook_internal.h"

#include <string.h>

/* Size of the UTF-8 character at text, 0 if it is none: no overlong forms, no surrogates. */
static size_t utf8_size(const char *text, size_t left)
{
	const unsigned char *c = (const unsigned char *)text;
	size_t size = c[0] < 0x80 ? 1 : c[0] < 0xc2 ? 0 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : c[0] < 0xf5 ? 4 : 0;

	if (size > left)
		return 0;
	for (size_t i = 1; i < size; i++)
		if ((c[i] & 0xc0) != 0x80)
			return 0;
	if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f) || (c[0] == 0xf0 && c[1] < 0x90) ||
	    (c[0] == 0xf4 && c[1] > 0x8f))
		return 0;
	return size;
}

static bool plain(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x7f && c != '"' && c != '\\';
}

static void add_special(struct rhook_buf *out, char c)
{
	switch (c) {
	case '\n':
		rhook_buf_puts(out, "\\n");
		break;
	case '\t':
		rhook_buf_puts(out, "\\t");
		break;
	case '\r':
		rhook_buf_puts(out, "\\r");
		break;
	case '"':
	case '\\':
		rhook_buf_printf(out, "\\%c", c);
		break;
	default:
		rhook_buf_printf(out, "\\u%04x", (unsigned)(unsigned char)c);
	}
}

/* A JSON string. What is not UTF-8 becomes U+FFFD, a byte at a time. */
static void add_string(struct rhook_buf *out, const char *text, size_t size)
{
	rhook_buf_puts(out, "\"");
	for (size_t at = 0; at < size;) {
		size_t from = at, width;

		while (at < size && plain(text[at]))
			at++;
		rhook_buf_add(out, text + from, at - from);
		if (at == size)
			break;
		width = utf8_size(text + at, size - at);
		if (width == 0)
			rhook_buf_puts(out, "\xef\xbf\xbd");
		else if (width > 1)
			rhook_buf_add(out, text + at, width);
		else
			add_special(out, text[at]);
		at += width ? width : 1;
	}
	rhook_buf_puts(out, "\"");
}

/* Base 64 VLQ: five bits a digit, least first, the sign in the lowest bit. */
static size_t add_vlq(char *out, int64_t value)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint64_t rest = value < 0 ? ((uint64_t)-value << 1) | 1 : (uint64_t)value << 1;
	size_t used = 0;

	do {
		unsigned digit = rest & 31;

		rest >>= 5;
		out[used++] = digits[rest ? digit | 32 : digit];
	} while (rest);
	return used;
}

struct mappings {
	struct rhook_buf *out;
	struct rhook_pair last;
	bool first; /* in its row */
};

static void add_mapping(struct mappings *mappings, const struct rhook_pair *pair)
{
	struct rhook_pair *last = &mappings->last;
	char segment[64];
	size_t used = 0;

	for (; last->rust_row < pair->rust_row; last->rust_row++) {
		rhook_buf_puts(mappings->out, ";");
		last->rust_column = 0;
		mappings->first = true;
	}
	if (!mappings->first)
		segment[used++] = ',';
	used += add_vlq(segment + used, (int64_t)pair->rust_column - last->rust_column);
	segment[used++] = 'A'; /* the only source */
	used += add_vlq(segment + used, (int64_t)pair->ruchy_row - last->ruchy_row);
	used += add_vlq(segment + used, (int64_t)pair->ruchy_column - last->ruchy_column);
	rhook_buf_add(mappings->out, segment, used);
	*last = *pair;
	mappings->first = false;
}

static void add_mappings(const struct rhook_align *align, struct rhook_buf *out)
{
	struct mappings mappings = {.out = out, .first = true};
	struct rhook_pair pair;

	for (size_t i = 0; rhook_align_pair(align, i, &pair) && !out->failed; i++)
		add_mapping(&mappings, &pair);
}

/* What was inserted in front of a token is mapped like the token: a name's new beginning, a counter, a row's new head. */
static bool add_edited_mappings(const struct rhook_align *align, const struct rhook_text *rust, const struct rhook_edits *edits,
				struct rhook_buf *out)
{
	struct mappings mappings = {.out = out, .first = true};
	struct rhook_moves moves;
	struct rhook_pair pair;
	uint32_t row = 0, start = 0, moved_start = 0, before;

	if (!rhook_moves_begin(&moves, edits))
		return false;
	for (size_t i = 0; rhook_align_pair(align, i, &pair) && !out->failed; i++) {
		uint32_t moved;

		for (; row < pair.rust_row; row++) {
			const char *end = memchr(rust->data + start, '\n', rust->size - start);

			if (!end)
				break;
			start = (uint32_t)(end - rust->data) + 1;
			moved_start = rhook_moves_to(&moves, start - 1, &before) + 1;
		}
		moved = rhook_moves_to(&moves, start + pair.rust_column, &before);
		pair.rust_column = before - moved_start;
		add_mapping(&mappings, &pair);
		pair.rust_column = moved - moved_start;
		if (moved > before)
			add_mapping(&mappings, &pair);
	}
	rhook_moves_end(&moves);
	return !out->failed;
}

static void add_path(struct rhook_buf *out, const char *path, const char *otherwise)
{
	const char *text = path ? path : otherwise;

	add_string(out, text, strlen(text));
}

/* [first Rust line, last, name in Ruchy], for names in backtraces: an extension, which other readers pass over. */
static void add_functions(const struct rhook_align *align, struct rhook_buf *out)
{
	const char *name, *comma = "";
	uint32_t from, to;

	rhook_buf_puts(out, ",\"x_ruchy_functions\":[");
	for (size_t i = 0; i < align->fn_count; i++) {
		if (!rhook_align_fn(align, i, &name, &from, &to))
			continue;
		rhook_buf_printf(out, "%s[%u,%u,", comma, align->fns[i].first_row + 1, align->fns[i].last_row + 1);
		add_string(out, name, strlen(name));
		rhook_buf_puts(out, "]");
		comma = ",";
	}
	rhook_buf_puts(out, "]");
}

static void begin(const struct rhook_align *align, const struct rhook_text *source, const struct rhook_text *rust, struct rhook_buf *out)
{
	rhook_buf_puts(out, "{\"version\":3,\"file\":");
	add_path(out, rust->path, "out.rs");
	rhook_buf_puts(out, ",\"sources\":[");
	add_path(out, source->path, source == rust ? "out.rs" : "source.ruchy");
	rhook_buf_puts(out, "],\"sourcesContent\":[");
	add_string(out, source->data, source->size);
	rhook_buf_puts(out, "]");
	add_functions(align, out);
	rhook_buf_puts(out, ",\"names\":[],\"mappings\":\"");
}

bool rhook_map_write(const struct rhook_align *align, const struct rhook_text *ruchy, const struct rhook_text *rust, struct rhook_buf *out)
{
	begin(align, ruchy && ruchy->data ? ruchy : rust, rust, out);
	add_mappings(align, out);
	rhook_buf_puts(out, "\"}\n");
	return !out->failed;
}

bool rhook_map_write_edited(const struct rhook_align *align, const struct rhook_text *ruchy, const struct rhook_text *rust,
			    const struct rhook_edits *edits, struct rhook_buf *out)
{
	begin(align, ruchy && ruchy->data ? ruchy : rust, rust, out);
	if (!add_edited_mappings(align, rust, edits, out))
		return false;
	rhook_buf_puts(out, "\"}\n");
	return !out->failed;
}
