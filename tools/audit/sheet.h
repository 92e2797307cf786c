/*
 * sheet.h - a report for people as a list of parts: sections, facts, tables, sentences. Written once, shown as text and as HTML. Texts may
 * hold any bytes; they are escaped where they are shown.
 */
#ifndef SHEET_H
#define SHEET_H

#include "report.h"
#include "strbuf.h"

#include <stdbool.h>
#include <stddef.h>

enum sheet_kind { SHEET_SECTION, SHEET_FACT, SHEET_TABLE, SHEET_TEXT, SHEET_CHART, SHEET_ADVICE };

/* One value of a chart: `at` and `value` in any units, not negative. */
struct sheet_point {
	double at, value;
};

#define SHEET_COLUMNS_MOST 12

struct sheet_row {
	char *cells[SHEET_COLUMNS_MOST]; /* NULL: empty */
	bool head, dim;
	unsigned indent; /* of the first cell: a part of the row above */
};

struct sheet_part {
	enum sheet_kind kind;
	char *title, *text;
	enum report_level level; /* of advice */
	const char *columns;	 /* of a table: a letter each, 'l' or 'r'; 'n' a name, which is shortened first */
	struct sheet_row *rows;
	size_t row_count;
	struct sheet_point *points; /* of a chart, ascending `at` */
	size_t point_count;
};

struct sheet {
	struct sheet_part *parts;
	size_t count;
};

struct sheet_options {
	bool color, ascii;
	unsigned width; /* columns of the terminal, 0 = unlimited */
};

struct sheet *sheet_new(void);
void sheet_free(struct sheet *sheet);
void sheet_section(struct sheet *sheet, const char *title);
/* "Binary: bootstrap (400 kB)" */
void sheet_fact(struct sheet *sheet, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Rows follow by sheet_row(). `columns` as in struct sheet_part; must outlive the sheet. */
void sheet_table(struct sheet *sheet, const char *columns, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* A new row of the last table; then its cells, left to right. */
struct sheet_row *sheet_row(struct sheet *sheet);
void sheet_cell(struct sheet *sheet, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sheet_cell_bytes(struct sheet *sheet, uint64_t bytes);
void sheet_cell_percent(struct sheet *sheet, double percent);
void sheet_cell_count(struct sheet *sheet, uint64_t count);
/* Column heads of the last table, separated by '|'. */
void sheet_heads(struct sheet *sheet, const char *heads);
/* Values over time: `points` are copied. The title above it says what is shown; `text` what the ends and the top are. */
void sheet_chart(struct sheet *sheet, const char *title, const struct sheet_point *points, size_t count, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void sheet_text(struct sheet *sheet, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sheet_advice(struct sheet *sheet, enum report_level level, const char *text);

/* --- sheet_text.c, sheet_html.c ------------------------------------------------------------------------------------------------ */
void sheet_put_text(const struct sheet *sheet, const struct sheet_options *options, struct strbuf *out);
/* One HTML file that needs nothing else. */
void sheet_put_html(const struct sheet *sheet, const char *title, struct strbuf *out);

#endif
