/* The source with its figures: a block for each line, in chunks that a browser lays out when they are seen. */
#include "export_utf8.h"
#include "html.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK	     200
#define MOST_LINES   50000 /* beyond, only stretches around lines that have figures */
#define AROUND	     3
#define MOST_COLUMNS 400

struct shown {
	const struct html *html;
	const struct source_text *source;
	struct line_facts *facts;
	uint32_t file;
	char anchor[24];		/* "L", or "L2-" in the second of several files; html.js makes the same */
	const struct report_fn **order; /* rows by first line */
	size_t next, count;
};

static int by_line(const void *a, const void *b, void *context)
{
	const struct profile *p = context;
	const struct report_fn *x = *(const struct report_fn *const *)a, *y = *(const struct report_fn *const *)b;
	uint32_t f = p->fns[x->fn].from, g = p->fns[y->fn].from;

	return f != g ? (f > g) - (f < g) : (x->fn > y->fn) - (x->fn < y->fn);
}

static void put_function(const struct shown *s, const struct report_fn *row)
{
	const struct report *r = s->html->report;
	struct strbuf *out = s->html->out;

	strbuf_printf(out, "<div class=\"of\"><button class=\"link name\" data-fn=\"%zu\">", (size_t)(row - r->fns));
	html_short(out, r->profile->fns[row->fn].name, 120);
	strbuf_puts(out, "</button> ");
	if (row->calls == PROFILE_ABSENT) {
		strbuf_puts(out, "calls not counted");
	} else {
		unit_count(out, row->calls);
		strbuf_puts(out, row->calls == 1 ? " call" : " calls");
	}
	if (row->self_ns > 0) {
		strbuf_puts(out, ", ");
		unit_time(out, row->self_ns, html_style);
		strbuf_puts(out, " (");
		unit_percent(out, row->self_percent);
		strbuf_puts(out, ")");
	}
	if (r->profile->memory_runs > 0 && r->profile->fns[row->fn].memory.allocations > 0) {
		strbuf_puts(out, ", ");
		unit_mean_count(out, report_memory_per_run(r->profile, r->profile->fns[row->fn].memory.allocations));
		strbuf_puts(out, " allocations");
	}
	strbuf_puts(out, "</div>\n");
}

static void put_text(const struct shown *s, uint32_t line)
{
	const char *from = s->source->lines[line - 1];
	size_t size = s->source->sizes[line - 1];
	char *copy = xmalloc(size + 1);
	struct strbuf escaped = STRBUF_INIT, cut = STRBUF_INIT;

	memcpy(copy, from, size);
	copy[size] = '\0';
	/* Tabs stay: the page gives them their width. */
	for (char *part = copy;;) {
		char *tab = strchr(part, '\t');

		if (tab)
			*tab = '\0';
		utf8_escape(&escaped, part, false);
		if (!tab)
			break;
		strbuf_puts(&escaped, "\t");
		part = tab + 1;
	}
	utf8_cut(&cut, escaped.size > 0 ? escaped.data : "", MOST_COLUMNS, false);
	export_markup(s->html->out, cut.size > 0 ? cut.data : "");
	strbuf_free(&escaped);
	strbuf_free(&cut);
	free(copy);
}

static void put_line(struct shown *s, uint32_t line)
{
	const struct report *r = s->html->report;
	const struct line_facts *facts = &s->facts[line - 1];
	struct profile_line whole = {.line = line, .count = facts->count, .samples = facts->samples};
	double ns = report_line_ns(r, &whole), times = report_per_run(r->profile, facts->count);
	double percent = ns > 0 ? 100 * ns / r->base_ns : 0;
	struct strbuf *out = s->html->out;

	strbuf_printf(out, "<div class=\"line%s%s\" id=\"%s%" PRIu32 "\"><span class=\"c\">",
		      percent > 50   ? " hot"
		      : percent > 10 ? " warm"
				     : "",
		      times == 0 ? " zero" : "", s->anchor, line);
	if (times >= 0)
		unit_mean_count(out, times);
	strbuf_puts(out, "</span><span class=\"t\">");
	if (ns > 0)
		unit_time(out, ns, html_style);
	if (ns > 0)
		strbuf_printf(out, "</span><span class=\"p share\" style=\"--p:%.1f%%\">", percent);
	else
		strbuf_puts(out, "</span><span class=\"p\">");
	if (ns > 0) {
		struct strbuf share = STRBUF_INIT;

		unit_percent(&share, percent);
		export_markup(out, share.data); /* it may be <0.1% */
		strbuf_free(&share);
	}
	strbuf_printf(out, "</span><span class=\"n\">%" PRIu32 "</span><span class=\"x\">", line);
	put_text(s, line);
	strbuf_puts(out, "</span></div>\n");
}

