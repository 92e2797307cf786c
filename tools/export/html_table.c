/*
 * The function table: as rows for who has no script, and all of it as data. A row of the data is [name, line, then for each column
 * its number and its text, file]; the script shows and sorts, formatting is done here.
 */
#include "export_utf8.h"
#include "html.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MOST  300
#define EDGES_MOST 20000 /* in the data: those with most calls */

struct column {
	const char *title;
	/* The number to sort by (negative = not known) and the text to show. */
	double (*value)(const struct html *html, const struct report_fn *row);
	void (*text)(const struct html *html, const struct report_fn *row, struct strbuf *out);
};

/* ---- columns ---- */

static const struct profile_fn *function_of(const struct html *html, const struct report_fn *row)
{
	return &html->report->profile->fns[row->fn];
}

static bool below_one_sample(const struct html *html, const struct report_fn *row)
{
	return row->source == REPORT_SAMPLES && row->self_ns <= 0 && html->report->samples > 0;
}

static double self_value(const struct html *html, const struct report_fn *row)
{
	(void)html;
	return row->self_ns;
}

static void self_text(const struct html *html, const struct report_fn *row, struct strbuf *out)
{
	if (below_one_sample(html, row)) {
		strbuf_puts(out, "<");
		unit_time(out, html->report->base_ns / (double)html->report->samples, html_style);
	} else if (row->self_ns >= 0) {
		unit_time(out, row->self_ns, html_style);
	} else {
		strbuf_puts(out, function_of(html, row)->clock_off > 0 ? "too short to time" : "not timed");
	}
}

static double share_value(const struct html *html, const struct report_fn *row)
{
	(void)html;
	return row->self_percent;
}

static void share_text(const struct html *html, const struct report_fn *row, struct strbuf *out)
{
	(void)html;
	if (row->self_percent >= 0)
		unit_percent(out, row->self_percent);
}

static double total_value(const struct html *html, const struct report_fn *row)
{
	(void)html;
	return row->total_ns;
}

static void total_text(const struct html *html, const struct report_fn *row, struct strbuf *out)
{
	(void)html;
	if (row->total_ns > 0)
		unit_time(out, row->total_ns, html_style);
}

static double calls_value(const struct html *html, const struct report_fn *row)
{
	return row->calls == PROFILE_ABSENT ? -1 : (double)function_of(html, row)->calls;
}

static void calls_text(const struct html *html, const struct report_fn *row, struct strbuf *out)
{
	const struct profile_fn *fn = function_of(html, row);

	if (row->calls == PROFILE_ABSENT) {
		strbuf_puts(out, "not counted");
		return;
	}
	unit_count(out, row->calls_vary ? fn->calls_min : row->calls);
	if (row->calls_vary) {
		strbuf_puts(out, "–");
		unit_count(out, fn->calls_max);
	}
}

static double allocations_value(const struct html *html, const struct report_fn *row)
{
	return (double)function_of(html, row)->memory.allocations;
}

static void allocations_text(const struct html *html, const struct report_fn *row, struct strbuf *out)
{
	if (html->report->profile->memory_runs > 0 && function_of(html, row)->memory.allocations > 0)
		unit_mean_count(out, report_memory_per_run(html->report->profile, function_of(html, row)->memory.allocations));
}

static double bytes_value(const struct html *html, const struct report_fn *row)
{
	return (double)function_of(html, row)->memory.bytes;
}

static void bytes_text(const struct html *html, const struct report_fn *row, struct strbuf *out)
{
	if (html->report->profile->memory_runs > 0 && function_of(html, row)->memory.bytes > 0)
		unit_bytes(out, function_of(html, row)->memory.bytes / html->report->profile->memory_runs);
}

static const struct column columns[] = {
    {"self time", self_value, self_text},
    {"share", share_value, share_text},
    {"total", total_value, total_text},
    {"calls", calls_value, calls_text},
    {"allocations", allocations_value, allocations_text},
    {"allocated", bytes_value, bytes_text},
};
#define COLUMNS (sizeof columns / sizeof *columns)
#define SHARE	1

