/* langs_text.c - for people at a terminal: columns that fit, or rows of several lines where they don't. */
#include "export_page.h"
#include "export_utf8.h"
#include "langs_formats.h"
#include "langs_tables.h"

#include <stdlib.h>
#include <string.h>

#define GAP	   2
#define NAME_LEAST 18

static size_t columns_of(const struct lang_table *table, size_t widths[LANG_CELLS])
{
	size_t all = 0;

	for (size_t n = 0; n < LANG_CELLS; n++) {
		widths[n] = 0;
		for (size_t i = 0; i < table->count; i++) {
			const char *cell = table->rows[i].cells[n];
			size_t width = cell ? utf8_columns(cell, strlen(cell)) : 0;

			if (width > widths[n])
				widths[n] = width;
		}
		all += widths[n] ? widths[n] + GAP : 0;
	}
	return all;
}

static void put_row(const struct page *page, const struct lang_table *table, const struct lang_row *row, const size_t widths[LANG_CELLS])
{
	size_t last = 0;

	for (size_t n = 0; n < LANG_CELLS; n++) {
		if (row->cells[n] && *row->cells[n])
			last = n;
	}
	for (size_t n = 0; n <= last; n++) {
		bool right = table->right[n] == 'r';
		struct strbuf cell = STRBUF_INIT;

		if (widths[n] == 0)
			continue;
		utf8_shorten(&cell, row->cells[n] ? row->cells[n] : "", widths[n], page->options->ascii);
		strbuf_printf(page->out, "%*s", GAP, "");
		page_cell(page, cell.data ? cell.data : "", n == last && !right ? 0 : widths[n], right,
			  n == last && row->good ? PAGE_GREEN : PAGE_PLAIN);
		strbuf_free(&cell);
	}
	strbuf_puts(page->out, "\n");
}

static void put_table(const struct page *page, const struct lang_table *table)
{
	size_t widths[LANG_CELLS], all = columns_of(table, widths);

	/* A long name loses its middle rather than that the table falls apart. */
	if (all > page_width(page) && widths[0] > NAME_LEAST && all - widths[0] + NAME_LEAST <= page_width(page)) {
		widths[0] -= all - page_width(page);
		all = page_width(page);
	}
	page_heading(page, table->title);
	for (size_t i = 0; i < table->count; i++) {
		const struct lang_row *row = &table->rows[i];

		if (all <= page_width(page)) {
			put_row(page, table, row, widths);
		} else {
			const char *cells[LANG_CELLS];

			for (size_t n = 0; n < LANG_CELLS; n++)
				cells[n] = row->cells[n] ? row->cells[n] : "";
			page_record(page, cells, LANG_CELLS, row->good ? PAGE_GREEN : PAGE_PLAIN);
		}
	}
}

static void put_line(const struct page *page, char *line)
{
	page_paragraph(page, "", PAGE_PLAIN, 6, line);
	free(line);
}

/* With --verbose: what was run, exactly. */
static void put_commands(const struct page *page, const struct lang_comparison *c, bool ascii)
{
	page_heading(page, "Made by:");
	for (size_t i = 0; i < c->present; i++) {
		struct strbuf line = STRBUF_INIT;

		utf8_escape(&line, c->entrants[i].label, ascii);
		strbuf_puts(&line, ": ");
		utf8_escape(&line, c->entrants[i].version, ascii);
		if (c->entrants[i].command) {
			strbuf_puts(&line, ": ");
			utf8_escape(&line, c->entrants[i].command, ascii);
		}
		page_paragraph(page, "  ", PAGE_PLAIN, 4, line.data);
		strbuf_free(&line);
	}
}

void lang_text(const struct lang_comparison *c, const struct lang_view *view, struct strbuf *out)
{
	struct export_options options = {.color = view->color, .ascii = view->ascii, .width = view->width};
	struct page page = {.options = &options, .out = out};
	size_t count;
	struct lang_table *tables = lang_tables(c, view->ascii, &count);

	page_title(&page, "=== Multi-Language Comparison ===");
	put_line(&page, lang_line_test(c, view->ascii, true));
	put_line(&page, lang_line_runs(c, view->ascii));
	for (size_t i = 0; i < count; i++)
		put_table(&page, &tables[i]);
	if (view->verbose)
		put_commands(&page, c, view->ascii);
	lang_tables_free(tables, count);
}
