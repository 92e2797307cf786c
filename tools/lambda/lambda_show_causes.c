/* lambda_show_causes.c - two tables: what each program does and for how long, and where the difference between them comes from. */
#include "export_units.h"
#include "lambda_causes.h"
#include "traced_call.h"

#include <math.h>
#include <string.h>

#define KINDS_SHOWN 3

static void cell_count(struct sheet *sheet, uint64_t count)
{
	if (count == COLD_UNKNOWN)
		sheet_cell(sheet, "-");
	else
		sheet_cell_count(sheet, count);
}

/* Milliseconds and their share of a whole, in one cell. */
static void cell_share(struct sheet *sheet, double ns, double whole)
{
	if (isfinite(ns) && whole > 0)
		sheet_cell(sheet, "%.2f %3.0f%%", ns / 1e6, 100 * ns / whole);
	else
		sheet_cell(sheet, "-");
}

static double phase_ns(const struct lambda_program *p, int phase)
{
	return lambda_median(&p->phases[phase]).value;
}

static double total_ns(const struct lambda_program *p)
{
	return lambda_median(&p->total).value;
}

/* --- what they do -------------------------------------------------------------------------------------------------------------- */

enum row { ROW_FILE_PAGES, ROW_OWN_PAGES, ROW_COUNT, ROW_TIME, ROW_THREADS_RAN, ROW_THREADS_QUEUED, ROW_UNEXPLAINED };

static void put_cell(struct sheet *sheet, const struct lambda_result *result, const struct lambda_program *p, enum row row, int cause)
{
	switch (row) {
	case ROW_FILE_PAGES:
		sheet_cell_bytes(sheet, p->facts.file_bytes);
		break;
	case ROW_OWN_PAGES:
		sheet_cell_bytes(sheet, p->facts.private_bytes);
		break;
	case ROW_COUNT:
		cell_count(sheet, lambda_cause_count(p, cause));
		break;
	case ROW_TIME:
		cell_share(sheet, lambda_cause_ns(result, p, cause), total_ns(p));
		break;
	case ROW_THREADS_RAN:
		cell_share(sheet, lambda_median(&p->threads_ran).value, total_ns(p));
		break;
	case ROW_THREADS_QUEUED:
		cell_share(sheet, lambda_median(&p->threads_queued).value, total_ns(p));
		break;
	case ROW_UNEXPLAINED:
		cell_share(sheet, lambda_unexplained_ns(result, p), total_ns(p));
		break;
	}
}

static void put_row(struct sheet *sheet, const struct lambda_result *result, size_t count, const char *name, enum row row, int cause)
{
	sheet_row(sheet);
	sheet_cell(sheet, "%s", name);
	for (size_t i = 0; i < count; i++) {
		if (result->programs[i].failed)
			sheet_cell(sheet, "-");
		else
			put_cell(sheet, result, &result->programs[i], row, cause);
	}
}

static void put_causes(struct sheet *sheet, const struct lambda_result *result, size_t count)
{
	put_row(sheet, result, count, "file pages in memory", ROW_FILE_PAGES, 0);
	put_row(sheet, result, count, "own pages in memory", ROW_OWN_PAGES, 0);
	for (int cause = 0; cause < LAMBDA_CAUSES; cause++) {
		char time[64];

		snprintf(time, sizeof time, "%s%s", lambda_causes[cause].name ? "  " : "", lambda_causes[cause].time);
		if (lambda_causes[cause].name)
			put_row(sheet, result, count, lambda_causes[cause].name, ROW_COUNT, cause);
		put_row(sheet, result, count, time, ROW_TIME, cause);
		if (cause != CAUSE_STARTS)
			continue;
		put_row(sheet, result, count, "  (they run)", ROW_THREADS_RAN, 0);
		put_row(sheet, result, count, "  (they wait for a CPU)", ROW_THREADS_QUEUED, 0);
	}
	put_row(sheet, result, count, "not explained", ROW_UNEXPLAINED, 0);
}

static void put_phases(struct sheet *sheet, const struct lambda_result *result, size_t count)
{
	for (int phase = 0; phase < LAMBDA_PHASES; phase++) {
		sheet_row(sheet);
		sheet_cell(sheet, "%s", lambda_phase_name(phase));
		for (size_t i = 0; i < count; i++)
			cell_share(sheet, phase_ns(&result->programs[i], phase), total_ns(&result->programs[i]));
	}
}

static void say_kinds(struct sheet *sheet, const struct lambda_program *p)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < p->facts.calls.kind_count && i < KINDS_SHOWN; i++) {
		const struct lambda_call *call = &p->facts.calls.kinds[i];
		const char *name = traced_call_name(call->number);

		strbuf_printf(&text, "%s%s %.1f µs in %llu", i ? ", " : "", name ? name : "another", call->ns / 1e3,
			      (unsigned long long)call->count);
	}
	if (text.size)
		sheet_text(sheet, "%s spends most of its system calls' time in %s", p->name, text.data);
	strbuf_free(&text);
}

