/* Two profiles side by side, for people: what became faster, slower, more, less, and whether that is more than noise. */
#include "compare.h"
#include "export_diff.h"
#include "export_rows.h"
#include "export_table.h"
#include "export_utf8.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_SHOWN  20 /* without --verbose */
#define LINES_SHOWN 10

struct diff_page {
	struct page a, b; /* names and places come from the one or the other */
	const struct comparison *c;
	uint32_t fn; /* the only one to be shown, index into c->fns; or PROFILE_NONE */
};

typedef void put_value(const struct page *page, struct strbuf *out, double value);

static void put_time(const struct page *page, struct strbuf *out, double value)
{
	if (value > 0)
		unit_time(out, value, page_compact(page));
	else
		strbuf_puts(out, "0");
}

static void put_number(const struct page *page, struct strbuf *out, double value)
{
	(void)page;
	unit_mean_count(out, value);
}

static void put_bytes(const struct page *page, struct strbuf *out, double value)
{
	(void)page;
	unit_bytes(out, value < 18446744073709549568.0 ? (uint64_t)value : UINT64_MAX);
}

static const char *arrow(const struct page *page)
{
	return page->options->ascii ? " -> " : " → ";
}

/* "48.15ms → 35.20ms", "29,860,703" where nothing changed, "? → 5" */
static void put_both(const struct page *page, struct strbuf *out, const struct change *change, put_value *put)
{
	if (change->a < 0 && change->b < 0) {
		strbuf_puts(out, "not measured");
		return;
	}
	if (change->a == change->b) {
		put(page, out, change->b);
		return;
	}
	if (change->a < 0)
		strbuf_puts(out, "?");
	else
		put(page, out, change->a);
	strbuf_puts(out, arrow(page));
	if (change->b < 0)
		strbuf_puts(out, "?");
	else
		put(page, out, change->b);
}

/* The same of what is on one side alone: that side. */
static void put_sides(const struct page *page, struct strbuf *out, const struct change *change, put_value *put, bool in_a, bool in_b)
{
	double only = in_a ? change->a : change->b;

	if (in_a && in_b)
		put_both(page, out, change, put);
	else if (only >= 0)
		put(page, out, only);
	else
		strbuf_puts(out, "?");
}

static bool ends_in_one(const struct strbuf *text)
{
	return (text->size == 1 || (text->size > 1 && text->data[text->size - 2] == ' ')) && text->data[text->size - 1] == '1';
}

/* Shown as a factor: a percentage of four digits tells nothing. */
static bool is_factor(const struct change *change)
{
	return change->a > 0 && change->b >= 10 * change->a;
}

/* "-26.9%", "12.3 times", "same"; nothing where a side is not known. */
static void put_relative(const struct page *page, struct strbuf *out, const struct change *change)
{
	double percent;

	if (change->a < 0 || change->b < 0)
		return;
	if (change->a == change->b) {
		strbuf_puts(out, "same");
		return;
	}
	if (change->a == 0) {
		strbuf_puts(out, "new");
		return;
	}
	percent = 100 * (change->b - change->a) / change->a;
	if (is_factor(change)) {
		unit_mean_count(out, change->b / change->a);
		strbuf_puts(out, PAGE_NBSP "times");
	} else if (percent < -99.95 && change->b > 0) {
		strbuf_printf(out, "%s>99.9%%", page->options->ascii ? "-" : "−");
	} else {
		strbuf_printf(out, "%s%.1f%%", percent > 0 ? "+" : page->options->ascii ? "-" : "−", fabs(percent));
	}
}

static enum page_color color_of(const struct change *change)
{
	enum change_kind kind = change_kind(change);

	return kind == CHANGE_LESS ? PAGE_GREEN : kind == CHANGE_MORE ? PAGE_RED : PAGE_PLAIN;
}

static const char *verdict(const struct change *change)
{
	switch (change_kind(change)) {
	case CHANGE_SAME:
		return "no difference beyond the error";
	case CHANGE_LESS:
		return "less";
	case CHANGE_MORE:
		return "more";
	case CHANGE_NONE:
		break;
	}
	return change->a < 0 || change->b < 0 ? "" : "the error is not known: run it more than once";
}

/* ---- head ---- */

static void put_side(const struct page *page, const char *lead)
{
	const struct profile *p = page->report->profile;
	struct strbuf text = STRBUF_INIT, path = STRBUF_INIT;

	utf8_escape(&path, page_source(page, PROFILE_NONE), page->options->ascii);
	utf8_shorten(&text, path.size > 0 ? path.data : "(unknown)", page_width(page) / 2, page->options->ascii);
	strbuf_puts(&text, ", ");
	unit_count(&text, p->runs);
	strbuf_puts(&text, p->runs == 1 ? " iteration" : " iterations");
	page_paragraph(page, lead, PAGE_PLAIN, 6, text.data);
	strbuf_free(&text);
	strbuf_free(&path);
}

