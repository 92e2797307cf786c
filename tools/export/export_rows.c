/* Columns as wide as their widest cell. */
#include "export_rows.h"
#include "export_utf8.h"

#include <stdlib.h>
#include <string.h>

static const char *text_of(const struct strbuf *sb)
{
	return sb->size > 0 ? sb->data : "";
}

static size_t columns(const struct strbuf *sb)
{
	return sb->size > 0 ? utf8_columns(sb->data, sb->size) : 0;
}

struct row *rows_add(struct rows *rows)
{
	if (rows->count == rows->capacity) {
		rows->capacity = rows->capacity ? 2 * rows->capacity : 16;
		rows->row = xrealloc(rows->row, rows->capacity, sizeof(*rows->row));
	}
	memset(&rows->row[rows->count], 0, sizeof(*rows->row));
	return &rows->row[rows->count++];
}

static void put_record(const struct page *page, const struct row *row)
{
	const char *cells[ROW_CELLS];

	for (size_t c = 0; c < ROW_CELLS; c++)
		cells[c] = text_of(&row->cell[c]);
	page_record(page, cells, ROW_CELLS, row->color);
}

static void put_row(const struct page *page, const struct row *row, const size_t *width)
{
	for (size_t c = 0, blanks = 2; c < ROW_CELLS; c++) {
		const char *text = text_of(&row->cell[c]);

		if (*text == '\0' && !row->right[c]) {
			blanks += width[c] > 0 ? width[c] + 2 : 0;
			continue;
		}
		for (; blanks > 0; blanks--)
			strbuf_add(page->out, " ", 1);
		page_cell(page, text, row->right[c] ? width[c] : 0, row->right[c], row->right[c] ? row->color : PAGE_PLAIN);
		blanks = 2 + (row->right[c] ? 0 : width[c] - columns(&row->cell[c]));
	}
	strbuf_puts(page->out, "\n");
}

void rows_put(const struct page *page, struct rows *rows)
{
	size_t width[ROW_CELLS] = {0}, all = 0;

	for (size_t i = 0; i < rows->count; i++)
		for (size_t c = 0; c < ROW_CELLS; c++)
			if (columns(&rows->row[i].cell[c]) > width[c])
				width[c] = columns(&rows->row[i].cell[c]);
	for (size_t c = 0; c < ROW_CELLS; c++)
		all += width[c] > 0 ? 2 + width[c] : 0;
	for (size_t i = 0; i < rows->count; i++) {
		if (page_is_narrow(page) && all > page_width(page))
			put_record(page, &rows->row[i]);
		else
			put_row(page, &rows->row[i], width);
		for (size_t c = 0; c < ROW_CELLS; c++)
			strbuf_free(&rows->row[i].cell[c]);
	}
	free(rows->row);
}