/* --- where the difference comes from --------------------------------------------------------------------------------------------- */

/* Is one's interval of the median wholly on one side of the other's? */
static bool differ(const struct lambda_program *a, const struct lambda_program *b)
{
	struct stats_interval x = lambda_median(&a->total), y = lambda_median(&b->total);

	return isfinite(x.lo) && isfinite(y.lo) && (x.hi < y.lo || y.hi < x.lo);
}

static void put_difference(struct sheet *sheet, double own, double other, double whole)
{
	double more = other - own;

	if (!isfinite(more))
		sheet_cell(sheet, "-");
	else if (!isfinite(whole))
		sheet_cell(sheet, "%+.2f", more / 1e6);
	else
		sheet_cell(sheet, "%+.2f %3.0f%%", more / 1e6, 100 * more / whole);
}

/* A cause that one program does not have, or that can't be asked of it (a static program has no dynamic linker), is nothing there. */
static double known(double ns)
{
	return isnan(ns) ? 0 : ns;
}

static double load_ns(const struct lambda_program *p)
{
	return known(phase_ns(p, PHASE_FORK)) + known(phase_ns(p, PHASE_LOAD));
}

static void put_difference_row(struct sheet *sheet, const struct lambda_result *result, size_t count, int cause)
{
	const struct lambda_program *own = &result->programs[0];

	for (size_t i = 1; i < count; i++) {
		const struct lambda_program *p = &result->programs[i];
		double whole = differ(own, p) ? total_ns(p) - total_ns(own) : NAN;

		if (p->failed)
			sheet_cell(sheet, "-");
		else if (cause < 0)
			put_difference(sheet, load_ns(own), load_ns(p), whole);
		else if (cause < LAMBDA_CAUSES)
			put_difference(sheet, known(lambda_cause_ns(result, own, cause)), known(lambda_cause_ns(result, p, cause)), whole);
		else if (cause == LAMBDA_CAUSES)
			put_difference(sheet, lambda_unexplained_ns(result, own), lambda_unexplained_ns(result, p), whole);
		else
			put_difference(sheet, total_ns(own), total_ns(p), whole);
	}
}

static void put_heads(struct sheet *sheet, const struct lambda_result *result, size_t from, size_t count)
{
	struct strbuf heads = STRBUF_INIT;

	strbuf_puts(&heads, " ");
	for (size_t i = from; i < count; i++)
		strbuf_printf(&heads, "|%s", result->programs[i].name);
	sheet_heads(sheet, heads.data);
	strbuf_free(&heads);
}

static void show_difference(const struct lambda_result *result, size_t count, struct sheet *sheet)
{
	sheet_table(sheet, "lrrrrrrrrrrr", "Difference to %s (ms more, share of the difference):", result->programs[0].name);
	put_heads(sheet, result, 1, count);
	for (int cause = -1; cause <= LAMBDA_CAUSES + 1; cause++) {
		sheet_row(sheet);
		if (cause < 0)
			sheet_cell(sheet, "fork, exec, kernel load");
		else if (cause < LAMBDA_CAUSES)
			sheet_cell(sheet, "%s", lambda_cause_name(cause));
		else
			sheet_cell(sheet, cause == LAMBDA_CAUSES ? "not explained" : "all");
		put_difference_row(sheet, result, count, cause);
	}
	sheet_text(sheet, "No share where the intervals of the two totals overlap");
}

void lambda_show_causes(const struct lambda_result *result, struct sheet *sheet)
{
	size_t count = result->count < SHEET_COLUMNS_MOST - 1 ? result->count : SHEET_COLUMNS_MOST - 1;

	sheet_table(sheet, "lrrrrrrrrrrr", "What they do until the first request (times in ms, share of the total):");
	put_heads(sheet, result, 0, count);
	put_phases(sheet, result, count);
	put_causes(sheet, result, count);
	sheet_text(
	    sheet,
	    "Times: page faults are an estimate, %.2f us each, which is what one takes on this machine (those of the kernel's load left "
	    "out); relocations by the dynamic linker's own clock; allocations by a clock around each; system calls by the kernel's count "
	    "of CPU time, each against an empty call made right behind it; threads by that of the calls that start them. What stands in "
	    "brackets may go on beside the first thread, and is not added. Causes can overlap (a relocation or a call may hold a page "
	    "fault). What is not explained is, most of it, the instructions of the program and of its libraries. A dash: not known, or "
	    "not there.",
	    result->fault_ns / 1e3);
	say_kinds(sheet, &result->programs[0]);
	if (count > 1)
		show_difference(result, count, sheet);
}
