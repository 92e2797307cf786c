/* memory_show.c - memory for people. */
#include "export_units.h"
#include "memory_result.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define SERIES_ROWS 8

static char *bytes_text(uint64_t bytes)
{
	struct strbuf text = STRBUF_INIT;

	if (bytes == PROFILE_ABSENT)
		strbuf_puts(&text, "not measured");
	else
		unit_bytes(&text, bytes);
	return strbuf_take(&text);
}

static void show_rss(const struct memory_facts *facts, struct sheet *sheet)
{
	char *middle = bytes_text(memory_peak_rss(facts)), *least = bytes_text(facts->peak_rss[0]),
	     *most = bytes_text(facts->peak_rss[facts->runs - 1]);

	sheet_fact(sheet, "Peak RSS", "%s (%s to %s over %zu run%s without counters, from the kernel)", middle, least, most, facts->runs,
		   facts->runs == 1 ? "" : "s");
	free(middle);
	free(least);
	free(most);
}

static void show_counts(const struct memory_facts *facts, struct sheet *sheet)
{
	const struct profile *p = facts->profile;
	char *live, *bytes, *leaked;
	struct strbuf count = STRBUF_INIT;

	if (!p || p->memory_runs == 0) {
		sheet_fact(sheet, "Allocations", "not counted: %s",
			   facts->no_counts ? facts->no_counts : "the program has an allocator of its own");
		return;
	}
	live = bytes_text(p->peak_live_bytes);
	bytes = bytes_text(facts->report->memory.bytes / p->memory_runs);
	leaked = bytes_text(facts->report->memory.leaked_bytes / p->memory_runs);
	unit_count(&count, facts->report->memory.allocations / p->memory_runs);
	sheet_fact(sheet, "Allocations", "%s, %s in all (counted, one run)", count.data, bytes);
	sheet_fact(sheet, "Most live at once", "%s", live);
	sheet_fact(sheet, "Never freed", "%" PRIu64 " block%s, %s", facts->report->memory.leaked / p->memory_runs,
		   facts->report->memory.leaked / p->memory_runs == 1 ? "" : "s", leaked);
	free(live);
	free(bytes);
	free(leaked);
	strbuf_free(&count);
}

static void show_functions(const struct audit *audit, const struct memory_facts *facts, struct sheet *sheet)
{
	size_t shown = 0;

	for (size_t i = 0; facts->report && facts->profile->memory_runs > 0 && i < facts->report->fn_count; i++) {
		const struct profile_fn *fn = &facts->profile->fns[facts->report->fns[i].fn];
		const struct profile_memory *m = &fn->memory;
		uint64_t runs = facts->profile->memory_runs;

		if (m->allocations == 0 || shown == audit->options->top)
			continue;
		if (shown++ == 0) {
			sheet_table(sheet, "nlrrrrr", "Allocations by function:");
			sheet_heads(sheet, "Function|Lines|Count|Bytes|Freed|Never freed|At peak");
		}
		sheet_row(sheet);
		sheet_cell(sheet, "%s", fn->name);
		sheet_cell(sheet, "%u-%u", fn->from, fn->to);
		sheet_cell_count(sheet, m->allocations / runs);
		sheet_cell_bytes(sheet, m->bytes / runs);
		sheet_cell_count(sheet, (m->allocations - m->leaked) / runs);
		sheet_cell_bytes(sheet, m->leaked_bytes / runs);
		sheet_cell_bytes(sheet, m->at_peak_bytes);
	}
}

static void show_series(const char *title, const struct memory_series *series, struct sheet *sheet)
{
	size_t rows = series->count < SERIES_ROWS ? series->count : SERIES_ROWS;

	if (rows < 2)
		return;
	sheet_table(sheet, "rr", "%s (every %.0f ms):", title, (double)series->period_ns / 1e6);
	for (size_t i = 0; i < rows; i++) {
		const struct memory_point *point = &series->points[i * (series->count - 1) / (rows - 1)];

		sheet_row(sheet);
		sheet_cell(sheet, "%.1f ms", (double)point->ns / 1e6);
		sheet_cell_bytes(sheet, point->bytes);
	}
}