static bool has_figures(const struct shown *s, uint32_t line)
{
	return s->facts[line - 1].samples > 0 || s->facts[line - 1].count != PROFILE_ABSENT;
}

/* In a long text, is there something to see at this line or near it? */
static bool is_shown(const struct shown *s, uint32_t line)
{
	uint32_t from = line > AROUND ? line - AROUND : 1,
		 to = line + AROUND < s->source->count ? line + AROUND : (uint32_t)s->source->count;

	if (s->source->count <= MOST_LINES)
		return true;
	for (; from <= to; from++)
		if (has_figures(s, from))
			return true;
	return false;
}

static void put_lines(struct shown *s)
{
	const struct report *r = s->html->report;
	uint32_t put = 0;

	strbuf_puts(s->html->out,
		    "<div class=\"source\" tabindex=\"0\" role=\"group\" aria-label=\"annotated source\">\n<div class=\"chunk\">\n");
	for (uint32_t line = 1; line <= s->source->count; line++) {
		for (; s->next < s->count && r->profile->fns[s->order[s->next]->fn].from <= line; s->next++)
			if (r->profile->fns[s->order[s->next]->fn].from == line)
				put_function(s, s->order[s->next]);
		if (!is_shown(s, line))
			continue;
		put_line(s, line);
		if (++put % CHUNK == 0)
			strbuf_printf(s->html->out, "</div>\n<div class=\"chunk%s\">\n", put >= 5 * CHUNK ? " later" : "");
	}
	strbuf_puts(s->html->out, "</div></div>\n");
}

static void put_file(const struct html *html, uint32_t file)
{
	const struct source_text *source = html->options->sources->texts[file];
	const struct report *r = html->report;
	struct shown s = {.html = html, .source = source, .file = file};

	if (file > 0)
		snprintf(s.anchor, sizeof s.anchor, "L%" PRIu32 "-", file);
	else
		snprintf(s.anchor, sizeof s.anchor, "L");
	if (r->profile->file_count > 0) {
		strbuf_puts(html->out, "<h3 class=\"name\">");
		html_text(html->out, html->names.files[file]);
		strbuf_puts(html->out, "</h3>\n");
	}
	/* Another version of the text, or a file that a profile from elsewhere names, does not go into a file that is passed on. */
	if (source->state != SOURCE_SAME) {
		strbuf_printf(html->out, "<p class=\"soft\">The source %s, and the profile does not hold it.</p>\n",
			      source->state == SOURCE_CHANGED ? "has changed since it was profiled" : "is not there");
		return;
	}
	s.facts = line_facts_of(r->profile, file, source->count);
	s.order = xcalloc(r->fn_count + 1, sizeof(struct report_fn *));
	for (size_t i = 0; i < r->fn_count; i++)
		if (r->profile->fns[r->fns[i].fn].file == file)
			s.order[s.count++] = &r->fns[i];
	qsort_r(s.order, s.count, sizeof(struct report_fn *), by_line, (void *)r->profile);
	put_lines(&s);
	free(s.order);
	free(s.facts);
}

void html_source(const struct html *html)
{
	strbuf_puts(html->out, "<section id=\"source\"><h2>Source</h2>\n<p class=\"soft\">Executions, time and share of each line; of one "
			       "iteration.</p>\n");
	for (size_t file = 0; html->options->sources && file < html->options->sources->count; file++)
		put_file(html, (uint32_t)file);
	strbuf_puts(html->out, "</section>\n");
}
