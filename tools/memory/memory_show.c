/* memory_show.c - memory for people. */
#include "export_units.h"
#include "memory_result.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

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

/* How many blocks of the function were short-lived; PROFILE_ABSENT where it was not counted by line. */
static uint64_t short_lived(const struct memory_facts *facts, uint32_t fn)
{
	const struct profile *p = facts->profile;
	uint64_t soon = facts->no_lines ? PROFILE_ABSENT : 0;

	for (size_t i = 0; i < p->site_count; i++)
		soon += p->sites[i].fn == fn ? p->sites[i].soon : 0;
	return soon;
}

static void cell_part(struct sheet *sheet, uint64_t part, uint64_t whole)
{
	if (whole > 0 && part != PROFILE_ABSENT)
		sheet_cell(sheet, "%.0f%%", 100 * (double)part / (double)whole);
	else
		sheet_cell(sheet, "-");
}

static void show_memory(struct sheet *sheet, const struct profile_memory *m, uint64_t soon, uint64_t runs)
{
	sheet_cell_count(sheet, m->allocations / runs);
	sheet_cell_bytes(sheet, m->bytes / runs);
	cell_part(sheet, soon, m->allocations);
	cell_part(sheet, m->reallocations, m->allocations);
	sheet_cell_bytes(sheet, m->leaked_bytes / runs);
	sheet_cell_bytes(sheet, m->at_peak_bytes);
}

static void show_functions(const struct audit *audit, const struct memory_facts *facts, struct sheet *sheet)
{
	const struct profile *p = facts->profile;
	size_t shown = 0;

	for (size_t i = 0; facts->report && p->memory_runs > 0 && i < facts->report->fn_count; i++) {
		const struct profile_fn *fn = &p->fns[facts->report->fns[i].fn];

		if (fn->memory.allocations == 0 || shown == audit->options->top)
			continue;
		if (shown++ == 0) {
			sheet_table(sheet, "nlrrrrrr", "Allocations by function:");
			sheet_heads(sheet, "Function|Lines|Count|Bytes|Short|Realloc|Leaked|At peak");
		}
		sheet_row(sheet);
		sheet_cell(sheet, "%s", fn->name);
		sheet_cell(sheet, "%u-%u", fn->from, fn->to);
		show_memory(sheet, &fn->memory, short_lived(facts, facts->report->fns[i].fn), p->memory_runs);
	}
	if (shown > 0 && p->outside.allocations > 0) {
		sheet_row(sheet)->dim = true;
		sheet_cell(sheet, "(outside)");
		sheet_cell(sheet, "%s", "");
		sheet_cell_count(sheet, p->outside.allocations / p->memory_runs);
		sheet_cell_bytes(sheet, p->outside.bytes / p->memory_runs);
		sheet_cell(sheet, "-");
		cell_part(sheet, p->outside.reallocations, p->outside.allocations);
		sheet_cell_bytes(sheet, p->outside.leaked_bytes / p->memory_runs);
		sheet_cell_bytes(sheet, p->outside.at_peak_bytes);
	}
}

/* Most allocations first. */
static int by_allocations(const void *a, const void *b)
{
	const struct profile_site *one = *(const struct profile_site *const *)a, *other = *(const struct profile_site *const *)b;

	if (one->memory.allocations != other->memory.allocations)
		return one->memory.allocations < other->memory.allocations ? 1 : -1;
	return one < other ? -1 : one > other;
}

static void show_line(const struct profile *p, const struct profile_site *site, struct sheet *sheet)
{
	const char *path = profile_source_of(p, site->fn), *slash = strrchr(path, '/');

	sheet_row(sheet);
	if (site->line > 0)
		sheet_cell(sheet, "%s:%u", slash && slash[1] ? slash + 1 : path, site->line);
	else
		sheet_cell(sheet, "(no line)");
	sheet_cell(sheet, "%s", p->fns[site->fn].name);
	show_memory(sheet, &site->memory, site->soon, p->memory_runs);
}

static void show_lines(const struct audit *audit, const struct memory_facts *facts, struct sheet *sheet)
{
	const struct profile *p = facts->profile;
	const struct profile_site **order;
	uint64_t elsewhere = 0;

	if (facts->no_lines && p && p->memory_runs > 0)
		sheet_text(sheet, "By line they are not counted: with what that takes the program does not compile.");
	if (!p || p->memory_runs == 0 || p->site_count == 0)
		return;
	order = xcalloc(p->site_count, sizeof *order); /* NOLINT(bugprone-sizeof-expression): the same */
	for (size_t i = 0; i < p->site_count; i++) {
		order[i] = &p->sites[i];
		elsewhere += p->sites[i].elsewhere;
	}
	qsort(order, p->site_count, sizeof *order, by_allocations); /* NOLINT(bugprone-sizeof-expression): of pointers, as meant */
	sheet_table(sheet, "lnrrrrrr", "Allocations by line:");
	sheet_heads(sheet, "Line|Function|Count|Bytes|Short|Realloc|Leaked|At peak");
	for (size_t i = 0; i < p->site_count && i < audit->options->top; i++)
		show_line(p, order[i], sheet);
	free(order);
	sheet_text(sheet,
		   "Short: short-lived, freed before the same thread took %u bytes more. Realloc: what is there was made larger or "
		   "smaller, and lives on.",
		   PROFILE_SOON);
	if (elsewhere > 0) {
		struct strbuf count = STRBUF_INIT;

		unit_count(&count, elsewhere / p->memory_runs);
		sheet_text(sheet, "%s blocks were freed by another thread than took them: how long they lived is not known.", count.data);
		strbuf_free(&count);
	}
}

static void show_series(const char *title, const struct memory_series *series, struct sheet *sheet)
{
	struct sheet_point points[MEMORY_POINTS_MOST];
	const struct memory_point *top = series->points;
	struct strbuf most = STRBUF_INIT;

	if (series->count < 2)
		return;
	for (size_t i = 0; i < series->count; i++) {
		points[i] = (struct sheet_point){(double)series->points[i].ns, (double)series->points[i].bytes};
		top = series->points[i].bytes > top->bytes ? &series->points[i] : top;
	}
	unit_bytes(&most, top->bytes);
	sheet_chart(sheet, title, points, series->count, "0 to %.1f ms, every %g ms; most %s, at %.1f ms",
		    (double)series->points[series->count - 1].ns / 1e6, (double)series->period_ns / 1e6, most.data, (double)top->ns / 1e6);
	strbuf_free(&most);
}

static void show_stack(const struct memory_facts *facts, struct sheet *sheet)
{
	struct rlimit limit;

	if (facts->watched.stack_bytes > 0 && getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
		char *used = bytes_text(facts->watched.stack_bytes), *size = bytes_text(limit.rlim_cur);

		sheet_fact(sheet, "Stack of the first thread", "%s mapped of at most %s (from the kernel)", used, size);
		free(used);
		free(size);
	}
}

static void show_recursion(const struct memory_facts *facts, struct sheet *sheet)
{
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
	show_recursion(&result->own, sheet);
	show_functions(audit, &result->own, sheet);
	show_lines(audit, &result->own, sheet);
	show_series("Live bytes over time (build with counters):", &result->own.live.live, sheet);
	show_series("Resident memory over time:", &result->own.watched.resident, sheet);
	show_versus(result, sheet);
	show_layouts(audit, result, sheet);
}