static void show_stack(const struct memory_facts *facts, struct sheet *sheet)
{
	struct rlimit limit;
	bool any = false;

	for (size_t i = 0; facts->profile && i < facts->profile->fn_count; i++) {
		const struct profile_fn *fn = &facts->profile->fns[i];

		if (fn->deepest == 0)
			continue;
		if (!any) {
			sheet_table(sheet, "nrrr", "Recursion (in the counting build, whose frames are larger):");
			sheet_heads(sheet, "Function|Deepest|Stack used|Stack size");
		}
		any = true;
		sheet_row(sheet);
		sheet_cell(sheet, "%s", fn->name);
		sheet_cell_count(sheet, fn->deepest);
		sheet_cell_bytes(sheet, fn->stack_used);
		sheet_cell_bytes(sheet, fn->stack_size);
	}
	if (facts->watched.stack_bytes > 0 && getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
		char *used = bytes_text(facts->watched.stack_bytes), *size = bytes_text(limit.rlim_cur);

		sheet_fact(sheet, "Stack of the first thread", "%s mapped of at most %s (from the kernel)", used, size);
		free(used);
		free(size);
	}
}

static bool is_notable(const struct layout *layout)
{
	return layout->padding > 0 || layout->best < layout->size || (layout->is_enum && layout->largest > 2 * layout->second);
}

static void show_layout(const struct layout *layout, struct sheet *sheet)
{
	sheet_row(sheet);
	sheet_cell(sheet, "%s", layout->name);
	sheet_cell(sheet, "%" PRIu64, layout->size);
	if (layout->is_enum || layout->untold)
		sheet_cell(sheet, "-");
	else
		sheet_cell(sheet, "%" PRIu64, layout->padding);
	if (layout->is_enum && layout->largest > 0)
		sheet_cell(sheet, "enum: %s has %" PRIu64 ", the next %" PRIu64, layout->largest_name, layout->largest, layout->second);
	else if (layout->best < layout->size)
		sheet_cell(sheet, "reordered: %" PRIu64, layout->best);
	else
		sheet_cell(sheet, "%s", "");
}

static void show_layouts(const struct audit *audit, const struct memory_result *result, struct sheet *sheet)
{
	const struct layouts *layouts = result->layouts;
	size_t notable = 0;

	for (size_t i = 0; layouts && i < layouts->count; i++)
		notable += is_notable(&layouts->rows[i]);
	if (!layouts || layouts->count == 0)
		return;
	sheet_table(sheet, "nrrl", "Structs and enums, in bytes (%zu, of which %zu with padding or one large variant):", layouts->count,
		    notable);
	sheet_heads(sheet, "Type|Size|Padding|");
	for (size_t i = 0; i < layouts->count && i < audit->options->top; i++)
		show_layout(&layouts->rows[i], sheet);
}

static void show_versus(const struct memory_result *result, struct sheet *sheet)
{
	if (result->versus_count == 0)
		return;
	sheet_table(sheet, "lrrrr", "Comparison:");
	sheet_heads(sheet, "|Peak RSS|Allocations|Bytes|Most live");
	for (size_t i = 0; i <= result->versus_count; i++) {
		const struct memory_facts *facts = i == 0 ? &result->own : &result->versus[i - 1];
		const struct profile *p = facts->profile && facts->profile->memory_runs > 0 ? facts->profile : NULL;

		sheet_row(sheet);
		sheet_cell(sheet, "%s%s", facts->name, i == 0 ? " (this)" : "");
		sheet_cell_bytes(sheet, memory_peak_rss(facts));
		if (!p) {
			sheet_cell(sheet, "not counted");
			continue;
		}
		sheet_cell_count(sheet, facts->report->memory.allocations / p->memory_runs);
		sheet_cell_bytes(sheet, facts->report->memory.bytes / p->memory_runs);
		sheet_cell_bytes(sheet, p->peak_live_bytes);
	}
}

void memory_show(const struct audit *audit, const void *into, struct sheet *sheet)
{
	const struct memory_result *result = into;

	sheet_fact(sheet, "Binary", "%s", audit->subject.name);
	show_rss(&result->own, sheet);
	show_counts(&result->own, sheet);
	show_stack(&result->own, sheet);
	if (!result->layouts)
		sheet_fact(sheet, "Structs and enums", "not known: %s", result->no_layouts);
	else if (result->layouts->count == 0)
		sheet_fact(sheet, "Structs and enums", "the program has none of its own");
	show_functions(audit, &result->own, sheet);
	show_series("Live bytes over time, build with counters", &result->own.live.live, sheet);
	show_series("Resident memory over time", &result->own.watched.resident, sheet);
	show_versus(result, sheet);
	show_layouts(audit, result, sheet);
}
