/* export_page.h - a page of text for a terminal of some width: paragraphs, marks, colours, names. */
#ifndef EXPORT_PAGE_H
#define EXPORT_PAGE_H

#include "export_units.h"
#include "exporter.h"

/* A space at which a paragraph is not broken; never in text from utf8_escape(). */
#define PAGE_NBSP "\x1f"

enum page_color { PAGE_PLAIN, PAGE_BOLD, PAGE_DIM, PAGE_RED, PAGE_YELLOW, PAGE_GREEN, PAGE_COLORS };

struct page {
	const struct report *report;
	const struct export_options *options;
	struct strbuf *out;
};

/* Columns to lay out for: the terminal's, or a readable number where there is none. */
size_t page_width(const struct page *page);
/* True when lines must end at page_width(); else they may be as long as they need. */
bool page_is_narrow(const struct page *page);
/* The colour of a share of the time. */
enum page_color page_heat(double percent);
void page_color(const struct page *page, enum page_color color);
/* `text` in a colour, filled up with blanks to `columns`: behind it, or in front when `right`. */
void page_cell(const struct page *page, const char *text, size_t columns, bool right, enum page_color color);
/* A line in bold, cut to the page; page_heading() has an empty one above. */
void page_title(const struct page *page, const char *title);
void page_heading(const struct page *page, const char *title);
/*
 * `lead` and `text` as one paragraph; lines after the first are indented by `indent`. Takes `text` apart at blanks, not at PAGE_NBSP; words
 * longer than a line are cut.
 */
void page_paragraph(const struct page *page, const char *lead, enum page_color color, size_t indent, const char *text);
/*
 * A row of a table that is too wide for the page: the first cell on a line of its own, the others below it, as many a line as fit.
 * Empty ones are left out.
 */
void page_record(const struct page *page, const char *const *cells, size_t count, enum page_color color);

/* Number styles: in sentences ("35.21 ms", unbroken) and in columns ("35.21ms"). */
struct unit_style page_prose(const struct page *page);
struct unit_style page_compact(const struct page *page);

/* `fibonacci()`, `main::{closure}`: escaped, at most `columns` wide (0 = any). */
void page_name(const struct page *page, struct strbuf *out, uint32_t fn, size_t columns);
/* `file.ruchy:2-6`; the last part of the path, escaped and at most two fifths of the page wide. `to` 0 or equal to `from`: one line; `from`
 * 0: the file alone. */
void page_place(const struct page *page, struct strbuf *out, const char *path, uint32_t from, uint32_t to);
/* Path of the source of function `fn`. */
const char *page_source(const struct page *page, uint32_t fn);

#endif
