/* Memory in the text report: one line of totals, and the functions that allocate. */
#include "export_memory.h"
#include "export_table.h"
#include "export_utf8.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_SHOWN 10 /* without --verbose */
#define SHORTEST   12 /* columns of a name */
#define COLUMNS	   5

/* ---- values: of one run ---- */

static uint64_t per_run(const struct page *page, uint64_t sum)
{
	uint64_t runs = page->report->profile->memory_runs;

	return sum / runs + (sum % runs >= runs - sum % runs); /* the nearest whole number */
}

static void put_count(const struct page *page, struct strbuf *out, uint64_t sum)
{
	unit_mean_count(out, report_memory_per_run(page->report->profile, sum));
}

static void put_bytes(const struct page *page, struct strbuf *out, uint64_t sum)
{
	unit_bytes(out, per_run(page, sum));
}

static const char *why_not(const struct profile *p)
{
	if (strcmp(p->memory, "own") == 0)
		return "not measured: the program has its own allocator";
	if (*p->program || p->file_count > 0)
		return "not measured (not counted in cargo projects)";
	if (strcmp(p->memory, "off") == 0)
		return "not measured (--no-memory)";
	return "not measured";
}

static const char *leak_word(const struct profile *p)
{
	return p->unfinished_runs > 0 ? "live at the end" : "leaked at exit";
}

static void put_line(const struct page *page, const char *lead, struct strbuf *text)
{
	page_paragraph(page, lead, PAGE_PLAIN, utf8_columns(lead, strlen(lead)), text->data);
	strbuf_free(text);
}

/* ---- by function ---- */

struct row {
	const struct profile_memory *memory;
	uint32_t fn; /* PROFILE_NONE: outside */
	struct strbuf name, cell[COLUMNS];
};

static const char *const heads[COLUMNS] = {"allocations", "bytes", "at peak", "leaked", "largest"};

static int by_bytes(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->memory->bytes != y->memory->bytes)
		return x->memory->bytes < y->memory->bytes ? 1 : -1;
	if (x->memory->allocations != y->memory->allocations)
		return x->memory->allocations < y->memory->allocations ? 1 : -1;
	return (x->fn > y->fn) - (x->fn < y->fn);
}

static void fill_row(const struct page *page, struct row *row)
{
	if (row->fn == PROFILE_NONE)
		strbuf_puts(&row->name, "(outside)");
	else
		page_name(page, &row->name, row->fn, 0);
	put_count(page, &row->cell[0], row->memory->allocations);
	put_bytes(page, &row->cell[1], row->memory->bytes);
	unit_bytes(&row->cell[2], row->memory->at_peak_bytes);
	put_bytes(page, &row->cell[3], row->memory->leaked_bytes);
	unit_bytes(&row->cell[4], row->memory->largest_bytes);
}

static size_t columns(const char *text)
{
	return utf8_columns(text, strlen(text));
}

struct widths {
	size_t name, cell[COLUMNS], columns; /* of them, those that fit; none: rows become records */
};

static struct widths measure(const struct page *page, const struct row *rows, size_t count)
{
	struct widths w = {.name = columns("(outside)")};
	size_t used = 2, limit = page_is_narrow(page) ? page_width(page) : SIZE_MAX;

	for (size_t i = 0; i < count; i++)
		if (columns(rows[i].name.data) > w.name)
			w.name = columns(rows[i].name.data);
	for (size_t c = 0; c < COLUMNS; c++) {
		w.cell[c] = columns(heads[c]);
		for (size_t i = 0; i < count; i++)
			if (columns(rows[i].cell[c].data) > w.cell[c])
				w.cell[c] = columns(rows[i].cell[c].data);
		if (used + 2 + w.cell[c] + SHORTEST > limit)
			break;
		used += 2 + w.cell[c];
		w.columns++;
	}
	if (w.name > limit - used)
		w.name = limit - used;
	return w;
}

static void put_record(const struct page *page, const struct row *row)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_printf(&text, "%s allocation%s,", row->cell[0].data, strcmp(row->cell[0].data, "1") == 0 ? "" : "s");
	page_record(page, (const char *const[]){row->name.data, text.data, row->cell[1].data}, 3, PAGE_PLAIN);
	strbuf_free(&text);
}

static void put_row(const struct page *page, const struct row *row, const struct widths *w)
{
	struct strbuf shown = STRBUF_INIT;

	if (w->columns == 0) {
		put_record(page, row);
		return;
	}
	if (row->fn == PROFILE_NONE)
		strbuf_puts(&shown, row->name.data);
	else
		page_name(page, &shown, row->fn, w->name);
	strbuf_puts(page->out, "  ");
	page_cell(page, shown.data, w->name, false, PAGE_PLAIN);
	for (size_t c = 0; c < w->columns; c++) {
		strbuf_puts(page->out, "  ");
		page_cell(page, row->cell[c].data, w->cell[c], true, PAGE_PLAIN);
	}
	strbuf_puts(page->out, "\n");
	strbuf_free(&shown);
}

