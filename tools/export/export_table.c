/* Columns are as wide as their widest cell; the name gets what is left. */
#include "export_table.h"
#include "export_select.h"
#include "export_utf8.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_SHOWN   40 /* without --verbose */
#define LINES_SHOWN  10 /* without --verbose */
#define SHORTEST     20 /* columns that a name should have before another column gives way */
#define HOT_PERCENT  50
#define WARM_PERCENT 10

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t columns(const char *text)
{
	return utf8_columns(text, strlen(text));
}

static enum page_color heat(double percent)
{
	return percent > HOT_PERCENT ? PAGE_RED : percent > WARM_PERCENT ? PAGE_YELLOW : PAGE_PLAIN;
}

/* ---- cells ---- */

static bool below_one_sample(const struct page *page, const struct report_fn *row)
{
	return row->source == REPORT_SAMPLES && row->self_ns <= 0 && page->report->samples > 0;
}

void cell_time(const struct page *page, struct strbuf *out, const struct report_fn *row)
{
	const struct profile_fn *fn = &page->report->profile->fns[row->fn];

	if (below_one_sample(page, row)) {
		strbuf_puts(out, "<");
		unit_time(out, page->report->base_ns / (double)page->report->samples, page_compact(page));
	} else if (row->self_ns >= 0) {
		unit_time(out, row->self_ns, page_compact(page));
	} else {
		strbuf_puts(out, fn->clock_off > 0 ? "(too short to time)" : "(not timed)");
	}
}

static void cell_share(const struct page *page, struct strbuf *out, const struct report_fn *row)
{
	double percent = row->self_percent;

	if (percent < 0)
		return;
	strbuf_puts(out, percent < 9.95 ? "( " : "(");
	if (below_one_sample(page, row)) {
		out->size--; /* "<" takes the place of the blank */
		strbuf_puts(out, "<");
		percent = 100 / (double)page->report->samples;
		unit_percent(out, percent < 0.1 ? 0.1 : percent);
	} else if (percent > 0 && percent < 0.05) {
		out->size--;
		unit_percent(out, percent);
	} else {
		unit_percent(out, percent);
	}
	strbuf_puts(out, ")");
}

void cell_calls(const struct page *page, struct strbuf *out, const struct report_fn *row)
{
	const struct profile_fn *fn = &page->report->profile->fns[row->fn];

	if (row->calls == PROFILE_ABSENT) {
		strbuf_puts(out, "not counted");
		return;
	}
	unit_count(out, row->calls_vary ? fn->calls_min : row->calls);
	if (row->calls_vary) {
		strbuf_puts(out, page->options->ascii ? "-" : "–");
		unit_count(out, fn->calls_max);
	}
}

/* ---- functions ---- */

struct cells {
	uint32_t fn;
	double percent;
	struct strbuf name, time, share, calls, total;
};

static void fill_cells(const struct page *page, const struct report_fn *row, struct cells *cells)
{
	cells->fn = row->fn;
	cells->percent = row->self_percent;
	page_name(page, &cells->name, row->fn, 0);
	cell_time(page, &cells->time, row);
	cell_share(page, &cells->share, row);
	strbuf_puts(&cells->calls, row->calls == PROFILE_ABSENT ? "[calls " : "[");
	cell_calls(page, &cells->calls, row);
	if (row->calls != PROFILE_ABSENT)
		strbuf_puts(&cells->calls, row->calls == 1 && !row->calls_vary ? " call" : " calls");
	strbuf_puts(&cells->calls, "]");
	/* Only where callees add to it: half a percent is within what the digits say. */
	if (row->self_ns >= 0 && row->total_ns > row->self_ns * 1.005) {
		strbuf_puts(&cells->total, "total ");
		unit_time(&cells->total, row->total_ns, page_compact(page));
	}
	if (row->blocked_ns > 0) {
		strbuf_puts(&cells->total, cells->total.size > 0 ? " + blocked " : "blocked ");
		unit_time(&cells->total, row->blocked_ns, page_compact(page));
	}
}

static void free_cells(struct cells *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		strbuf_free(&cells[i].name);
		strbuf_free(&cells[i].time);
		strbuf_free(&cells[i].share);
		strbuf_free(&cells[i].calls);
		strbuf_free(&cells[i].total);
	}
	free(cells);
}

struct widths {
	size_t name, time, share, calls, total;
};