/* ---- rows ---- */

static void put_name(const struct html *html, uint32_t fn, struct strbuf *out)
{
	struct strbuf name = STRBUF_INIT;

	utf8_escape(&name, html->report->profile->fns[fn].name, false);
	utf8_shorten(out, name.size > 0 ? name.data : "", NAME_MOST, false);
	if (html->report->profile->fns[fn].kind != PROFILE_CLOSURE)
		strbuf_puts(out, "()");
	strbuf_free(&name);
}

static void put_cell(const struct html *html, const struct report_fn *row, size_t c)
{
	struct strbuf text = STRBUF_INIT;
	double percent = row->self_percent;

	columns[c].text(html, row, &text);
	if (c == SHARE && percent >= 0)
		strbuf_printf(html->out, "<td class=\"share%s\" style=\"--p:%.2f%%\">",
			      percent > 50   ? " hot"
			      : percent > 10 ? " warm"
					     : "",
			      percent);
	else
		strbuf_puts(html->out, "<td>");
	export_markup(html->out, text.size > 0 ? text.data : "");
	strbuf_puts(html->out, "</td>");
	strbuf_free(&text);
}

static void put_row(const struct html *html, size_t number)
{
	const struct report_fn *row = &html->report->fns[number];
	struct strbuf name = STRBUF_INIT;

	put_name(html, row->fn, &name);
	strbuf_printf(html->out, "<tr><td><button class=\"link name\" data-fn=\"%zu\">", number);
	export_markup(html->out, name.data);
	strbuf_puts(html->out, "</button></td>");
	for (size_t c = 0; c < COLUMNS; c++)
		put_cell(html, row, c);
	strbuf_puts(html->out, "</tr>\n");
	strbuf_free(&name);
}

void html_functions(const struct html *html)
{
	size_t count = html->report->fn_count;

	strbuf_puts(html->out, "<section id=\"functions\"><h2>Functions</h2>\n<div class=\"tools\"><input type=\"search\" id=\"search\" "
			       "placeholder=\"search by regular expression (key: /)\" aria-label=\"search functions\">"
			       "<span class=\"soft\" id=\"count\" role=\"status\">");
	strbuf_printf(html->out, "%zu function%s</span></div>\n<div class=\"scroll\"><table id=\"functions-table\"><thead><tr>", count,
		      count == 1 ? "" : "s");
	strbuf_puts(html->out, "<th scope=\"col\"><button>function</button></th>");
	for (size_t c = 0; c < COLUMNS; c++)
		strbuf_printf(html->out, "<th scope=\"col\"%s><button>%s</button></th>", c == 0 ? " aria-sort=\"descending\"" : "",
			      columns[c].title);
	strbuf_puts(html->out, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < count && i < HTML_STATIC; i++)
		put_row(html, i);
	strbuf_printf(html->out,
		      "</tbody></table></div>\n<p class=\"more\" id=\"more\"%s><button class=\"button\" id=\"next\">%d more</button> "
		      "<button class=\"button\" id=\"all\">"
		      "all</button></p>\n</section>\n",
		      count > HTML_STATIC ? "" : " hidden", HTML_STATIC);
}

/* ---- data ---- */

/* Six digits are enough to sort by; integers stay whole. */
static void put_number(struct strbuf *out, double value)
{
	if (value < 0)
		strbuf_puts(out, "-1");
	else if (value == floor(value) && value < 1e15)
		strbuf_printf(out, "%.0f", value);
	else
		strbuf_printf(out, "%.9g", value);
}

static void put_function(const struct html *html, const struct report_fn *row)
{
	struct strbuf text = STRBUF_INIT;

	put_name(html, row->fn, &text);
	strbuf_puts(html->out, "[");
	export_json_string(html->out, text.data);
	strbuf_printf(html->out, ",%" PRIu32, function_of(html, row)->from);
	for (size_t c = 0; c < COLUMNS; c++) {
		text.size = 0;
		strbuf_puts(&text, "");
		columns[c].text(html, row, &text);
		strbuf_puts(html->out, ",");
		put_number(html->out, columns[c].value(html, row));
		strbuf_puts(html->out, ",");
		export_json_string(html->out, text.size > 0 ? text.data : "");
	}
	strbuf_printf(html->out, ",%" PRIu32 "]", function_of(html, row)->file);
	strbuf_free(&text);
}

