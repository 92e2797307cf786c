/* Decode, repair, escape, measure and shorten. */
#include "export_utf8.h"

#include <string.h>

struct range {
	uint32_t from, to;
};

/* Combining marks and joiners of the scripts in use: no column of their own. */
static const struct range narrow[] = {
    {0x300, 0x36f},   {0x483, 0x489},	{0x591, 0x5bd},	  {0x5bf, 0x5bf},   {0x5c1, 0x5c2},   {0x5c4, 0x5c5},	  {0x5c7, 0x5c7},
    {0x610, 0x61a},   {0x64b, 0x65f},	{0x670, 0x670},	  {0x6d6, 0x6dc},   {0x6df, 0x6e4},   {0x6e7, 0x6e8},	  {0x6ea, 0x6ed},
    {0x711, 0x711},   {0x730, 0x74a},	{0x900, 0x902},	  {0x93a, 0x93a},   {0x93c, 0x93c},   {0x941, 0x948},	  {0x94d, 0x94d},
    {0xe31, 0xe31},   {0xe34, 0xe3a},	{0xe47, 0xe4e},	  {0x1160, 0x11ff}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},	  {0x200c, 0x200d},
    {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0x3099, 0x309a}, {0x302a, 0x302d}, {0xe0100, 0xe01ef},
};

/* East Asian wide and full-width characters, and emoji: two columns. */
static const struct range wide[] = {
    {0x1100, 0x115f},	{0x231a, 0x231b},   {0x2329, 0x232a},	{0x23e9, 0x23ec},   {0x23f0, 0x23f0},	{0x23f3, 0x23f3},
    {0x25fd, 0x25fe},	{0x2614, 0x2615},   {0x2648, 0x2653},	{0x267f, 0x267f},   {0x2693, 0x2693},	{0x26a1, 0x26a1},
    {0x26aa, 0x26ab},	{0x26bd, 0x26be},   {0x26c4, 0x26c5},	{0x26ce, 0x26ce},   {0x26d4, 0x26d4},	{0x26ea, 0x26ea},
    {0x26f2, 0x26f3},	{0x26f5, 0x26f5},   {0x26fa, 0x26fa},	{0x26fd, 0x26fd},   {0x2705, 0x2705},	{0x270a, 0x270b},
    {0x2728, 0x2728},	{0x274c, 0x274c},   {0x274e, 0x274e},	{0x2753, 0x2755},   {0x2757, 0x2757},	{0x2795, 0x2797},
    {0x27b0, 0x27b0},	{0x27bf, 0x27bf},   {0x2b1b, 0x2b1c},	{0x2b50, 0x2b50},   {0x2b55, 0x2b55},	{0x2e80, 0x303e},
    {0x3041, 0xa4cf},	{0xa960, 0xa97f},   {0xac00, 0xd7a3},	{0xf900, 0xfaff},   {0xfe10, 0xfe19},	{0xfe30, 0xfe6f},
    {0xff00, 0xff60},	{0xffe0, 0xffe6},   {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f18e}, {0x1f191, 0x1f19a},
    {0x1f200, 0x1f320}, {0x1f32d, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f7e0, 0x1f7eb}, {0x1f900, 0x1f9ff}, {0x1fa70, 0x1faff},
    {0x20000, 0x3fffd},
};

/* Not seen, or able to reorder what stands around them. */
static const struct range hidden[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},	{0xad, 0xad},	  {0x61c, 0x61c},   {0x180e, 0x180e}, {0x200b, 0x200b},
    {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff0, 0xfffb}, {0xe0000, 0xe007f},
};

static bool in_ranges(const struct range *ranges, size_t count, uint32_t code)
{
	for (size_t i = 0; i < count; i++)
		if (code >= ranges[i].from && code <= ranges[i].to)
			return true;
	return false;
}
#define IN(ranges, code) in_ranges(ranges, sizeof(ranges) / sizeof((ranges)[0]), code)