static void put_source(const struct diff_page *d)
{
	const char *text = d->c->same_source ? "the same"
			   : d->c->by_text
			       ? "changed; lines are matched by their text"
			       : "changed, and not both texts are there: lines are matched by their place in functions of equal length";

	page_paragraph(&d->b, "Source: ", PAGE_PLAIN, 8, text);
}

/* "(-26.9% ± 1.2 points: less)" */
static void put_note(const struct page *page, struct strbuf *text, const char *relative, const struct change *change, bool with_verdict)
{
	if (!*relative || change->a == change->b)
		return;
	strbuf_printf(text, " (%s", relative);
	if (with_verdict && change->error >= 0 && change->a > 0 && !is_factor(change))
		strbuf_printf(text, " %s" PAGE_NBSP "%.1f" PAGE_NBSP "points", page->options->ascii ? "+/-" : "±",
			      100 * change->error / change->a);
	if (with_verdict && *verdict(change))
		strbuf_printf(text, ": %s", verdict(change));
	strbuf_puts(text, ")");
}

static void put_total(const struct page *page, const char *lead, const struct change *change, put_value *put, bool with_verdict)
{
	struct strbuf text = STRBUF_INIT, relative = STRBUF_INIT;

	if (change->a < 0 && change->b < 0)
		return;
	if (!with_verdict && change_kind(change) == CHANGE_SAME)
		put(page, &text, change->b);
	else
		put_both(page, &text, change, put);
	put_relative(page, &relative, change);
	if (with_verdict || change_kind(change) != CHANGE_SAME)
		put_note(page, &text, relative.size > 0 ? relative.data : "", change, with_verdict);
	page_paragraph(page, lead, color_of(change), utf8_columns(lead, strlen(lead)), text.data);
	strbuf_free(&text);
	strbuf_free(&relative);
}
static void put_head(const struct diff_page *d)
{
	const struct comparison *c = d->c;

	page_title(&d->b, "=== Profile Comparison ===");
	put_side(&d->a, "Base: ");
	put_side(&d->b, "New:  ");
	put_source(d);
	put_total(&d->b, c->instrumented ? "Time (instrumented build): " : "Time: ", &c->time, put_time, true);
	put_total(&d->b, "Calls: ", &c->calls, put_number, false);
	put_total(&d->b, "Allocations: ", &c->allocations, put_number, false);
	put_total(&d->b, "Allocated: ", &c->bytes, put_bytes, false);
	put_total(&d->b, "Peak live: ", &c->peak_live, put_bytes, false);
	put_total(&d->b, "Peak RSS: ", &c->peak_rss, put_bytes, false);
}

/* ---- functions ---- */

static void put_name(const struct diff_page *d, struct strbuf *out, const struct compared_fn *fn)
{
	size_t columns = page_width(&d->b) / 3;

	page_name(fn->b == PROFILE_NONE ? &d->a : &d->b, out, fn->b == PROFILE_NONE ? fn->a : fn->b, columns);
	if (fn->a == PROFILE_NONE)
		strbuf_puts(out, " (new)");
	if (fn->b == PROFILE_NONE)
		strbuf_puts(out, " (gone)");
}

static bool differs(const struct change *change)
{
	enum change_kind kind = change_kind(change);

	return kind == CHANGE_LESS || kind == CHANGE_MORE;
}

static void add_function(const struct diff_page *d, struct rows *rows, const struct compared_fn *fn)
{
	struct row *row = rows_add(rows);

	put_name(d, &row->cell[0], fn);
	if (fn->self_ns.a >= 0 || fn->self_ns.b >= 0) {
		put_sides(&d->b, &row->cell[1], &fn->self_ns, put_time, fn->a != PROFILE_NONE, fn->b != PROFILE_NONE);
		if (fn->a == PROFILE_NONE || fn->b == PROFILE_NONE)
			;
		else if (differs(&fn->self_ns))
			put_relative(&d->b, &row->cell[2], &fn->self_ns);
		else if (change_kind(&fn->self_ns) == CHANGE_SAME && fn->self_ns.a != fn->self_ns.b)
			strbuf_puts(&row->cell[2], d->b.options->ascii ? "~" : "≈");
	}
	if (fn->calls.a >= 0 || fn->calls.b >= 0) {
		put_sides(&d->b, &row->cell[3], &fn->calls, put_number, fn->a != PROFILE_NONE, fn->b != PROFILE_NONE);
		strbuf_puts(&row->cell[3], ends_in_one(&row->cell[3]) ? " call" : " calls");
	}
	if (differs(&fn->bytes)) {
		put_both(&d->b, &row->cell[4], &fn->bytes, put_bytes);
		strbuf_puts(&row->cell[4], " allocated");
	}
	row->right[2] = row->cell[2].size > 0;
	row->color = color_of(&fn->self_ns);
}

static void put_rest(const struct diff_page *d, size_t left, const char *what)
{
	struct strbuf text = STRBUF_INIT;

	if (left == 0)
		return;
	unit_count(&text, left);
	strbuf_printf(&text, " more %s%s", what, d->b.options->top > 0 ? "" : " (--verbose lists them)");
	page_paragraph(&d->b, d->b.options->ascii ? "  ... " : "  … ", PAGE_DIM, 4, text.data);
	strbuf_free(&text);
}

