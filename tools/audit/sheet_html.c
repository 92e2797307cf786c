/* A sheet as one HTML file that needs nothing else: its own policy forbids scripts and the network. */
#include "html.h"
#include "sheet.h"

#include <string.h>

static const char html_css[] = {
#include "html.css.inc"
};

static void put_head(struct strbuf *out, const char *title)
{
	strbuf_puts(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
			 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
			 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" "
			 "content=\"light dark\">\n"
			 "<meta name=\"generator\" content=\"ruchy-prof " RUCHY_PROF_VERSION "\">\n<title>");
	html_short(out, title, 100);
	strbuf_puts(out, " – analysis</title>\n<style>\n");
	strbuf_add(out, html_css, sizeof html_css);
	/* Tables here hold text in columns other than the first too. */
	strbuf_puts(out,
		    ".l{text-align:left!important}th.l{text-align:left!important}td{vertical-align:top}h3{font-size:1rem;margin:1rem 0 "
		    ".4rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .8rem;margin:.4rem "
		    "0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}\n</style>\n</head>\n<body>\n<main>\n");
}

static void put_cells(struct strbuf *out, const struct sheet_part *table, const struct sheet_row *row)
{
	const char *tag = row->head ? "th" : "td";

	strbuf_puts(out, "<tr>");
	for (size_t c = 0; table->columns[c]; c++) {
		strbuf_printf(out, "<%s%s>", tag, table->columns[c] == 'r' ? "" : " class=\"l\"");
		for (unsigned i = 0; c == 0 && i < row->indent; i++)
			strbuf_puts(out, "&emsp;");
		if (c == 0 && !row->head)
			strbuf_puts(out, "<span class=\"name\">");
		html_text(out, row->cells[c] ? row->cells[c] : "");
		if (c == 0 && !row->head)
			strbuf_puts(out, "</span>");
		strbuf_printf(out, "</%s>", tag);
	}
	strbuf_puts(out, "</tr>\n");
}

static void put_table(struct strbuf *out, const struct sheet_part *table)
{
	size_t i = 0;

	if (*table->title) {
		strbuf_puts(out, "<h3>");
		html_text(out, table->title);
		strbuf_puts(out, "</h3>\n");
	}
	strbuf_puts(out, "<div class=\"scroll\"><table>\n");
	if (table->row_count > 0 && table->rows[0].head) {
		strbuf_puts(out, "<thead>");
		put_cells(out, table, &table->rows[i++]);
		strbuf_puts(out, "</thead>\n");
	}
	strbuf_puts(out, "<tbody>\n");
	for (; i < table->row_count; i++)
		put_cells(out, table, &table->rows[i]);
	strbuf_puts(out, "</tbody></table></div>\n");
}

/* Steps, from 0: a value holds until the next one. */
static void put_chart(struct strbuf *out, const struct sheet_part *chart)
{
	const double width = 640, height = 120;
	double end = chart->point_count ? chart->points[chart->point_count - 1].at : 0, most = 0, y = height;

	for (size_t i = 0; i < chart->point_count; i++)
		most = chart->points[i].value > most ? chart->points[i].value : most;
	strbuf_puts(out, "<h3>");
	html_text(out, chart->title);
	strbuf_printf(
	    out,
	    "</h3>\n<svg viewBox=\"0 0 %.0f %.0f\" style=\"width:100%%;max-width:%.0fpx\" role=\"img\"><path fill=\"currentColor\" "
	    "fill-opacity=\".25\" stroke=\"currentColor\" d=\"M0 %.0f",
	    width, height, width, height);
	for (size_t i = 0; i < chart->point_count; i++) {
		double x = end > 0 ? chart->points[i].at / end * width : 0;

		strbuf_printf(out, " L%.1f %.1f", x, y);
		y = height - (most > 0 ? chart->points[i].value / most * (height - 2) : 0);
		strbuf_printf(out, " L%.1f %.1f", x, y);
	}
	strbuf_printf(out, " L%.0f %.1f L%.0f %.0f Z\"/></svg>\n<p>", width, y, width, height);
	html_text(out, chart->text);
	strbuf_puts(out, "</p>\n");
}

static void put_advice(struct strbuf *out, const struct sheet_part *part)
{
	static const char *const classes[] = {[REPORT_OK] = "ok", [REPORT_NOTE] = "note", [REPORT_WARNING] = "warning"};
	static const char *const marks[] = {[REPORT_OK] = "✓", [REPORT_NOTE] = "ℹ", [REPORT_WARNING] = "⚠"};

	strbuf_printf(out, "<li class=\"%s\"><b>%s</b><span>", classes[part->level], marks[part->level]);
	html_text(out, part->text);
	strbuf_puts(out, "</span></li>\n");
}

static void put_fact(struct strbuf *out, const struct sheet_part *part)
{
	strbuf_puts(out, "<dt>");
	html_text(out, part->title);
	strbuf_puts(out, "</dt><dd>");
	html_text(out, part->text);
	strbuf_puts(out, "</dd>\n");
}

/* Facts and advice are lists: what opens one, and what closes it. */
static const char *const opening[] = {[SHEET_FACT] = "<dl>\n", [SHEET_ADVICE] = "<h3>Recommendations</h3>\n<ul class=\"advice\">\n"};
static const char *const closing[] = {[SHEET_FACT] = "</dl>\n", [SHEET_ADVICE] = "</ul>\n"};

static void put_part(struct strbuf *out, const struct sheet_part *part, bool first)
{
	switch (part->kind) {
	case SHEET_SECTION:
		strbuf_puts(out, first ? "<section><h2>" : "</section>\n<section><h2>");
		html_text(out, part->title);
		strbuf_puts(out, "</h2>\n");
		break;
	case SHEET_FACT:
		put_fact(out, part);
		break;
	case SHEET_TABLE:
		put_table(out, part);
		break;
	case SHEET_TEXT:
		strbuf_puts(out, "<p>");
		html_text(out, part->text);
		strbuf_puts(out, "</p>\n");
		break;
	case SHEET_CHART:
		put_chart(out, part);
		break;
	case SHEET_ADVICE:
		put_advice(out, part);
		break;
	}
}

void sheet_put_html(const struct sheet *sheet, const char *title, struct strbuf *out)
{
	put_head(out, title);
	strbuf_puts(out, "<h1 class=\"name\">");
	html_text(out, title);
	strbuf_puts(out, "</h1>\n");
	for (size_t i = 0; i < sheet->count; i++) {
		enum sheet_kind kind = sheet->parts[i].kind;
		bool is_list = kind == SHEET_FACT || kind == SHEET_ADVICE;

		if (is_list && (i == 0 || sheet->parts[i - 1].kind != kind))
			strbuf_puts(out, opening[kind]);
		put_part(out, &sheet->parts[i], i == 0);
		if (is_list && (i + 1 == sheet->count || sheet->parts[i + 1].kind != kind))
			strbuf_puts(out, closing[kind]);
	}
	strbuf_puts(out, sheet->count > 0 ? "</section>\n</main>\n</body>\n</html>\n" : "</main>\n</body>\n</html>\n");
}
