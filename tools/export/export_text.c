/* The report for people: what ran, how long, where, and what to do about it. */
#include "export_text.h"
#include "export_diff.h"
#include "export_memory.h"
#include "export_select.h"
#include "export_table.h"
#include "export_utf8.h"
#include "exporters.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LISTED_NAMES 12 /* without --verbose */
#define LISTED_SKIPS 5

static const char *dash(const struct page *page)
{
	return page->options->ascii ? "-" : "–";
}

static void put_field(const struct page *page, const char *lead, struct strbuf *text)
{
	page_paragraph(page, lead, PAGE_PLAIN, utf8_columns(lead, strlen(lead)), text->size > 0 ? text->data : "");
	strbuf_free(text);
}

static void put_path(const struct page *page, const char *lead, const char *path)
{
	struct strbuf escaped = STRBUF_INIT;
	size_t room = page_width(page) - utf8_columns(lead, strlen(lead));

	strbuf_puts(page->out, lead);
	utf8_escape(&escaped, path, page->options->ascii);
	utf8_shorten(page->out, escaped.size > 0 ? escaped.data : "(unknown)", page_is_narrow(page) ? room : 4 * room,
		     page->options->ascii);
	strbuf_puts(page->out, "\n");
	strbuf_free(&escaped);
}

/* ---- what ran ---- */

/* The one file, or the program and as many of its files as a few lines hold. */
static void put_program(const struct page *page)
{
	const struct profile *p = page->report->profile;
	size_t shown = page->options->verbose || p->file_count < LISTED_NAMES ? p->file_count + 1 : LISTED_NAMES;
	struct strbuf list = STRBUF_INIT;

	if (*p->program)
		put_path(page, "Program: ", p->program);
	if (p->file_count == 0) {
		put_path(page, "File: ", page_source(page, PROFILE_NONE));
		return;
	}
	for (uint32_t i = 0; i < shown; i++) {
		struct profile_file file = profile_file(p, i);

		strbuf_puts(&list, i > 0 ? ", " : "");
		utf8_escape(&list, *file.source_path ? file.source_path : file.rust_path, page->options->ascii);
	}
	if (shown <= p->file_count)
		strbuf_printf(&list, " and %zu more", p->file_count + 1 - shown);
	put_field(page, "Files: ", &list);
}

static void put_iterations(const struct page *page)
{
	const struct profile *p = page->report->profile;
	struct strbuf text = STRBUF_INIT;

	unit_count(&text, p->runs > 0 ? p->runs : p->wall[PROFILE_PLAIN].n);
	put_field(page, "Iterations: ", &text);
}

/* "35.21 ms ± 0.40 ms per iteration (plain build, median .., min .. – max ..)" */
static void put_time(const struct page *page)
{
	const struct report *r = page->report;
	const struct profile *p = r->profile;
	bool plain = p->wall[PROFILE_PLAIN].n > 0;
	const struct profile_times *t = &p->wall[plain ? PROFILE_PLAIN : PROFILE_INSTRUMENTED];
	struct unit_style prose = page_prose(page);
	struct strbuf text = STRBUF_INIT;
	double lo, hi;

	if (t->n == 0) {
		strbuf_puts(&text, "not measured");
		put_field(page, "Time: ", &text);
		return;
	}
	profile_times_ci95(t, &lo, &hi);
	if (t->n > 1)
		unit_time_error(&text, profile_times_mean(t), (hi - lo) / 2, prose);
	else
		unit_time(&text, profile_times_mean(t), prose);
	strbuf_printf(&text, " per iteration (%s build", plain ? "plain" : "instrumented");
	if (t->n > 1) {
		strbuf_puts(&text, ", median" PAGE_NBSP);
		unit_time(&text, (double)profile_times_quantile(t, 0.5), prose);
		strbuf_puts(&text, ", min" PAGE_NBSP);
		unit_time(&text, (double)t->min_ns, prose);
		strbuf_printf(&text, PAGE_NBSP "%s max" PAGE_NBSP, dash(page));
		unit_time(&text, (double)t->max_ns, prose);
	} else {
		strbuf_puts(&text, ", one run");
	}
	strbuf_puts(&text, ")");
	put_field(page, "Time: ", &text);
}

static void put_overhead(const struct page *page)
{
	struct strbuf text = STRBUF_INIT;

	if (page->report->overhead >= 0)
		strbuf_printf(&text, "%.2fx (instrumented build, median against median)", page->report->overhead);
	else
		strbuf_puts(&text, "not measured (it takes runs of both builds)");
	put_field(page, "Overhead: ", &text);
}