static struct widths measure(const struct page *page, const struct cells *cells, size_t count)
{
	struct widths w = {0};
	size_t rest;

	for (size_t i = 0; i < count; i++) {
		w.name = larger(w.name, columns(cells[i].name.data));
		/* "(too short to time)" stands in for both time and share. */
		if (cells[i].share.size > 0) {
			w.time = larger(w.time, columns(cells[i].time.data));
			w.share = larger(w.share, columns(cells[i].share.data));
		}
		w.calls = larger(w.calls, columns(cells[i].calls.data));
		if (cells[i].total.size > 0)
			w.total = larger(w.total, columns(cells[i].total.data));
	}
	for (size_t i = 0; i < count; i++)
		if (cells[i].share.size == 0 && columns(cells[i].time.data) > w.time + 2 + w.share)
			w.share = columns(cells[i].time.data) - w.time - 2;
	rest = 2 + 2 + w.time + 2 + w.share + 2 + w.calls;
	if (page_width(page) < rest + 2 + w.total + (w.name < SHORTEST ? w.name : SHORTEST))
		w.total = 0;
	rest += w.total > 0 ? 2 + w.total : 0;
	rest = page_width(page) > rest + 4 ? page_width(page) - rest : 4;
	w.name = w.name < rest ? w.name : rest;
	return w;
}

static void put_row(const struct page *page, const struct cells *cells, const struct widths *w)
{
	struct strbuf name = STRBUF_INIT;

	page_name(page, &name, cells->fn, w->name);
	strbuf_puts(page->out, "  ");
	page_cell(page, name.data, w->name + 2, false, PAGE_PLAIN);
	if (cells->share.size > 0) {
		page_cell(page, cells->time.data, w->time, true, heat(cells->percent));
		strbuf_puts(page->out, "  ");
		page_cell(page, cells->share.data, w->share, true, heat(cells->percent));
	} else {
		page_cell(page, cells->time.data, w->time + 2 + w->share, true, PAGE_DIM);
	}
	strbuf_puts(page->out, "  ");
	page_cell(page, cells->calls.data, cells->total.size > 0 && w->total > 0 ? w->calls : 0, false, PAGE_PLAIN);
	if (cells->total.size > 0 && w->total > 0) {
		strbuf_puts(page->out, "  ");
		page_cell(page, cells->total.data, w->total, true, PAGE_DIM);
	}
	strbuf_puts(page->out, "\n");
	strbuf_free(&name);
}

static bool ran(const struct page *page, const struct report_fn *row)
{
	return page->report->profile->fns[row->fn].calls > 0 || row->calls == PROFILE_ABSENT || row->self_ns > 0 || row->total_ns > 0;
}

/* One line for the rows that were left out. */
static void put_rest(const struct page *page, size_t left, double percent)
{
	struct strbuf text = STRBUF_INIT;

	unit_count(&text, left);
	strbuf_puts(&text, left == 1 ? " more function" : " more functions");
	if (percent >= 0) {
		strbuf_puts(&text, " with ");
		unit_percent(&text, percent);
		strbuf_puts(&text, " of the time");
	}
	strbuf_puts(&text, " (--verbose lists them)");
	page_paragraph(page, page->options->ascii ? "  ... " : "  … ", PAGE_DIM, 4, text.data);
	strbuf_free(&text);
}

void table_functions(const struct page *page)
{
	const struct report *r = page->report;
	size_t limit = page->options->verbose ? r->fn_count : ROWS_SHOWN, count = 0, left = 0;
	struct cells *cells = xcalloc(r->fn_count + 1, sizeof(*cells));
	double percent = 0;
	struct widths w;

	for (size_t i = 0; i < r->fn_count; i++) {
		if (!ran(page, &r->fns[i]))
			continue;
		if (count < limit) {
			fill_cells(page, &r->fns[i], &cells[count++]);
			continue;
		}
		left++;
		percent += r->fns[i].self_percent > 0 ? r->fns[i].self_percent : 0;
	}
	page_heading(page, "Function-level timings:");
	if (count == 0)
		strbuf_puts(page->out, "  no function ran\n");
	w = measure(page, cells, count);
	for (size_t i = 0; i < count; i++)
		put_row(page, &cells[i], &w);
	if (left > 0)
		put_rest(page, left, r->source == REPORT_NO_TIME ? -1 : percent);
	free_cells(cells, count);
}