static void put_heads(const struct page *page, const struct widths *w)
{
	strbuf_puts(page->out, "  ");
	page_cell(page, "", w->name, false, PAGE_DIM);
	for (size_t c = 0; c < w->columns; c++) {
		strbuf_puts(page->out, "  ");
		page_cell(page, heads[c], w->cell[c], true, PAGE_DIM);
	}
	strbuf_puts(page->out, "\n");
}

static void put_rest(const struct page *page, size_t left)
{
	struct strbuf text = STRBUF_INIT;

	unit_count(&text, left);
	strbuf_printf(&text, " more function%s%s", left == 1 ? "" : "s", page->options->top > 0 ? "" : " (--verbose lists them)");
	page_paragraph(page, page->options->ascii ? "  ... " : "  … ", PAGE_DIM, 4, text.data);
	strbuf_free(&text);
}

static void free_rows(struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		strbuf_free(&rows[i].name);
		for (size_t c = 0; c < COLUMNS; c++)
			strbuf_free(&rows[i].cell[c]);
	}
	free(rows);
}

static void put_table(const struct page *page)
{
	const struct profile *p = page->report->profile;
	struct row *rows = xcalloc(p->fn_count + 1, sizeof(*rows));
	size_t count = 0, shown, all;
	struct widths w;

	for (uint32_t i = 0; i < p->fn_count; i++)
		if (p->fns[i].memory.allocations > 0)
			rows[count++] = (struct row){.memory = &p->fns[i].memory, .fn = i};
	if (count > 0)
		qsort(rows, count, sizeof(*rows), by_bytes);
	shown = table_limit(page, ROWS_SHOWN);
	shown = shown < count ? shown : count;
	all = shown;
	if (p->outside.allocations > 0)
		rows[all++] = (struct row){.memory = &p->outside, .fn = PROFILE_NONE};
	for (size_t i = 0; i < all; i++)
		fill_row(page, &rows[i]);
	w = measure(page, rows, all);
	if (all > 0 && w.columns > 0)
		put_heads(page, &w);
	for (size_t i = 0; i < shown; i++)
		put_row(page, &rows[i], &w);
	if (shown < count)
		put_rest(page, count - shown);
	if (all > shown)
		put_row(page, &rows[shown], &w);
	free_rows(rows, all);
}

/* ---- the section ---- */

static void put_totals(const struct page *page)
{
	const struct profile *p = page->report->profile;
	const struct profile_memory *all = &page->report->memory;
	struct strbuf text = STRBUF_INIT;

	if (p->memory_runs == 0) {
		strbuf_puts(&text, why_not(p));
		put_line(page, "  Allocations:  ", &text);
		return;
	}
	put_count(page, &text, all->allocations);
	strbuf_puts(&text, PAGE_NBSP "(");
	put_bytes(page, &text, all->bytes);
	strbuf_puts(&text, "), peak live" PAGE_NBSP);
	unit_bytes(&text, p->peak_live_bytes == PROFILE_ABSENT ? 0 : p->peak_live_bytes);
	strbuf_printf(&text, ", %s" PAGE_NBSP, leak_word(p));
	put_bytes(page, &text, page->report->inside.leaked_bytes);
	if (p->outside.leaked_bytes > 0) {
		strbuf_puts(&text, " (and" PAGE_NBSP);
		put_bytes(page, &text, p->outside.leaked_bytes);
		strbuf_puts(&text, " outside of its functions)");
	}
	if (p->lost_threads > 0)
		strbuf_puts(&text, "; NOT exact, threads are missing");
	put_line(page, "  Allocations:  ", &text);
}

void memory_section(const struct page *page)
{
	uint64_t peak = page->report->profile->peak_rss_bytes;
	struct strbuf text = STRBUF_INIT;

	page_heading(page, "Memory:");
	put_totals(page);
	if (peak == PROFILE_ABSENT)
		strbuf_puts(&text, "not measured");
	else
		unit_bytes(&text, peak);
	put_line(page, "  Peak RSS:     ", &text);
	if (page->report->profile->memory_runs > 0)
		put_table(page);
}

void memory_of_function(const struct page *page, uint32_t fn)
{
	const struct profile *p = page->report->profile;
	const struct profile_memory *memory = &p->fns[fn].memory;
	struct strbuf text = STRBUF_INIT;

	if (p->memory_runs == 0)
		return;
	put_count(page, &text, memory->allocations);
	strbuf_puts(&text, memory->allocations == p->memory_runs ? " allocation" : " allocations");
	if (memory->allocations > 0) {
		strbuf_puts(&text, PAGE_NBSP "(");
		put_bytes(page, &text, memory->bytes);
		strbuf_puts(&text, "), largest" PAGE_NBSP);
		unit_bytes(&text, memory->largest_bytes);
		strbuf_puts(&text, ", live at peak" PAGE_NBSP);
		unit_bytes(&text, memory->at_peak_bytes);
		strbuf_printf(&text, ", %s" PAGE_NBSP, leak_word(p));
		put_bytes(page, &text, memory->leaked_bytes);
	}
	put_line(page, "  Memory: ", &text);
}
