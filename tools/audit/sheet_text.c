/* A sheet as text: tables fit the terminal, their names shortened first, then columns from the right left out. */
#include "export_page.h"
#include "export_utf8.h"
#include "sheet.h"

#include <stdlib.h>
#include <string.h>

#define GAP	      2 /* blanks between columns, and in front */
#define NAME_LEAST    16
#define NAME_MOST     60 /* where no terminal limits it */
#define CHART_COLUMNS 64

struct layout {
	size_t widths[SHEET_COLUMNS_MOST];
	size_t columns;
};

/* What the analyses themselves write beyond ASCII; all else is escaped. */
static const struct {
	const char *text, *ascii;
} spellings[] = {{" → ", " -> "}, {" µs", " us"}};

static char *escaped(const struct page *page, const char *text)
{
	struct strbuf out = STRBUF_INIT;
	const char *rest = text ? text : "", *ours = NULL;

	for (size_t i = 0; page->options->ascii && i < sizeof spellings / sizeof *spellings; i++)
		while ((ours = strstr(rest, spellings[i].text)) != NULL) {
			char *before = xasprintf("%.*s", (int)(ours - rest), rest);

			utf8_escape(&out, before, true);
			strbuf_puts(&out, spellings[i].ascii);
			rest = ours + strlen(spellings[i].text);
			free(before);
		}
	utf8_escape(&out, rest, page->options->ascii);
	return strbuf_take(&out);
}

static size_t columns_of(const struct page *page, const char *text)
{
	char *shown = escaped(page, text);
	size_t columns = utf8_columns(shown, strlen(shown));

	free(shown);
	return columns;
}

static size_t row_width(const struct layout *layout)
{
	size_t width = 0;

	for (size_t c = 0; c < layout->columns; c++)
		width += GAP + layout->widths[c];
	return width;
}

static void measure(const struct page *page, const struct sheet_part *table, struct layout *layout)
{
	size_t width = page_is_narrow(page) ? page_width(page) : SIZE_MAX;

	layout->columns = strlen(table->columns);
	for (size_t c = 0; c < layout->columns; c++) {
		layout->widths[c] = 0;
		for (size_t i = 0; i < table->row_count; i++) {
			size_t columns = columns_of(page, table->rows[i].cells[c]) + (c == 0 ? 2 * (size_t)table->rows[i].indent : 0);

			if (columns > layout->widths[c])
				layout->widths[c] = columns;
		}
		if (table->columns[c] == 'n' && width == SIZE_MAX && layout->widths[c] > NAME_MOST)
			layout->widths[c] = NAME_MOST;
	}
	for (size_t c = 0; c < layout->columns; c++) {
		size_t row = row_width(layout), over = row > width ? row - width : 0;

		if (table->columns[c] != 'n' || over == 0 || layout->widths[c] <= NAME_LEAST)
			continue;
		layout->widths[c] = layout->widths[c] > over + NAME_LEAST ? layout->widths[c] - over : NAME_LEAST;
	}
	while (layout->columns > 2 && row_width(layout) > width)
		layout->columns--;
}

static bool is_last(const struct sheet_row *row, const struct layout *layout, size_t column)
{
	for (size_t c = column + 1; c < layout->columns; c++)
		if (row->cells[c] && *row->cells[c])
			return false;
	return true;
}

static void put_row(const struct page *page, const struct sheet_part *table, const struct layout *layout, const struct sheet_row *row)
{
	for (size_t c = 0; c < layout->columns; c++) {
		char *shown = escaped(page, row->cells[c]);
		size_t indent = c == 0 ? 2 * (size_t)row->indent : 0, width = layout->widths[c] - indent;
		bool right = table->columns[c] == 'r', last = is_last(row, layout, c);
		struct strbuf cut = STRBUF_INIT;

		utf8_shorten(&cut, shown, width, page->options->ascii);
		for (size_t i = 0; i < GAP + indent; i++)
			strbuf_puts(page->out, " ");
		page_cell(page, cut.size > 0 ? cut.data : "", last && !right ? 0 : width, right,
			  row->head || row->dim ? PAGE_DIM : PAGE_PLAIN);
		strbuf_free(&cut);
		free(shown);
		if (last)
			break;
	}
	strbuf_puts(page->out, "\n");
}

