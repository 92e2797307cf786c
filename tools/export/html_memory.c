/* Allocations: totals, and the functions that make most. */
#include "html.h"

#include <stdlib.h>
#include <string.h>

#define ROWS 50

static int by_bytes(const void *a, const void *b)
{
	const struct profile_fn *x = *(const struct profile_fn *const *)a, *y = *(const struct profile_fn *const *)b;

	if (x->memory.bytes != y->memory.bytes)
		return x->memory.bytes < y->memory.bytes ? 1 : -1;
	return (x > y) - (x < y);
}

static uint64_t per_run(const struct html *html, uint64_t sum)
{
	return sum / html->report->profile->memory_runs;
}

static void put_cells(const struct html *html, const struct profile_memory *m)
{
	struct strbuf *out = html->out;

	strbuf_puts(out, "<td>");
	unit_mean_count(out, report_memory_per_run(html->report->profile, m->allocations));
	strbuf_puts(out, "</td><td>");
	unit_mean_count(out, report_memory_per_run(html->report->profile, m->reallocations));
	strbuf_puts(out, "</td><td>");
	unit_bytes(out, per_run(html, m->bytes));
	strbuf_puts(out, "</td><td>");
	unit_bytes(out, m->at_peak_bytes);
	strbuf_puts(out, "</td><td>");
	unit_bytes(out, per_run(html, m->leaked_bytes));
	strbuf_puts(out, "</td><td>");
	unit_bytes(out, m->largest_bytes);
	strbuf_puts(out, "</td></tr>\n");
}

static void put_table(const struct html *html)
{
	const struct profile *p = html->report->profile;
	const struct profile_fn **order = xcalloc(p->fn_count + 1, sizeof(struct profile_fn *));
	size_t count = 0;

	for (size_t i = 0; i < p->fn_count; i++)
		if (p->fns[i].memory.allocations > 0)
			order[count++] = &p->fns[i];
	qsort(order, count, sizeof(struct profile_fn *), by_bytes);
	strbuf_puts(html->out, "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">function</th><th "
			       "scope=\"col\">allocations</th><th scope=\"col\">of them grown</th>"
			       "<th scope=\"col\">bytes</th><th scope=\"col\">at peak</th><th scope=\"col\">leaked</th><th "
			       "scope=\"col\">largest</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < count && i < ROWS; i++) {
		strbuf_puts(html->out, "<tr><td><span class=\"name\">");
		html_short(html->out, order[i]->name, 300);
		strbuf_puts(html->out, "</span></td>");
		put_cells(html, &order[i]->memory);
	}
	strbuf_puts(html->out, "<tr><td class=\"soft\">outside of the program's functions</td>");
	put_cells(html, &p->outside);
	strbuf_puts(html->out, "</tbody></table></div>\n");
	if (count > ROWS)
		strbuf_printf(html->out, "<p class=\"soft\">%zu more functions allocate.</p>\n", count - ROWS);
	free(order);
}

void html_memory(const struct html *html)
{
	const struct profile *p = html->report->profile;

	strbuf_puts(html->out, "<section id=\"memory\"><h2>Memory</h2>\n");
	if (p->memory_runs == 0)
		strbuf_printf(html->out, "<p class=\"soft\">Allocations were not measured%s.</p>\n",
			      strcmp(p->memory, "own") == 0   ? ": the program has its own allocator"
			      : strcmp(p->memory, "off") == 0 ? " (--no-memory)"
							      : "");
	else
		put_table(html);
	strbuf_puts(html->out, "</section>\n");
}