static void put_functions(const struct diff_page *d)
{
	const struct comparison *c = d->c;
	size_t limit = table_limit(&d->b, ROWS_SHOWN), same = 0, left = 0;
	struct rows rows = {0};

	page_heading(&d->b, "Functions (by change of self time):");
	for (size_t i = 0; i < c->fn_count; i++) {
		const struct compared_fn *fn = &c->fns[i];

		if (d->fn != PROFILE_NONE && d->fn != i)
			continue;
		if (d->fn == PROFILE_NONE && !d->b.options->verbose && !differs(&fn->self_ns) && !differs(&fn->calls) &&
		    !differs(&fn->bytes) && fn->a != PROFILE_NONE && fn->b != PROFILE_NONE)
			same++;
		else if (rows.count < limit)
			add_function(d, &rows, fn);
		else
			left++;
	}
	if (rows.count == 0)
		strbuf_puts(d->b.out, same > 0 ? "  no difference beyond the error\n" : "  none ran\n");
	else
		rows_put(&d->b, &rows);
	put_rest(d, left, "that differ");
	if (same > 0 && rows.count > 0)
		put_rest(d, same, "without a difference beyond the error");
}

/* ---- lines ---- */

static double weight(const struct compared_line *line)
{
	double time = differs(&line->self_ns) ? fabs(line->self_ns.b - line->self_ns.a) : 0;
	double count = differs(&line->count) ? fabs(line->count.b - line->count.a) : 0;

	return 1000 * time + count;
}

static int by_weight(const void *x, const void *y)
{
	const struct compared_line *const *p = x, *const *q = y;
	double v = weight(*p), w = weight(*q);

	if (v != w)
		return v < w ? 1 : -1;
	return (*p > *q) - (*p < *q);
}

static void add_line(const struct diff_page *d, struct rows *rows, const struct compared_line *line)
{
	struct row *row = rows_add(rows);

	const struct compared_fn *fn = &d->c->fns[line->fn];

	page_place(line->b ? &d->b : &d->a, &row->cell[0], line->b ? page_source(&d->b, fn->b) : page_source(&d->a, fn->a),
		   line->b ? line->b : line->a, 0);
	if (line->b == 0)
		strbuf_puts(&row->cell[0], " (gone)");
	else if (line->a == 0)
		strbuf_puts(&row->cell[0], " (new)");
	else if (line->a != line->b)
		strbuf_printf(&row->cell[0], " (was %" PRIu32 ")", line->a);
	if (line->count.a >= 0 || line->count.b >= 0) {
		put_sides(&d->b, &row->cell[1], &line->count, put_number, line->a, line->b);
		strbuf_puts(&row->cell[1], ends_in_one(&row->cell[1]) ? " time" : " times");
	}
	if (line->self_ns.a > 0 || line->self_ns.b > 0)
		put_sides(&d->b, &row->cell[2], &line->self_ns, put_time, line->a, line->b);
}

/* Of many lines some pass their error by chance: one counts from a hundredth of the whole. */
static bool time_differs(const struct comparison *c, const struct change *change)
{
	double base = c->a->base_ns > c->b->base_ns ? c->a->base_ns : c->b->base_ns;

	return differs(change) && fabs(change->b - change->a) >= base / 100;
}

/* What is on one side alone is a difference if it ran. */
static bool line_differs(const struct comparison *c, const struct compared_line *line)
{
	if (line->a == 0 || line->b == 0)
		return line->count.a > 0 || line->count.b > 0 || line->self_ns.a > 0 || line->self_ns.b > 0;
	return differs(&line->count) || time_differs(c, &line->self_ns);
}

static void put_lines(const struct diff_page *d)
{
	const struct comparison *c = d->c;
	const struct compared_line **order = xcalloc(c->line_count + 1, sizeof(struct compared_line *));
	size_t count = 0, limit = table_limit(&d->b, LINES_SHOWN);
	struct rows rows = {0};

	for (size_t i = 0; i < c->line_count; i++)
		if (line_differs(c, &c->lines[i]) && (d->fn == PROFILE_NONE || d->fn == c->lines[i].fn))
			order[count++] = &c->lines[i];
	qsort(order, count, sizeof(struct compared_line *), by_weight);
	page_heading(&d->b, "Lines:");
	if (count == 0)
		strbuf_puts(d->b.out, "  no difference beyond the error\n");
	for (size_t i = 0; i < count && i < limit; i++)
		add_line(d, &rows, order[i]);
	rows_put(&d->b, &rows);
	put_rest(d, count > limit ? count - limit : 0, "that differ");
	free(order);
}

int text_diff(const struct comparison *c, const struct export_options *options, struct strbuf *out, struct err *err)
{
	struct diff_page d = {.a = {c->a, options, out}, .b = {c->b, options, out}, .c = c};

	if (diff_select(c, options->function, &d.fn, err) != 0)
		return -1;
	put_head(&d);
	put_functions(&d);
	put_lines(&d);
	return 0;
}
