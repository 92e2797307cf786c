/* Columns are as wide as their widest cell; the name gets what is left. */
#include "export_table.h"
#include "export_rows.h"
#include "export_select.h"
#include "export_sort.h"
#include "export_utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_SHOWN  40 /* without --verbose */
#define LINES_SHOWN 10 /* without --verbose */
#define SHORTEST    20 /* columns that a name should have before another column gives way */
#define LEAST_NAME  10 /* below that, the numbers go to a line of their own */

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t columns(const char *text)
{
	return utf8_columns(text, strlen(text));
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

void cell_percent(const struct page *page, struct strbuf *out, const struct report_fn *row)
{
	double percent = row->self_percent;

	if (below_one_sample(page, row)) {
		strbuf_puts(out, "<");
		percent = fmax(100 / (double)page->report->samples, 0.1);
	}
	unit_percent(out, percent);
}

static void cell_share(const struct page *page, struct strbuf *out, const struct report_fn *row)
{
	struct strbuf percent = STRBUF_INIT;

	if (row->self_percent < 0)
		return;
	cell_percent(page, &percent, row);
	strbuf_printf(out, "(%s%s)", percent.size < sizeof "10.0%" - 1 ? " " : "", percent.data);
	strbuf_free(&percent);
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
	bool records; /* not even the name and the calls fit beside each other */
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
	w.records = page_is_narrow(page) && rest < LEAST_NAME && rest < w.name;
	w.name = w.name < rest ? w.name : rest;
	return w;
}

/* `text` with blanks in front, so that the numbers of records stand below each other. */
static void pad(struct strbuf *out, const char *text, size_t width)
{
	for (size_t used = columns(text); used < width; used++)
		strbuf_puts(out, " ");
	strbuf_puts(out, text);
}

static void put_record(const struct page *page, const struct cells *cells, const struct widths *w)
{
	struct strbuf time = STRBUF_INIT, share = STRBUF_INIT;

	pad(&time, cells->time.data, cells->share.size > 0 ? w->time : 0);
	if (cells->share.size > 0)
		pad(&share, cells->share.data, w->share);
	page_record(page,
		    (const char *const[]){cells->name.data, time.data, share.size > 0 ? share.data : "", cells->calls.data,
					  cells->total.size > 0 ? cells->total.data : ""},
		    5, page_heat(cells->percent));
	strbuf_free(&time);
	strbuf_free(&share);
}

static void put_row(const struct page *page, const struct cells *cells, const struct widths *w)
{
	struct strbuf name = STRBUF_INIT;

	if (w->records) {
		put_record(page, cells, w);
		return;
	}

	page_name(page, &name, cells->fn, w->name);
	strbuf_puts(page->out, "  ");
	page_cell(page, name.data, w->name + 2, false, PAGE_PLAIN);
	if (cells->share.size > 0) {
		page_cell(page, cells->time.data, w->time, true, page_heat(cells->percent));
		strbuf_puts(page->out, "  ");
		page_cell(page, cells->share.data, w->share, true, page_heat(cells->percent));
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
	if (page->options->top == 0 && page->options->min_percent <= 0)
		strbuf_puts(&text, " (--verbose lists them)");
	page_paragraph(page, page->options->ascii ? "  ... " : "  … ", PAGE_DIM, 4, text.data);
	strbuf_free(&text);
}

size_t table_limit(const struct page *page, size_t usual)
{
	if (page->options->top > 0)
		return page->options->top < SIZE_MAX ? (size_t)page->options->top : SIZE_MAX;
	return page->options->verbose ? SIZE_MAX : usual;
}

void table_functions(const struct page *page)
{
	/* Who asks for those above some share wants all of them. */
	struct sorted sorted =
	    sort_functions(page->report, page->options, table_limit(page, page->options->min_percent > 0 ? SIZE_MAX : ROWS_SHOWN));
	struct cells *cells = xcalloc(sorted.count + 1, sizeof(*cells));
	struct widths w;

	for (size_t i = 0; i < sorted.count; i++)
		fill_cells(page, sorted.rows[i], &cells[i]);
	page_heading(page, "Function-level timings:");
	if (sorted.count + sorted.left == 0)
		strbuf_puts(page->out, "  no function ran\n");
	w = measure(page, cells, sorted.count);
	for (size_t i = 0; i < sorted.count; i++)
		put_row(page, &cells[i], &w);
	if (sorted.left > 0)
		put_rest(page, sorted.left, sorted.left_percent);
	free_cells(cells, sorted.count);
	free(sorted.rows);
}

void table_hotspots(const struct page *page, uint32_t fn)
{
	const struct report *r = page->report;
	struct rows lines = {0};

	if (r->source == REPORT_NO_TIME)
		return;
	page_heading(page, "Hotspots (>10% total time):");
	for (size_t i = 0; i < r->hotspot_count; i++) {
		const struct report_hotspot *spot = &r->hotspots[i];
		struct row *line;

		if (fn != PROFILE_NONE && spot->fn != fn)
			continue;
		line = rows_add(&lines);
		line->color = page_heat(spot->percent);
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
	rows_put(page, &lines);
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

static void put_line(const struct page *page, struct rows *lines, const struct profile_line *counted)
{
	struct row *line = rows_add(lines);
	double ns = report_line_ns(page->report, counted), times = report_per_run(page->report->profile, counted->count);

	page_place(page, &line->cell[0], page_source(page, counted->fn), counted->line, counted->line);
	unit_mean_count(&line->cell[1], times);
	strbuf_puts(&line->cell[1], times == 1 ? " time" : " times");
	line->right[1] = true;
	if (ns > 0) {
		double percent = 100 * ns / page->report->base_ns;

		line->color = page_heat(percent);
		unit_time(&line->cell[2], ns, page_compact(page));
		strbuf_puts(&line->cell[3], "(");
		unit_percent(&line->cell[3], percent);
		strbuf_puts(&line->cell[3], ")");
		line->right[2] = line->right[3] = true;
	}
}

void table_lines(const struct page *page, uint32_t fn)
{
	const struct profile *p = page->report->profile;
	struct profile_line *counted = xcalloc(p->line_count + 1, sizeof(*counted));
	struct rows lines = {0};
	size_t count = 0, limit;

	for (size_t i = 0; i < p->line_count && p->runs > 0; i++)
		if (p->lines[i].count != PROFILE_ABSENT && p->lines[i].count > 0 && (fn == PROFILE_NONE || fn == p->lines[i].fn))
			counted[count++] = p->lines[i];
	if (count > 0) {
		qsort(counted, count, sizeof(*counted), hotter);
		page_heading(page, "Lines:");
	}
	limit = table_limit(page, LINES_SHOWN);
	limit = limit < count ? limit : count;
	for (size_t i = 0; i < limit; i++)
		put_line(page, &lines, &counted[i]);
	rows_put(page, &lines);
	if (limit < count) {
		struct strbuf text = STRBUF_INIT;

		strbuf_printf(&text, "%zu more%s", count - limit, page->options->top > 0 ? "" : " (--verbose lists them)");
		page_paragraph(page, page->options->ascii ? "  ... " : "  … ", PAGE_PLAIN, 4, text.data);
		strbuf_free(&text);
	}
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
	struct rows lines = {0};

	page_heading(page, "Source map:");
	for (uint32_t i = 0; i < p->fn_count; i++) {
		struct row *line;

		if (fn != PROFILE_NONE && fn != i)
			continue;
		line = rows_add(&lines);
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
	rows_put(page, &lines);
}

static void put_calls(const struct page *page, struct row *line, uint64_t sum)
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

static void put_edge(const struct page *page, struct rows *lines, const struct profile_edge *edge, uint32_t other)
{
	struct row *line = rows_add(lines);

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
	struct rows lines = {0};

	page_heading(page, "Callers:");
	for (size_t i = 0; i < p->edge_count; i++)
		if (p->edges[i].callee == fn && p->edges[i].caller != PROFILE_NONE && p->edges[i].calls > 0)
			put_edge(page, &lines, &p->edges[i], p->edges[i].caller);
	if (unknown > 0) {
		struct row *line = rows_add(&lines);

		put_calls(page, line, unknown);
		strbuf_puts(&line->cell[1], "(caller not known from the text)");
	}
	if (lines.count == 0)
		strbuf_puts(page->out, "  none\n");
	rows_put(page, &lines);
}

void table_callees(const struct page *page, uint32_t fn)
{
	const struct profile *p = page->report->profile;
	struct rows lines = {0};

	page_heading(page, "Callees:");
	for (size_t i = 0; i < p->edge_count; i++)
		if (p->edges[i].caller == fn && p->edges[i].calls > 0)
			put_edge(page, &lines, &p->edges[i], p->edges[i].callee);
	if (lines.count == 0)
		strbuf_puts(page->out, "  none\n");
	rows_put(page, &lines);
}

static int by_calls(const void *a, const void *b)
{
	const struct profile_edge *x = *(const struct profile_edge *const *)a, *y = *(const struct profile_edge *const *)b;

	if (x->calls != y->calls)
		return x->calls < y->calls ? 1 : -1;
	return (x > y) - (x < y);
}

static void put_call(const struct page *page, struct rows *lines, const struct profile_edge *edge)
{
	struct row *line = rows_add(lines);

	put_calls(page, line, edge->calls);
	if (edge->caller == PROFILE_NONE)
		strbuf_puts(&line->cell[1], "(not known from the text)");
	else
		page_name(page, &line->cell[1], edge->caller, name_columns(page));
	strbuf_puts(&line->cell[2], page->options->ascii ? "-> " : "→ ");
	page_name(page, &line->cell[2], edge->callee, name_columns(page));
	if (edge->line > 0)
		page_place(page, &line->cell[3], page_source(page, edge->caller == PROFILE_NONE ? edge->callee : edge->caller), edge->line,
			   edge->line);
}

void table_calls(const struct page *page)
{
	const struct profile *p = page->report->profile;
	const struct profile_edge **edges = xcalloc(p->edge_count + 1, sizeof(struct profile_edge *));
	size_t count = 0, limit = table_limit(page, ROWS_SHOWN);
	struct rows lines = {0};

	for (size_t i = 0; i < p->edge_count; i++)
		if (p->edges[i].calls > 0)
			edges[count++] = &p->edges[i];
	qsort(edges, count, sizeof(struct profile_edge *), by_calls);
	page_heading(page, "Calls:");
	for (size_t i = 0; i < count && i < limit; i++)
		put_call(page, &lines, edges[i]);
	if (count == 0)
		strbuf_puts(page->out, "  none counted\n");
	rows_put(page, &lines);
	if (limit < count) {
		struct strbuf text = STRBUF_INIT;

		strbuf_printf(&text, "%zu more place%s of calls%s", count - limit, count - limit == 1 ? "" : "s",
			      page->options->top > 0 ? "" : " (--verbose lists them)");
		page_paragraph(page, page->options->ascii ? "  ... " : "  … ", PAGE_DIM, 4, text.data);
		strbuf_free(&text);
	}
	free(edges);
}