/* ---- rows of place, value, note: hot spots, calls, source map ---- */

struct line {
	struct strbuf cell[4];
	bool right[4];
	double percent; /* colours the cells aligned to the right */
};
struct lines {
	struct line *line;
	size_t count;
};

/* A new line; valid until the next call. */
static struct line *add_line(struct lines *lines)
{
	lines->line = xrealloc(lines->line, lines->count + 1, sizeof(*lines->line));
	memset(&lines->line[lines->count], 0, sizeof(*lines->line));
	return &lines->line[lines->count++];
}

static const char *text_of(const struct strbuf *sb)
{
	return sb->size > 0 ? sb->data : "";
}

/* Prints and frees. */
static void put_lines(const struct page *page, struct lines *lines)
{
	size_t width[4] = {0};

	for (size_t i = 0; i < lines->count; i++)
		for (size_t c = 0; c < 4; c++)
			width[c] = larger(width[c], columns(text_of(&lines->line[i].cell[c])));
	for (size_t i = 0; i < lines->count; i++) {
		struct line *line = &lines->line[i];

		for (size_t c = 0, blanks = 2; c < 4; c++) {
			const char *text = text_of(&line->cell[c]);

			if (*text == '\0' && !line->right[c]) {
				blanks += width[c] + 2;
				continue;
			}
			for (; blanks > 0; blanks--)
				strbuf_add(page->out, " ", 1);
			page_cell(page, text, line->right[c] ? width[c] : 0, line->right[c],
				  line->right[c] ? heat(line->percent) : PAGE_PLAIN);
			blanks = 2 + (line->right[c] ? 0 : width[c] - columns(text));
		}
		strbuf_puts(page->out, "\n");
		for (size_t c = 0; c < 4; c++)
			strbuf_free(&line->cell[c]);
	}
	free(lines->line);
}

void table_hotspots(const struct page *page, uint32_t fn)
{
	const struct report *r = page->report;
	struct lines lines = {0};

	if (r->source == REPORT_NO_TIME)
		return;
	page_heading(page, "Hotspots (>10% total time):");
	for (size_t i = 0; i < r->hotspot_count; i++) {
		const struct report_hotspot *spot = &r->hotspots[i];
		struct line *line;

		if (fn != PROFILE_NONE && spot->fn != fn)
			continue;
		line = add_line(&lines);
		line->percent = spot->percent;
		page_place(page, &line->cell[0], page_source(page, spot->fn), spot->from, spot->to);
		unit_time(&line->cell[1], spot->self_ns, page_compact(page));
		strbuf_puts(&line->cell[2], "(");
		unit_percent(&line->cell[2], spot->percent);
		strbuf_puts(&line->cell[2], ")");
		line->right[1] = line->right[2] = true;
		if (spot->note)
			strbuf_printf(&line->cell[3], "[%s]", spot->note);
	}
	if (lines.count == 0)
		strbuf_puts(page->out, "  none\n");
	put_lines(page, &lines);
}

/* By self time, then count, hottest first. */
static int hotter(const void *a, const void *b)
{
	const struct profile_line *x = a, *y = b;

	if (x->samples != y->samples)
		return x->samples < y->samples ? 1 : -1;
	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return (x->line > y->line) - (x->line < y->line);
}

static void put_line(const struct page *page, struct lines *lines, const struct profile_line *counted)
{
	struct line *line = add_line(lines);
	double ns = report_line_ns(page->report, counted), times = report_per_run(page->report->profile, counted->count);

	page_place(page, &line->cell[0], page_source(page, counted->fn), counted->line, counted->line);
	unit_mean_count(&line->cell[1], times);
	strbuf_puts(&line->cell[1], times == 1 ? " time" : " times");
	line->right[1] = true;
	if (ns > 0) {
		line->percent = 100 * ns / page->report->base_ns;
		unit_time(&line->cell[2], ns, page_compact(page));
		strbuf_puts(&line->cell[3], "(");
		unit_percent(&line->cell[3], line->percent);
		strbuf_puts(&line->cell[3], ")");
		line->right[2] = line->right[3] = true;
	}
}

