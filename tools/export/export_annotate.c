/* The source with its figures in the margin: executions and time of each line, and what its functions did above their first lines. */
#include "export_memory.h"
#include "export_select.h"
#include "export_table.h"
#include "export_text.h"
#include "export_utf8.h"
#include "exporters.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAB	     4
#define LEAST_SOURCE 30 /* columns of source; below that figures give way */
#define AROUND	     2	/* lines shown before and behind a function */

enum { COUNT, TIME, SHARE, NUMBER, CELLS };

/* One line of the source as it is shown. */
struct row {
	struct strbuf cell[CELLS];
	double percent;
};

struct annotation {
	const struct page *page;
	const struct source_text *source;
	struct line_facts *facts;
	uint32_t from, to; /* lines shown */
	struct row *rows;  /* of lines from .. to */
	size_t width[CELLS];
	bool shown[CELLS];
	uint32_t file; /* its number */
	uint32_t fn;   /* the only one to be shown, or PROFILE_NONE */
};

/* ---- the source ---- */

/* What to tell before the text: is it the one that ran? */
static void put_state(const struct page *page, const struct source_text *source)
{
	struct strbuf text = STRBUF_INIT;

	if (source->state != SOURCE_CHANGED)
		return;
	if (*source->want)
		strbuf_printf(
		    &text,
		    "this is not the text that was profiled: its hash is %.12s, that of the profile %.12s. Figures stand at the lines "
		    "of that time and may be off; profile it again",
		    source->hash, source->want);
	else
		strbuf_puts(&text, "the profile does not hold the hash of its source: whether this is the text that ran is not known");
	page_paragraph(page, page->options->ascii ? "[!] Source: " : "⚠ Source: ", PAGE_YELLOW, 2, text.data);
	strbuf_free(&text);
}

static int missing(const struct source_text *source, struct err *err)
{
	return err_set(err, *source->path ? source->path : "annotate", "name the file with --source FILE",
		       "the source of the profile is not there (%.300s)", source->why ? source->why : "no text");
}

/* A line without tabs and control characters. */
static void plain_line(const struct annotation *a, uint32_t line, struct strbuf *out)
{
	const char *text = a->source->lines[line - 1];
	struct strbuf expanded = STRBUF_INIT;
	size_t column = 0; /* as if no character were wide: good enough for tabs */

	for (size_t i = 0; i < a->source->sizes[line - 1]; i++) {
		if (text[i] != '\t') {
			strbuf_add(&expanded, &text[i], text[i] ? 1 : 0);
			column += ((unsigned char)text[i] & 0xc0) != 0x80;
			continue;
		}
		do
			strbuf_puts(&expanded, " ");
		while (++column % TAB != 0);
	}
	utf8_escape(out, expanded.data ? expanded.data : "", a->page->options->ascii);
	strbuf_free(&expanded);
}

/* ---- figures ---- */

static void fill_row(struct annotation *a, uint32_t line, struct row *row)
{
	const struct report *r = a->page->report;
	const struct line_facts *facts = &a->facts[line - 1];
	struct profile_line whole = {.line = line, .count = facts->count, .samples = facts->samples};
	double ns = report_line_ns(r, &whole), times = report_per_run(r->profile, facts->count);

	strbuf_printf(&row->cell[NUMBER], "%" PRIu32, line);
	if (times >= 0)
		unit_mean_count(&row->cell[COUNT], times);
	if (ns > 0) {
		row->percent = 100 * ns / r->base_ns;
		unit_time(&row->cell[TIME], ns, page_compact(a->page));
		unit_percent(&row->cell[SHARE], row->percent);
	}
}

static void measure(struct annotation *a)
{
	static const size_t least[CELLS] = {[COUNT] = 5, [TIME] = 4, [SHARE] = 5, [NUMBER] = 4};
	static const size_t giving_way[] = {SHARE, TIME};
	size_t all = 4;

	for (size_t c = 0; c < CELLS; c++) {
		a->width[c] = least[c];
		a->shown[c] = true;
		for (uint32_t line = a->from; line <= a->to; line++) {
			const struct strbuf *cell = &a->rows[line - a->from].cell[c];
			size_t columns = cell->size > 0 ? utf8_columns(cell->data, cell->size) : 0;

			if (columns > a->width[c])
				a->width[c] = columns;
		}
		all += a->width[c] + 2;
	}
	if (a->page->report->source != REPORT_SAMPLES)
		a->shown[TIME] = a->shown[SHARE] = false;
	for (size_t i = 0; i < 2 && page_is_narrow(a->page) && all + LEAST_SOURCE > page_width(a->page); i++) {
		all -= a->shown[giving_way[i]] ? a->width[giving_way[i]] + 2 : 0;
		a->shown[giving_way[i]] = false;
	}
}