size_t utf8_decode(const char *text, size_t size, uint32_t *code)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char first = (unsigned char)*text;
	size_t length = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : 0;

	if (length == 0 || length > size)
		return 0;
	*code = length == 1 ? first : first & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		unsigned char next = (unsigned char)text[i];

		if ((next & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (next & 0x3f);
	}
	if (*code < smallest[length] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return length;
}

void utf8_repair(struct strbuf *out, const char *text)
{
	size_t size = strlen(text);

	while (size > 0) {
		uint32_t code;
		size_t length = utf8_decode(text, size, &code);

		if (length > 0)
			strbuf_add(out, text, length);
		else
			strbuf_puts(out, "\xef\xbf\xbd");
		length += length == 0;
		text += length;
		size -= length;
	}
}

static void escape_code(struct strbuf *out, uint32_t code)
{
	static const char *const known[] = {['\t'] = "\\t", ['\n'] = "\\n", ['\r'] = "\\r"};

	if (code < sizeof(known) / sizeof(known[0]) && known[code])
		strbuf_puts(out, known[code]);
	else if (code < 0x80)
		strbuf_printf(out, "\\x%02x", (unsigned)code);
	else
		strbuf_printf(out, "\\u{%x}", (unsigned)code);
}

void utf8_escape(struct strbuf *out, const char *text, bool ascii)
{
	size_t size = strlen(text);

	while (size > 0) {
		uint32_t code;
		size_t length = utf8_decode(text, size, &code);

		if (length == 0)
			strbuf_printf(out, "\\x%02x", (unsigned char)*text);
		else if (IN(hidden, code) || (ascii && code >= 0x80))
			escape_code(out, code);
		else
			strbuf_add(out, text, length);
		length += length == 0;
		text += length;
		size -= length;
	}
}

static size_t columns_of(uint32_t code)
{
	if (code < 0x300)
		return 1;
	return IN(narrow, code) ? 0 : IN(wide, code) ? 2 : 1;
}

/* Length and columns of the next character; a stray byte counts as one column. */
static size_t next_character(const char *text, size_t size, size_t *columns)
{
	uint32_t code;
	size_t length = utf8_decode(text, size, &code);

	*columns = length > 0 ? columns_of(code) : 1;
	return length > 0 ? length : 1;
}

size_t utf8_columns(const char *text, size_t size)
{
	size_t sum = 0;

	for (size_t at = 0, columns; at < size; sum += columns)
		at += next_character(text + at, size - at, &columns);
	return sum;
}

/* Bytes of the longest beginning of `text` that fits; *used columns. */
static size_t fitting_head(const char *text, size_t size, size_t columns)
{
	size_t at = 0, used = 0;

	while (at < size) {
		size_t one;
		size_t length = next_character(text + at, size - at, &one);

		if (used + one > columns)
			break;
		used += one;
		at += length;
	}
	return at;
}

void utf8_shorten(struct strbuf *out, const char *text, size_t columns, bool ascii)
{
	const char *ellipsis = ascii ? "..." : "…";
	size_t size = strlen(text), all = utf8_columns(text, size), mark = ascii ? 3 : 1;
	size_t head, tail, skipped = 0;

	if (all <= columns) {
		strbuf_add(out, text, size);
		return;
	}
	if (columns <= mark) {
		strbuf_add(out, "...", columns < 3 ? columns : 3);
		return;
	}
	head = fitting_head(text, size, (columns - mark + 1) / 2);
	/* The tail starts at the first character that leaves no more columns behind it than there is room for. */
	for (tail = 0; tail < size && all - skipped > (columns - mark) / 2;) {
		size_t one;

		tail += next_character(text + tail, size - tail, &one);
		skipped += one;
	}
	strbuf_add(out, text, head);
	strbuf_puts(out, ellipsis);
	strbuf_add(out, text + tail, size - tail);
}

void utf8_cut(struct strbuf *out, const char *text, size_t columns, bool ascii)
{
	size_t size = strlen(text), mark = ascii ? 3 : 1;

	if (utf8_columns(text, size) <= columns) {
		strbuf_add(out, text, size);
		return;
	}
	strbuf_add(out, text, fitting_head(text, size, columns > mark ? columns - mark : 0));
	strbuf_puts(out, ascii ? "..." : "…");
}