void table_lines(const struct page *page, uint32_t fn)
{
	const struct profile *p = page->report->profile;
	struct profile_line *counted = xcalloc(p->line_count + 1, sizeof(*counted));
	struct lines lines = {0};
	size_t count = 0, limit;

	for (size_t i = 0; i < p->line_count && p->runs > 0; i++)
		if (p->lines[i].count != PROFILE_ABSENT && p->lines[i].count > 0 && (fn == PROFILE_NONE || fn == p->lines[i].fn))
			counted[count++] = p->lines[i];
	if (count > 0) {
		qsort(counted, count, sizeof(*counted), hotter);
		page_heading(page, "Lines:");
	}
	limit = page->options->verbose || count < LINES_SHOWN ? count : LINES_SHOWN;
	for (size_t i = 0; i < limit; i++)
		put_line(page, &lines, &counted[i]);
	put_lines(page, &lines);
	if (limit < count)
		strbuf_printf(page->out, "  %s %zu more (--verbose lists them)\n", page->options->ascii ? "..." : "…", count - limit);
	free(counted);
}

static size_t name_columns(const struct page *page)
{
	return page_width(page) / 3;
}

void table_source_map(const struct page *page, uint32_t fn)
{
	const struct profile *p = page->report->profile;
	const char *arrow = page->options->ascii ? "-> " : "→ ";
	struct lines lines = {0};

	page_heading(page, "Source map:");
	for (uint32_t i = 0; i < p->fn_count; i++) {
		struct line *line;

		if (fn != PROFILE_NONE && fn != i)
			continue;
		line = add_line(&lines);
		page_name(page, &line->cell[0], i, name_columns(page));
		if (p->fns[i].from > 0)
			page_place(page, &line->cell[1], page_source(page, i), p->fns[i].from, p->fns[i].to);
		else
			strbuf_puts(&line->cell[1], "(no source line)");
		strbuf_puts(&line->cell[2], arrow);
		if (p->fns[i].kind == PROFILE_INLINED)
			strbuf_puts(&line->cell[2], "(inlined)");
		else if (p->fns[i].rust_from > 0)
			page_place(page, &line->cell[2], profile_file(p, p->fns[i].file).rust_path, p->fns[i].rust_from, p->fns[i].rust_to);
		else
			strbuf_puts(&line->cell[2], "(place not known)");
	}
	put_lines(page, &lines);
}

static void put_calls(const struct page *page, struct line *line, uint64_t sum)
{
	double calls = report_per_run(page->report->profile, sum);

	line->right[0] = true;
	if (calls < 0) {
		strbuf_puts(&line->cell[0], "calls not counted");
		return;
	}
	unit_mean_count(&line->cell[0], calls);
	strbuf_puts(&line->cell[0], calls == 1 ? " call " : " calls");
}

static void put_edge(const struct page *page, struct lines *lines, const struct profile_edge *edge, uint32_t other)
{
	struct line *line = add_line(lines);

	put_calls(page, line, edge->calls);
	page_name(page, &line->cell[1], other, name_columns(page));
	if (edge->line > 0)
		page_place(page, &line->cell[2], page_source(page, edge->caller != PROFILE_NONE ? edge->caller : edge->callee), edge->line,
			   edge->line);
}

void table_callers(const struct page *page, uint32_t fn)
{
	const struct profile *p = page->report->profile;
	uint64_t unknown = export_unknown_calls(p, fn);
	struct lines lines = {0};

	page_heading(page, "Callers:");
	for (size_t i = 0; i < p->edge_count; i++)
		if (p->edges[i].callee == fn && p->edges[i].caller != PROFILE_NONE && p->edges[i].calls > 0)
			put_edge(page, &lines, &p->edges[i], p->edges[i].caller);
	if (unknown > 0) {
		struct line *line = add_line(&lines);

		put_calls(page, line, unknown);
		strbuf_puts(&line->cell[1], "(caller not known from the text)");
	}
	if (lines.count == 0)
		strbuf_puts(page->out, "  none\n");
	put_lines(page, &lines);
}

void table_callees(const struct page *page, uint32_t fn)
{
	const struct profile *p = page->report->profile;
	struct lines lines = {0};

	page_heading(page, "Callees:");
	for (size_t i = 0; i < p->edge_count; i++)
		if (p->edges[i].caller == fn && p->edges[i].calls > 0)
			put_edge(page, &lines, &p->edges[i], p->edges[i].callee);
	if (lines.count == 0)
		strbuf_puts(page->out, "  none\n");
	put_lines(page, &lines);
}
