#include "sheet.h"
#include "export_units.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sheet *sheet_new(void)
{
	return xcalloc(1, sizeof(struct sheet));
}

static void free_part(struct sheet_part *part)
{
	for (size_t i = 0; i < part->row_count; i++)
		for (size_t c = 0; c < SHEET_COLUMNS_MOST; c++)
			free(part->rows[i].cells[c]);
	free(part->rows);
	free(part->points);
	free(part->title);
	free(part->text);
}

void sheet_free(struct sheet *sheet)
{
	if (!sheet)
		return;
	for (size_t i = 0; i < sheet->count; i++)
		free_part(&sheet->parts[i]);
	free(sheet->parts);
	free(sheet);
}

static struct sheet_part *add(struct sheet *sheet, enum sheet_kind kind)
{
	if ((sheet->count & (sheet->count + 1)) == 0)
		sheet->parts = xrealloc(sheet->parts, 2 * sheet->count + 2, sizeof *sheet->parts);
	sheet->parts[sheet->count] = (struct sheet_part){.kind = kind};
	return &sheet->parts[sheet->count++];
}

static char *format_text(const char *format, va_list list)
{
	char *text = NULL;

	if (vasprintf(&text, format, list) < 0)
		abort();
	return text;
}

void sheet_section(struct sheet *sheet, const char *title)
{
	add(sheet, SHEET_SECTION)->title = xstrdup(title);
}

void sheet_fact(struct sheet *sheet, const char *name, const char *format, ...)
{
	struct sheet_part *part = add(sheet, SHEET_FACT);
	va_list list;

	part->title = xstrdup(name);
	va_start(list, format);
	part->text = format_text(format, list);
	va_end(list);
}

void sheet_table(struct sheet *sheet, const char *columns, const char *format, ...)
{
	struct sheet_part *part = add(sheet, SHEET_TABLE);
	va_list list;

	part->columns = columns;
	va_start(list, format);
	part->title = format_text(format, list);
	va_end(list);
}

struct sheet_row *sheet_row(struct sheet *sheet)
{
	struct sheet_part *part = &sheet->parts[sheet->count - 1];

	if ((part->row_count & (part->row_count + 1)) == 0)
		part->rows = xrealloc(part->rows, 2 * part->row_count + 2, sizeof *part->rows);
	part->rows[part->row_count] = (struct sheet_row){0};
	return &part->rows[part->row_count++];
}

static void add_cell(struct sheet *sheet, char *text)
{
	struct sheet_part *part = &sheet->parts[sheet->count - 1];
	struct sheet_row *row = &part->rows[part->row_count - 1];
	size_t columns = strlen(part->columns), c = 0;

	while (c < columns && row->cells[c])
		c++;
	if (c < columns)
		row->cells[c] = text;
	else
		free(text);
}

void sheet_cell(struct sheet *sheet, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	add_cell(sheet, format_text(format, list));
	va_end(list);
}

void sheet_cell_bytes(struct sheet *sheet, uint64_t bytes)
{
	struct strbuf text = STRBUF_INIT;

	unit_bytes(&text, bytes);
	add_cell(sheet, strbuf_take(&text));
}

void sheet_cell_percent(struct sheet *sheet, double percent)
{
	struct strbuf text = STRBUF_INIT;

	unit_percent(&text, percent);
	add_cell(sheet, strbuf_take(&text));
}

void sheet_cell_count(struct sheet *sheet, uint64_t count)
{
	struct strbuf text = STRBUF_INIT;

	unit_count(&text, count);
	add_cell(sheet, strbuf_take(&text));
}

void sheet_heads(struct sheet *sheet, const char *heads)
{
	sheet_row(sheet)->head = true;
	for (;;) {
		size_t size = strcspn(heads, "|");

		sheet_cell(sheet, "%.*s", (int)size, heads);
		if (!heads[size])
			return;
		heads += size + 1;
	}
}

void sheet_chart(struct sheet *sheet, const char *title, const struct sheet_point *points, size_t count, const char *format, ...)
{
	struct sheet_part *part = add(sheet, SHEET_CHART);
	va_list list;

	part->title = xstrdup(title);
	part->points = xcalloc(count + 1, sizeof *points);
	memcpy(part->points, points, count * sizeof *points);
	part->point_count = count;
	va_start(list, format);
	part->text = format_text(format, list);
	va_end(list);
}

void sheet_text(struct sheet *sheet, const char *format, ...)
{
	struct sheet_part *part = add(sheet, SHEET_TEXT);
	va_list list;

	va_start(list, format);
	part->text = format_text(format, list);
	va_end(list);
}

void sheet_advice(struct sheet *sheet, enum report_level level, const char *text)
{
	struct sheet_part *part = add(sheet, SHEET_ADVICE);

	part->level = level;
	part->text = xstrdup(text);
}