static void put_waiting(const struct page *page, struct strbuf *text)
{
	const struct report *r = page->report;

	strbuf_puts(text, " (");
	if (r->blocked_ns < 0) {
		unit_time(text, r->waiting_ns, page_prose(page));
		strbuf_puts(text, " more passed without using a CPU)");
		return;
	}
	if (r->blocked_ns > 0) {
		unit_time(text, r->blocked_ns, page_prose(page));
		strbuf_puts(text, r->queued_ns > 0 ? " more blocked, " : " more blocked)");
	}
	if (r->queued_ns > 0 || r->blocked_ns == 0) {
		unit_time(text, r->queued_ns, page_prose(page));
		strbuf_puts(text, r->blocked_ns > 0 ? " waiting for a CPU)" : " more waiting for a CPU)");
	}
}

static void put_base(const struct page *page, struct strbuf *text)
{
	const struct report *r = page->report;

	if (r->base == REPORT_OF_CLOCK)
		return;
	strbuf_printf(text, ", scaled to its %s time ", r->base == REPORT_OF_CPU ? "CPU" : "wall");
	strbuf_puts(text, "of" PAGE_NBSP);
	unit_time(text, r->base_ns, page_prose(page));
	if (r->base == REPORT_OF_CPU) {
		put_waiting(page, text);
	}
}

/* Where the times of functions come from, and how far they can be trusted. */
static void put_source(const struct page *page)
{
	const struct report *r = page->report;
	struct strbuf text = STRBUF_INIT;

	switch (r->source) {
	case REPORT_SAMPLES:
		unit_count(&text, r->samples);
		strbuf_printf(&text, PAGE_NBSP "sample%s of the plain build", r->samples == 1 ? "" : "s");
		put_base(page, &text);
		/* A share of one half is the least certain. */
		strbuf_printf(&text, "; shares within%s%.1f%spoints", PAGE_NBSP, report_share_error(r->samples / 2, r->samples), PAGE_NBSP);
		break;
	case REPORT_CLOCK:
		strbuf_puts(&text, "clock of the instrumented build");
		if (r->base == REPORT_OF_WALL) {
			strbuf_puts(&text, ", scaled to the wall time of the plain build, ");
			unit_time(&text, r->base_ns, page_prose(page));
		} else {
			strbuf_puts(&text, " (no plain run)");
		}
		break;
	case REPORT_NO_TIME:
		strbuf_puts(&text, "of functions not measured");
		break;
	}
	put_field(page, "Times: ", &text);
}

/* Only when something is wrong: a reader must not take such figures for exact. */
static void put_trust(const struct page *page)
{
	const struct profile *p = page->report->profile;
	struct strbuf text = STRBUF_INIT;

	if (p->failed_runs > 0) {
		strbuf_printf(&text, "%" PRIu64 " (", p->exit_status);
		unit_count(&text, p->failed_runs);
		strbuf_printf(&text, " failed run%s)", p->failed_runs == 1 ? "" : "s");
		put_field(page, "Exit status: ", &text);
	}
	if (p->lost_threads == 0 && p->unfinished_runs == 0)
		return;
	if (p->lost_threads > 0) {
		strbuf_puts(&text, "NOT exact, ");
		unit_count(&text, p->lost_threads);
		strbuf_printf(&text, " thread%s could not be counted", p->lost_threads == 1 ? "" : "s");
	}
	if (p->unfinished_runs > 0) {
		strbuf_puts(&text, p->lost_threads > 0 ? "; " : "");
		unit_count(&text, p->unfinished_runs);
		strbuf_puts(&text, " of ");
		unit_count(&text, p->runs);
		strbuf_printf(&text, " run%s did not finish and %s counted as far as %s got", p->runs == 1 ? "" : "s",
			      p->unfinished_runs == 1 ? "is" : "are", p->unfinished_runs == 1 ? "it" : "they");
	}
	put_field(page, "Counts: ", &text);
}

static void put_known(const struct page *page, const char *lead, const char *value)
{
	struct strbuf text = STRBUF_INIT;

	utf8_escape(&text, value, page->options->ascii);
	if (text.size > 0)
		put_field(page, lead, &text);
}