static size_t margin(const struct annotation *a)
{
	size_t columns = 0;

	for (size_t c = 0; c < CELLS; c++)
		columns += a->shown[c] ? a->width[c] + 2 : 0;
	return columns;
}

/* ---- the page ---- */

static void put_heads(const struct annotation *a)
{
	static const char *const heads[CELLS] = {"count", "time", "share", "line"};

	for (size_t c = 0; c < CELLS; c++) {
		if (!a->shown[c])
			continue;
		page_cell(a->page, heads[c], a->width[c], true, PAGE_DIM);
		strbuf_puts(a->page->out, "  ");
	}
	page_cell(a->page, "source", 0, false, PAGE_DIM);
	strbuf_puts(a->page->out, "\n");
}

static void put_line(const struct annotation *a, uint32_t line)
{
	const struct page *page = a->page;
	const struct row *row = &a->rows[line - a->from];
	struct strbuf text = STRBUF_INIT;

	for (size_t c = 0; c < CELLS; c++) {
		const char *cell = row->cell[c].size > 0 ? row->cell[c].data : "";

		if (!a->shown[c])
			continue;
		page_cell(page, cell, a->width[c], true, c == NUMBER ? PAGE_DIM : page_heat(row->percent));
		strbuf_puts(page->out, "  ");
	}
	plain_line(a, line, &text);
	if (text.size > 0)
		utf8_cut(page->out, text.data, page_is_narrow(page) ? page_width(page) - margin(a) : SIZE_MAX, page->options->ascii);
	while (page->out->size > 0 && page->out->data[page->out->size - 1] == ' ')
		page->out->size--;
	strbuf_puts(page->out, "\n");
	strbuf_free(&text);
}

static void put_memory(const struct page *page, const struct profile_memory *memory, struct strbuf *text)
{
	const struct profile *p = page->report->profile;

	if (p->memory_runs == 0 || memory->allocations == 0)
		return;
	strbuf_puts(text, ", ");
	unit_mean_count(text, report_memory_per_run(p, memory->allocations));
	strbuf_puts(text,
		    memory->allocations == p->memory_runs ? PAGE_NBSP "allocation" PAGE_NBSP "(" : PAGE_NBSP "allocations" PAGE_NBSP "(");
	unit_bytes(text, memory->bytes / p->memory_runs);
	strbuf_puts(text, ")");
}

/* `fibonacci(): 29,860,703 calls, 48.15ms (99.9%), total 48.18ms, 3 allocations (1.6 kB)` */
static void put_function(const struct annotation *a, const struct report_fn *row)
{
	const struct page *page = a->page;
	const struct profile_fn *fn = &page->report->profile->fns[row->fn];
	struct strbuf text = STRBUF_INIT, lead = STRBUF_INIT;

	for (size_t i = 0; i < margin(a) && (!page_is_narrow(page) || i + 3 < page_width(page) / 3); i++)
		strbuf_puts(&lead, " ");
	page_name(page, &text, row->fn, page_is_narrow(page) ? page_width(page) / 2 : 0);
	strbuf_puts(&text, ":" PAGE_NBSP);
	cell_calls(page, &text, row);
	if (row->calls != PROFILE_ABSENT)
		strbuf_puts(&text, row->calls == 1 && !row->calls_vary ? PAGE_NBSP "call" : PAGE_NBSP "calls");
	if (fn->calls > 0 || row->self_ns > 0) {
		strbuf_puts(&text, ", ");
		cell_time(page, &text, row);
		if (row->self_percent >= 0) {
			strbuf_puts(&text, PAGE_NBSP "(");
			cell_percent(page, &text, row);
			strbuf_puts(&text, ")");
		}
		if (row->self_ns >= 0 && row->total_ns > row->self_ns * 1.005) {
			strbuf_puts(&text, ", total" PAGE_NBSP);
			unit_time(&text, row->total_ns, page_compact(page));
		}
		put_memory(page, &fn->memory, &text);
	}
	page_color(page, PAGE_BOLD);
	page_paragraph(page, lead.size > 0 ? lead.data : "", PAGE_PLAIN, lead.size + 2, text.data);
	page->out->size--;
	page_color(page, PAGE_PLAIN);
	strbuf_puts(page->out, "\n");
	strbuf_free(&text);
	strbuf_free(&lead);
}

/* The rows of report->fns by first line. */
static int by_line(const void *a, const void *b, void *context)
{
	const struct profile *p = context;
	const struct report_fn *x = *(const struct report_fn *const *)a, *y = *(const struct report_fn *const *)b;
	uint32_t f = p->fns[x->fn].from, g = p->fns[y->fn].from;

	return f != g ? (f > g) - (f < g) : (x->fn > y->fn) - (x->fn < y->fn);
}