static unsigned magnitude(uint64_t calls)
{
	return calls == 0 ? 0 : 64 - (unsigned)__builtin_clzll(calls);
}

/* The smallest magnitude of calls that may be shown whole; of the one below, as many as there is room for. */
static unsigned choose_magnitude(const struct profile *p, size_t *room)
{
	size_t of[66] = {0}, sum = 0;
	unsigned least = 65;

	for (size_t i = 0; i < p->edge_count; i++)
		of[magnitude(p->edges[i].calls)]++;
	while (least > 1 && sum + of[least - 1] <= EDGES_MOST)
		sum += of[--least];
	*room = EDGES_MOST - sum;
	return least;
}

/* Number of each function among the rows, -1 = not there. */
static int32_t *number_rows(const struct html *html)
{
	int32_t *numbers = xcalloc(html->report->profile->fn_count + 1, sizeof *numbers);

	for (size_t i = 0; i < html->report->profile->fn_count; i++)
		numbers[i] = -1;
	for (size_t i = 0; i < html->report->fn_count; i++)
		numbers[html->report->fns[i].fn] = (int32_t)i;
	return numbers;
}

static size_t put_edges(const struct html *html)
{
	const struct profile *p = html->report->profile;
	int32_t *numbers = number_rows(html);
	size_t room, shown = 0;
	unsigned least = choose_magnitude(p, &room);

	for (size_t i = 0; i < p->edge_count; i++) {
		const struct profile_edge *edge = &p->edges[i];
		unsigned size = magnitude(edge->calls);
		struct strbuf calls = STRBUF_INIT;

		if (size == 0 || size + 1 < least || (size + 1 == least && room == 0))
			continue;
		room -= size + 1 == least;
		unit_mean_count(&calls, report_per_run(p, edge->calls) < 0 ? (double)edge->calls : report_per_run(p, edge->calls));
		strbuf_printf(html->out, "%s[%" PRId32 ",%" PRId32 ",%" PRIu32 ",0,\"%s call%s\"]", shown++ > 0 ? ",\n" : "",
			      edge->caller == PROFILE_NONE ? -1 : numbers[edge->caller], numbers[edge->callee], edge->line, calls.data,
			      strcmp(calls.data, "1") == 0 ? "" : "s");
		strbuf_free(&calls);
	}
	free(numbers);
	return shown;
}

void html_data(const struct html *html)
{
	size_t shown, all = 0;

	strbuf_puts(html->out, "<script type=\"application/json\" id=\"data\">\n{\"columns\":[");
	for (size_t c = 0; c < COLUMNS; c++)
		strbuf_printf(html->out, "%s\"%s\"", c ? "," : "", columns[c].title);
	strbuf_printf(html->out, "],\"share\":%d,\"open\":%" PRId64 ",\"functions\":[", SHARE, html->open);
	for (size_t i = 0; i < html->report->fn_count; i++) {
		strbuf_puts(html->out, i ? ",\n" : "\n");
		put_function(html, &html->report->fns[i]);
	}
	strbuf_puts(html->out, "],\n\"edges\":[");
	shown = put_edges(html);
	for (size_t i = 0; i < html->report->profile->edge_count; i++)
		all += html->report->profile->edges[i].calls > 0;
	strbuf_puts(html->out, "],\n\"dropped\":\"");
	if (shown < all) {
		strbuf_puts(html->out, "Of ");
		unit_count(html->out, all);
		strbuf_puts(html->out, " places of calls the ");
		unit_count(html->out, shown);
		strbuf_puts(html->out, " with most calls are in this file; JSON holds all.");
	}
	strbuf_puts(html->out, "\"}\n</script>\n");
}