static void put_tools(const struct page *page)
{
	const struct profile *p = page->report->profile;

	put_known(page, "Ruchy: ", p->ruchy_version);
	put_known(page, "Rust: ", p->rustc_version);
	put_known(page, "Flags: ", p->rustc_flags);
	put_known(page, "Host: ", p->host);
	if (p->sample_runs > 0)
		put_known(page, "Sampling: ", p->sample_method);
}

void text_head(const struct page *page)
{
	page_title(page, "=== Binary Execution Profile ===");
	put_program(page);
	put_iterations(page);
	put_time(page);
	put_overhead(page);
	put_source(page);
	put_trust(page);
	if (page->options->verbose)
		put_tools(page);
}

/* ---- recommendations, lists ---- */

/* Advice whose names the lists at the end give in full. */
static bool is_listed(const struct report_advice *advice)
{
	return strcmp(advice->id, "never-called") == 0 || strcmp(advice->id, "inlined") == 0;
}

static void put_one_advice(const struct page *page, const struct report_advice *advice)
{
	static const struct {
		const char *mark, *ascii;
		enum page_color color;
	} marks[] = {
	    [REPORT_OK] = {"  ✓ ", "  [ok] ", PAGE_GREEN},
	    [REPORT_NOTE] = {"  • ", "  [*] ", PAGE_PLAIN},
	    [REPORT_WARNING] = {"  ⚠ ", "  [!] ", PAGE_YELLOW},
	};
	const char *mark = page->options->ascii ? marks[advice->level].ascii : marks[advice->level].mark;
	struct strbuf text = STRBUF_INIT;

	utf8_escape(&text, advice->message, page->options->ascii);
	if (advice->evidence) {
		strbuf_puts(&text, " (");
		utf8_escape(&text, advice->evidence, page->options->ascii);
		if (advice->gain) {
			strbuf_puts(&text, "; gain: ");
			utf8_escape(&text, advice->gain, page->options->ascii);
		}
		strbuf_puts(&text, ")");
	}
	page_paragraph(page, mark, marks[advice->level].color, utf8_columns(mark, strlen(mark)), text.data);
	strbuf_free(&text);
}

static void put_advice(const struct page *page, uint32_t fn)
{
	const struct report *r = page->report;
	size_t shown = 0;

	page_heading(page, "Recommendations:");
	for (size_t i = 0; i < r->advice_count; i++) {
		if (is_listed(&r->advice[i]) || (fn != PROFILE_NONE && r->advice[i].fn != fn))
			continue;
		put_one_advice(page, &r->advice[i]);
		shown++;
	}
	if (shown == 0)
		strbuf_puts(page->out, "  none\n");
}

static bool is_inlined(const struct profile_fn *fn)
{
	return fn->kind == PROFILE_INLINED;
}

static bool is_skipped(const struct profile_fn *fn)
{
	return fn->kind == PROFILE_SKIPPED;
}

/* What has no line is the transpiler's own: the empty `main` of a module. */
static bool is_never_called(const struct profile_fn *fn)
{
	return fn->kind != PROFILE_INLINED && fn->kind != PROFILE_SKIPPED && fn->from > 0 && fn->calls == 0 && fn->samples_total == 0;
}

static void put_names(const struct page *page, const char *lead, bool (*wanted)(const struct profile_fn *))
{
	const struct profile *p = page->report->profile;
	size_t limit = page->options->verbose ? SIZE_MAX : LISTED_NAMES, count = 0;
	struct strbuf text = STRBUF_INIT;

	for (uint32_t i = 0; i < p->fn_count; i++) {
		struct strbuf name = STRBUF_INIT;

		if (!wanted(&p->fns[i]) || count++ >= limit)
			continue;
		if (count > 1)
			strbuf_puts(&text, ", ");
		utf8_escape(&name, p->fns[i].name, page->options->ascii);
		utf8_shorten(&text, name.size > 0 ? name.data : "", page_width(page) / 2, page->options->ascii);
		strbuf_free(&name);
	}
	if (count > limit)
		strbuf_printf(&text, " and %zu more", count - limit);
	if (count > 0)
		page_paragraph(page, lead, PAGE_PLAIN, 2, text.data);
	strbuf_free(&text);
}

static void put_more_skips(const struct page *page, size_t left)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_printf(&text, "%zu more places (--verbose lists them)", left);
	page_paragraph(page, "Left alone: ", PAGE_PLAIN, 2, text.data);
	strbuf_free(&text);
}