/* A sentence that does not fit goes on below rather than lose its middle. */
static void put_title(const struct page *page, const char *title)
{
	if (!page_is_narrow(page) || utf8_columns(title, strlen(title)) <= page_width(page)) {
		page_heading(page, title);
		return;
	}
	strbuf_puts(page->out, "\n");
	page_color(page, PAGE_BOLD);
	page_paragraph(page, "", PAGE_PLAIN, 2, title);
	page_color(page, PAGE_PLAIN);
}

static void put_table(const struct page *page, const struct sheet_part *table)
{
	struct layout layout;

	measure(page, table, &layout);
	if (*table->title)
		put_title(page, table->title);
	for (size_t i = 0; i < table->row_count; i++)
		put_row(page, table, &layout, &table->rows[i]);
}

static void put_advice(const struct page *page, const struct sheet_part *part)
{
	static const char *const marks[] = {[REPORT_OK] = "  ✓ ", [REPORT_NOTE] = "  ℹ ", [REPORT_WARNING] = "  ⚠ "};
	static const char *const ascii[] = {[REPORT_OK] = "  ok ", [REPORT_NOTE] = "  note ", [REPORT_WARNING] = "  warning "};
	static const enum page_color colors[] = {[REPORT_OK] = PAGE_GREEN, [REPORT_NOTE] = PAGE_PLAIN, [REPORT_WARNING] = PAGE_YELLOW};
	const char *lead = page->options->ascii ? ascii[part->level] : marks[part->level];
	char *text = escaped(page, part->text);

	page_paragraph(page, lead, colors[part->level], utf8_columns(lead, strlen(lead)), text);
	free(text);
}

static void put_section(const struct page *page, const char *title)
{
	char *line = xasprintf("=== %s ===", title);

	if (page->out->size > 0)
		strbuf_puts(page->out, "\n");
	page_title(page, line);
	free(line);
}

/* A letter for each part of the time: how high the largest value in it is, beside the largest of all. A part without a value has the last.
 */
static void put_chart(const struct page *page, const struct sheet_part *chart)
{
	static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char *const ascii[] = {".", ":", "-", "=", "+", "*", "#", "@"};
	size_t width = page_is_narrow(page) && page_width(page) < CHART_COLUMNS + GAP ? page_width(page) - GAP : CHART_COLUMNS, next = 0;
	double end = chart->point_count ? chart->points[chart->point_count - 1].at : 0, most = 0, last = 0;
	char *text = escaped(page, chart->text);

	for (size_t i = 0; i < chart->point_count; i++)
		most = chart->points[i].value > most ? chart->points[i].value : most;
	page_heading(page, chart->title);
	strbuf_puts(page->out, "  ");
	for (size_t c = 0; c < width && chart->point_count > 0; c++) {
		double until = end * (double)(c + 1) / (double)width;
		size_t first = next, level;

		for (; next < chart->point_count && (chart->points[next].at <= until || c + 1 == width); next++)
			last = next == first || chart->points[next].value > last ? chart->points[next].value : last;
		level = most > 0 ? (size_t)(last / most * 7 + 0.5) : 0;
		strbuf_puts(page->out, page->options->ascii ? ascii[level] : blocks[level]);
	}
	strbuf_puts(page->out, "\n");
	page_paragraph(page, "  ", PAGE_PLAIN, 2, text);
	free(text);
}

static void put_part(const struct page *page, const struct sheet_part *part)
{
	char *text = escaped(page, part->text), *lead;

	switch (part->kind) {
	case SHEET_SECTION:
		put_section(page, part->title);
		break;
	case SHEET_FACT:
		lead = xasprintf("%s: ", part->title);
		page_paragraph(page, lead, PAGE_PLAIN, 2, text);
		free(lead);
		break;
	case SHEET_TABLE:
		put_table(page, part);
		break;
	case SHEET_TEXT:
		page_paragraph(page, "  ", PAGE_PLAIN, 2, text);
		break;
	case SHEET_CHART:
		put_chart(page, part);
		break;
	case SHEET_ADVICE:
		put_advice(page, part);
		break;
	}
	free(text);
}

void sheet_put_text(const struct sheet *sheet, const struct sheet_options *options, struct strbuf *out)
{
	struct export_options e = {.color = options->color, .ascii = options->ascii, .width = options->width};
	struct page page = {.options = &e, .out = out};

	for (size_t i = 0; i < sheet->count; i++) {
		/* The first piece of advice has a heading. */
		if (sheet->parts[i].kind == SHEET_ADVICE && (i == 0 || sheet->parts[i - 1].kind != SHEET_ADVICE))
			page_heading(&page, "Recommendations:");
		put_part(&page, &sheet->parts[i]);
	}
}