/* Rows of the functions of this file. */
static const struct report_fn **order_functions(const struct annotation *a, size_t *count)
{
	const struct report *r = a->page->report;
	const struct report_fn **order = xcalloc(r->fn_count + 1, sizeof(struct report_fn *));

	*count = 0;
	for (size_t i = 0; i < r->fn_count; i++)
		if (r->profile->fns[r->fns[i].fn].file == a->file && (a->fn == PROFILE_NONE || a->fn == r->fns[i].fn))
			order[(*count)++] = &r->fns[i];
	qsort_r(order, *count, sizeof(struct report_fn *), by_line, (void *)r->profile);
	return order;
}

static void put_lines(const struct annotation *a)
{
	const struct profile *p = a->page->report->profile;
	size_t count, next = 0;
	const struct report_fn **order = order_functions(a, &count);

	while (next < count && p->fns[order[next]->fn].from < a->from)
		next++;
	for (uint32_t line = a->from; line <= a->to; line++) {
		for (; next < count && p->fns[order[next]->fn].from <= line; next++)
			put_function(a, order[next]);
		put_line(a, line);
	}
	if (next < count)
		page_paragraph(a->page, "", PAGE_PLAIN, 0, "(beyond the end of this text)");
	for (; next < count; next++)
		put_function(a, order[next]);
	free(order);
}

static void choose_lines(struct annotation *a)
{
	uint32_t count = (uint32_t)a->source->count;

	a->from = 1;
	a->to = count;
	if (a->fn != PROFILE_NONE && a->page->report->profile->fns[a->fn].from > 0) {
		const struct profile_fn *fn = &a->page->report->profile->fns[a->fn];

		a->from = fn->from > AROUND ? fn->from - AROUND : 1;
		a->to = fn->to < count - (count < AROUND ? count : AROUND) ? fn->to + AROUND : count;
	}
}

static void put_text(struct annotation *a)
{
	put_state(a->page, a->source);
	strbuf_puts(a->page->out, "\n");
	a->facts = line_facts_of(a->page->report->profile, a->file, a->source->count);
	choose_lines(a);
	a->rows = xcalloc(a->to >= a->from ? a->to - a->from + 1 : 1, sizeof *a->rows);
	for (uint32_t line = a->from; line <= a->to; line++)
		fill_row(a, line, &a->rows[line - a->from]);
	measure(a);
	put_heads(a);
	put_lines(a);
	for (uint32_t line = a->from; line <= a->to; line++)
		for (size_t c = 0; c < CELLS; c++)
			strbuf_free(&a->rows[line - a->from].cell[c]);
	free(a->rows);
	free(a->facts);
}

static void put_file_name(const struct page *page, const struct source_text *source)
{
	struct strbuf name = STRBUF_INIT, shown = STRBUF_INIT;

	utf8_escape(&name, source->path, page->options->ascii);
	utf8_shorten(&shown, name.size > 0 ? name.data : "", page_width(page) - 5, page->options->ascii);
	strbuf_puts(&shown, source->state == SOURCE_MISSING ? " is not there" : "");
	page_heading(page, shown.data);
	strbuf_free(&name);
	strbuf_free(&shown);
}

/* Of several files, those in which something ran. */
static bool file_is_shown(const struct report *report, uint32_t file, uint32_t fn)
{
	if (fn != PROFILE_NONE)
		return report->profile->fns[fn].file == file;
	if (report->profile->file_count == 0)
		return true;
	for (size_t i = 0; i < report->profile->fn_count; i++)
		if (report->profile->fns[i].file == file &&
		    (report->profile->fns[i].calls > 0 || report->profile->fns[i].samples_total > 0))
			return true;
	return false;
}

static int annotate_write(const struct report *report, const struct export_options *options, struct strbuf *out, struct err *err)
{
	struct page page = {.report = report, .options = options, .out = out};
	const struct sources *sources = options->sources;
	const struct source_text *gone = NULL;
	uint32_t fn = PROFILE_NONE;
	size_t shown = 0;

	if (options->function && export_select_function(report, options->function, &fn, err) != 0)
		return -1;
	text_head(&page);
	for (uint32_t file = 0; sources && file < sources->count; file++) {
		struct annotation a = {.page = &page, .source = sources->texts[file], .file = file, .fn = fn};

		if (!file_is_shown(report, file, fn))
			continue;
		if (report->profile->file_count > 0)
			put_file_name(&page, a.source);
		if (a.source->state == SOURCE_MISSING) {
			gone = a.source;
			continue;
		}
		put_text(&a);
		shown++;
	}
	return shown > 0 ? 0 : missing(gone ? gone : &(const struct source_text){.path = (char *)""}, err);
}

const struct exporter export_annotate = {
    .name = "annotate",
    .summary = "for people: the source with counts, times and allocations in the margin",
    .wants_sources = true,
    .write = annotate_write,
};