static void put_skips(const struct page *page)
{
	const struct profile *p = page->report->profile;
	size_t limit = page->options->verbose || p->skip_count <= LISTED_SKIPS ? p->skip_count : LISTED_SKIPS;

	for (size_t i = 0; i < limit; i++) {
		struct strbuf text = STRBUF_INIT;

		page_place(page, &text, profile_file(p, p->skips[i].file).rust_path, p->skips[i].rust_line, 0);
		strbuf_puts(&text, ": ");
		utf8_escape(&text, p->skips[i].reason, page->options->ascii);
		page_paragraph(page, "Left alone: ", PAGE_PLAIN, 2, text.data);
		strbuf_free(&text);
	}
	if (limit < p->skip_count)
		put_more_skips(page, p->skip_count - limit);
}

static void put_lists(const struct page *page)
{
	const struct profile *p = page->report->profile;
	bool is_complete = p->lost_threads == 0 && p->unfinished_runs == 0;
	struct strbuf lists = STRBUF_INIT;
	struct page part = {.report = page->report, .options = page->options, .out = &lists};

	put_names(&part, is_complete ? "Never called: " : "No call counted: ", is_never_called);
	put_names(&part, "Inlined by the transpiler: ", is_inlined);
	put_names(&part, "Not instrumented: ", is_skipped);
	put_skips(&part);
	if (lists.size > 0) {
		strbuf_puts(page->out, "\n");
		strbuf_add(page->out, lists.data, lists.size);
	}
	strbuf_free(&lists);
}

/* ---- the two pages ---- */

static const struct report_fn *row_of(const struct report *report, uint32_t fn)
{
	const struct report_fn *row = report->fns;

	while (row->fn != fn)
		row++;
	return row;
}

static void put_function(const struct page *page, uint32_t fn)
{
	const struct report_fn *row = row_of(page->report, fn);
	const struct profile_fn *function = &page->report->profile->fns[fn];
	struct strbuf text = STRBUF_INIT;

	strbuf_puts(&text, "Function ");
	page_name(page, &text, fn, page_width(page) / 2);
	page_heading(page, text.data);
	strbuf_free(&text);
	if (function->from > 0) {
		page_place(page, &text, page_source(page, fn), function->from, function->to);
		put_field(page, "  Place:  ", &text);
	}
	cell_time(page, &text, row);
	if (row->self_percent >= 0) {
		strbuf_puts(&text, " (");
		cell_percent(page, &text, row);
		strbuf_puts(&text, ")");
	}
	if (row->source == REPORT_SAMPLES && row->self_percent >= 0)
		strbuf_printf(&text, " %s%.1f points", page->options->ascii ? "+/-" : "±",
			      report_share_error(function->samples_self, page->report->samples));
	put_field(page, "  Self:   ", &text);
	if (row->total_ns >= 0) {
		unit_time(&text, row->total_ns, page_compact(page));
		put_field(page, "  Total:  ", &text);
	}
	if (row->blocked_ns > 0) {
		unit_time(&text, row->blocked_ns, page_compact(page));
		strbuf_puts(&text, " of its total by the clock");
		put_field(page, "  Blocked: ", &text);
	}
	cell_calls(page, &text, row);
	put_field(page, "  Calls:  ", &text);
	memory_of_function(page, fn);
}

static int text_write(const struct report *report, const struct export_options *options, struct strbuf *out, struct err *err)
{
	struct page page = {.report = report, .options = options, .out = out};
	uint32_t fn = PROFILE_NONE;

	if (options->function && export_select_function(report, options->function, &fn, err) != 0)
		return -1;
	text_head(&page);
	if (fn != PROFILE_NONE) {
		put_function(&page, fn);
		table_callers(&page, fn);
		table_callees(&page, fn);
	} else {
		table_functions(&page);
	}
	table_hotspots(&page, fn);
	if (options->lines || options->verbose || fn != PROFILE_NONE)
		table_lines(&page, fn);
	if (options->calls && fn == PROFILE_NONE)
		table_calls(&page);
	if (fn == PROFILE_NONE)
		memory_section(&page);
	put_advice(&page, fn);
	if (options->source_map)
		table_source_map(&page, fn);
	if (fn == PROFILE_NONE)
		put_lists(&page);
	return 0;
}

const struct exporter export_text = {
    .name = "text",
    .suffix = ".txt",
    .summary = "for people: functions, hot spots, memory, recommendations",
    .write = text_write,
    .diff = text_diff,
};
