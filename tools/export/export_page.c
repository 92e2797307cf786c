/* Laying out text; what is said is in export_text.c. */
#include "export_page.h"
#include "export_utf8.h"

#include <string.h>

#define UNLIMITED_WIDTH 100 /* for what is cut or wrapped where no terminal says otherwise */
#define HOT_PERCENT	50
#define WARM_PERCENT	10
#define NARROWEST	28

size_t page_width(const struct page *page)
{
	unsigned width = page->options->width;

	return width == 0 ? UNLIMITED_WIDTH : width < NARROWEST ? NARROWEST : width;
}

bool page_is_narrow(const struct page *page)
{
	return page->options->width > 0;
}

enum page_color page_heat(double percent)
{
	return percent > HOT_PERCENT ? PAGE_RED : percent > WARM_PERCENT ? PAGE_YELLOW : PAGE_PLAIN;
}

void page_color(const struct page *page, enum page_color color)
{
	static const char *const codes[PAGE_COLORS] = {
	    [PAGE_PLAIN] = "0", [PAGE_BOLD] = "1", [PAGE_DIM] = "2", [PAGE_RED] = "31", [PAGE_YELLOW] = "33", [PAGE_GREEN] = "32",
	};

	if (page->options->color)
		strbuf_printf(page->out, "\x1b[%sm", codes[color]);
}

static void put_blanks(struct strbuf *out, size_t count)
{
	while (count-- > 0)
		strbuf_add(out, " ", 1);
}

void page_cell(const struct page *page, const char *text, size_t columns, bool right, enum page_color color)
{
	size_t used = utf8_columns(text, strlen(text));
	size_t fill = columns > used ? columns - used : 0;

	if (right)
		put_blanks(page->out, fill);
	if (color != PAGE_PLAIN)
		page_color(page, color);
	strbuf_puts(page->out, text);
	if (color != PAGE_PLAIN)
		page_color(page, PAGE_PLAIN);
	if (!right)
		put_blanks(page->out, fill);
}

void page_title(const struct page *page, const char *title)
{
	struct strbuf text = STRBUF_INIT;

	utf8_shorten(&text, title, page_is_narrow(page) ? page_width(page) : SIZE_MAX, page->options->ascii);
	page_cell(page, text.data, 0, false, PAGE_BOLD);
	strbuf_puts(page->out, "\n");
	strbuf_free(&text);
}

void page_heading(const struct page *page, const char *title)
{
	strbuf_puts(page->out, "\n");
	page_title(page, title);
}

/* Like strbuf_add(), unbreakable blanks turned into real ones. */
static void put_word(struct strbuf *out, const char *word, size_t size)
{
	for (size_t i = 0; i < size; i++)
		strbuf_add(out, word[i] == PAGE_NBSP[0] ? " " : &word[i], 1);
}

/* Bytes of `word` that fit into `columns`, at least one character. */
static size_t cut_word(const char *word, size_t size, size_t columns)
{
	size_t cut = size;

	while (cut > 1 && utf8_columns(word, cut) > columns) {
		cut--;
		while (cut > 1 && ((unsigned char)word[cut] & 0xc0) == 0x80)
			cut--;
	}
	return cut;
}

void page_paragraph(const struct page *page, const char *lead, enum page_color color, size_t indent, const char *text)
{
	size_t width = page_is_narrow(page) ? page_width(page) : SIZE_MAX;
	size_t at = utf8_columns(lead, strlen(lead));
	bool fresh = true;

	/* Beside a long lead on a narrow page there is no room for words: they go below it. */
	if (page_is_narrow(page) && indent > width / 3)
		indent = 4;

	page_cell(page, lead, 0, false, color);
	while (*text) {
		size_t size = strcspn(text, " ");
		size_t columns = utf8_columns(text, size);

		/* What should stay together but is longer than a line goes apart at last. */
		if (columns + indent > width) {
			size = strcspn(text, " " PAGE_NBSP);
			columns = utf8_columns(text, size);
		}

		if (at + !fresh + columns > width && at > indent) {
			while (page->out->size > 0 && page->out->data[page->out->size - 1] == ' ')
				page->out->data[--page->out->size] = '\0';
			strbuf_puts(page->out, "\n");
			put_blanks(page->out, indent);
			at = indent;
			fresh = true;
		}
		if (!fresh) {
			strbuf_puts(page->out, " ");
			at++;
		}
		if (at + columns > width && at < width) {
			/* Only a word alone on its line is too long: cut it, the rest is the next word. */
			size = cut_word(text, size < 4 * width ? size : 4 * width, width - at);
			columns = width - at;
		}
		put_word(page->out, text, size);
		at += columns;
		fresh = false;
		text += size;
		text += strspn(text, " " PAGE_NBSP);
	}
	strbuf_puts(page->out, "\n");
}

void page_record(const struct page *page, const char *const *cells, size_t count, enum page_color color)
{
	struct strbuf text = STRBUF_INIT, name = STRBUF_INIT;

	strbuf_puts(&name, "  ");
	utf8_shorten(&name, cells[0], page_width(page) - 2, page->options->ascii);
	page_cell(page, name.data, 0, false, color);
	for (size_t c = 1; c < count; c++) {
		if (!*cells[c])
			continue;
		strbuf_puts(&text, text.size > 0 ? "  " : "");
		for (const char *s = cells[c]; *s; s++)
			strbuf_add(&text, *s == ' ' ? PAGE_NBSP : s, 1);
	}
	strbuf_puts(page->out, "\n");
	if (text.size > 0)
		page_paragraph(page, "    ", PAGE_PLAIN, 4, text.data);
	strbuf_free(&text);
	strbuf_free(&name);
}

struct unit_style page_prose(const struct page *page)
{
	return (struct unit_style){.ascii = page->options->ascii, .gap = PAGE_NBSP};
}

struct unit_style page_compact(const struct page *page)
{
	return (struct unit_style){.ascii = page->options->ascii, .gap = ""};
}

void page_name(const struct page *page, struct strbuf *out, uint32_t fn, size_t columns)
{
	const struct profile_fn *function = &page->report->profile->fns[fn];
	const char *call = function->kind == PROFILE_CLOSURE ? "" : "()";
	struct strbuf text = STRBUF_INIT;

	utf8_escape(&text, function->name, page->options->ascii);
	utf8_shorten(out, text.data ? text.data : "", columns > 2 ? columns - strlen(call) : SIZE_MAX, page->options->ascii);
	strbuf_puts(out, call);
	strbuf_free(&text);
}

/* For the name of a file: on a narrow page most of a line, since it then stands on one of its own. */
static size_t place_columns(const struct page *page)
{
	size_t wide = page_width(page) * 2 / 5, narrow = page_width(page) - 8;

	return wide > 16 ? wide : narrow < 16 ? narrow : 16;
}

void page_place(const struct page *page, struct strbuf *out, const char *path, uint32_t from, uint32_t to)
{
	const char *slash = strrchr(path, '/');
	struct strbuf text = STRBUF_INIT;

	utf8_escape(&text, slash ? slash + 1 : path, page->options->ascii);
	utf8_shorten(out, text.data ? text.data : "", place_columns(page), page->options->ascii);
	strbuf_free(&text);
	if (from > 0)
		strbuf_printf(out, ":%u", (unsigned)from);
	if (from > 0 && to > from)
		strbuf_printf(out, "-%u", (unsigned)to);
}

const char *page_source(const struct page *page, uint32_t fn)
{
	return profile_source_of(page->report->profile, fn);
}
