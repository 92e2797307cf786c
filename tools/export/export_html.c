/*
 * One HTML file that needs nothing else: no network (its own policy forbids it), no other file. What comes from the profile is escaped
 * by html_text(), export_markup() or export_json_string(), and the script puts it into the page as text only.
 */
#include "export_select.h"
#include "export_utf8.h"
#include "exporters.h"
#include "flame_svg.h"
#include "html.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char html_css[] = {
#include "html.css.inc"
};
static const char html_js[] = {
#include "html.js.inc"
};

const struct unit_style html_style = {.gap = "\u00a0"};

void html_short(struct strbuf *out, const char *text, size_t columns)
{
	struct strbuf escaped = STRBUF_INIT, cut = STRBUF_INIT;

	utf8_escape(&escaped, text, false);
	utf8_shorten(&cut, escaped.size > 0 ? escaped.data : "", columns, false);
	export_markup(out, cut.size > 0 ? cut.data : "");
	strbuf_free(&escaped);
	strbuf_free(&cut);
}

void html_text(struct strbuf *out, const char *text)
{
	html_short(out, text, 2000);
}

/* ---- head ---- */

static void put_head(const struct html *html)
{
	struct strbuf *out = html->out;

	strbuf_puts(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
			 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src "
			 "'unsafe-inline'\">\n"
			 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" "
			 "content=\"light dark\">\n"
			 "<meta name=\"generator\" content=\"ruchy-prof " RUCHY_PROF_VERSION "\">\n<title>");
	html_short(out, html->names.title, 100);
	strbuf_puts(out, " – profile</title>\n<style>\n");
	strbuf_add(out, html_css, sizeof html_css);
	strbuf_add(out, flame_css, flame_css_size);
	strbuf_puts(out, "</style>\n</head>\n<body>\n");
}

static void card(const struct html *html, const char *title, struct strbuf *value, struct strbuf *note)
{
	strbuf_printf(html->out, "<div><dt>%s</dt><dd>", title);
	export_markup(html->out, value->size > 0 ? value->data : "not measured");
	if (note->size > 0) {
		strbuf_puts(html->out, "<small>");
		export_markup(html->out, note->data);
		strbuf_puts(html->out, "</small>");
	}
	strbuf_puts(html->out, "</dd></div>\n");
	strbuf_free(value);
	strbuf_free(note);
}

static void time_card(const struct html *html)
{
	const struct profile *p = html->report->profile;
	bool plain = p->wall[PROFILE_PLAIN].n > 0;
	const struct profile_times *t = &p->wall[plain ? PROFILE_PLAIN : PROFILE_INSTRUMENTED];
	struct strbuf value = STRBUF_INIT, note = STRBUF_INIT;
	double lo, hi;

	if (t->n > 0) {
		profile_times_ci95(t, &lo, &hi);
		if (t->n > 1)
			unit_time_error(&value, profile_times_mean(t), (hi - lo) / 2, html_style);
		else
			unit_time(&value, profile_times_mean(t), html_style);
		unit_count(&note, t->n);
		strbuf_printf(&note, t->n == 1 ? " run of the %s build" : " runs of the %s build", plain ? "plain" : "instrumented");
	}
	card(html, "Time of one iteration", &value, &note);
}

static void calls_card(const struct html *html)
{
	const struct profile *p = html->report->profile;
	struct strbuf value = STRBUF_INIT, note = STRBUF_INIT;
	double sum = 0;

	for (size_t i = 0; i < p->fn_count; i++)
		sum += (double)p->fns[i].calls;
	if (p->runs > 0) {
		unit_mean_count(&value, sum / (double)p->runs);
		strbuf_puts(&note, p->lost_threads > 0	    ? "NOT exact: threads are missing"
				   : p->unfinished_runs > 0 ? "exact, as far as the runs got"
							    : "exact, of one iteration");
	}
	card(html, "Calls", &value, &note);
}

static void memory_cards(const struct html *html)
{
	const struct report *r = html->report;
	struct strbuf value = STRBUF_INIT, note = STRBUF_INIT;

	if (r->profile->memory_runs > 0) {
		unit_mean_count(&value, report_memory_per_run(r->profile, r->memory.allocations));
		unit_bytes(&note, r->memory.bytes / r->profile->memory_runs);
		if (r->profile->peak_live_bytes != PROFILE_ABSENT) {
			strbuf_puts(&note, ", at most ");
			unit_bytes(&note, r->profile->peak_live_bytes);
			strbuf_puts(&note, " at once");
		}
	}
	card(html, "Allocations", &value, &note);
	if (r->profile->peak_rss_bytes != PROFILE_ABSENT)
		unit_bytes(&value, r->profile->peak_rss_bytes);
	card(html, "Peak RSS", &value, &note);
}

static void source_card(const struct html *html)
{
	const struct report *r = html->report;
	struct strbuf value = STRBUF_INIT, note = STRBUF_INIT;

	if (r->source == REPORT_SAMPLES) {
		unit_count(&value, r->samples);
		strbuf_puts(&value, " samples");
		strbuf_printf(&note, "shares within %.1f points", report_share_error(r->samples / 2, r->samples));
	} else if (r->source == REPORT_CLOCK) {
		strbuf_puts(&value, "clock");
		strbuf_puts(&note, "of the instrumented build");
	}
	card(html, "Times come from", &value, &note);
	if (r->overhead >= 0)
		strbuf_printf(&value, "%.2f×", r->overhead);
	card(html, "Overhead of counting", &value, &note);
}

static void put_summary(const struct html *html)
{
	const struct profile *p = html->report->profile;
	struct strbuf *out = html->out;

	strbuf_puts(out, "<header>\n<h1 class=\"name\">");
	html_short(out, html->names.title, 200);
	strbuf_puts(out, "</h1>\n<p class=\"soft\">");
	html_text(out, html->names.file);
	strbuf_puts(out, " · ");
	unit_count(out, p->runs);
	strbuf_puts(out, p->runs == 1 ? " iteration" : " iterations");
	if (p->failed_runs > 0)
		strbuf_printf(out, " · <b>%" PRIu64 " failed, exit status %" PRIu64 "</b>", p->failed_runs, p->exit_status);
	strbuf_puts(out, "</p>\n<dl class=\"cards\" id=\"summary\">\n");
	time_card(html);
	calls_card(html);
	memory_cards(html);
	source_card(html);
	strbuf_puts(
	    out, "</dl>\n</header>\n<nav aria-label=\"sections\"><ul>"
		 "<li><a href=\"#summary\">Summary</a></li><li><a href=\"#advice\">Recommendations</a></li><li><a "
		 "href=\"#functions\">Functions</a></li>"
		 "<li><a href=\"#flame\">Flame graph</a></li><li><a href=\"#source\">Source</a></li><li><a href=\"#memory\">Memory</a></li>"
		 "<li><a href=\"#build\">Build and machine</a></li></ul></nav>\n<main>\n");
}

/* ---- sections ---- */

static void put_advice(const struct html *html)
{
	static const struct {
		const char *class, *mark, *word;
	} levels[] = {
	    [REPORT_OK] = {"ok", "✓", "good"}, [REPORT_NOTE] = {"note", "•", "note"}, [REPORT_WARNING] = {"warning", "⚠", "warning"}};
	const struct report *r = html->report;

	strbuf_puts(html->out, "<section id=\"advice\"><h2>Recommendations</h2>\n<ul class=\"advice\">\n");
	for (size_t i = 0; i < r->advice_count; i++) {
		const struct report_advice *a = &r->advice[i];

		strbuf_printf(html->out, "<li class=\"%s\"><b title=\"%s\">%s</b><span>", levels[a->level].class, levels[a->level].word,
			      levels[a->level].mark);
		html_text(html->out, a->message);
		if (a->evidence) {
			strbuf_puts(html->out, " <span class=\"soft\">(");
			html_text(html->out, a->evidence);
			if (a->gain) {
				strbuf_puts(html->out, "; gain: ");
				html_text(html->out, a->gain);
			}
			strbuf_puts(html->out, ")</span>");
		}
		strbuf_puts(html->out, "</span></li>\n");
	}
	if (r->advice_count == 0)
		strbuf_puts(html->out, "<li class=\"soft\">none</li>\n");
	strbuf_puts(html->out, "</ul></section>\n");
}

static const char *const flame_titles[] = {[PATHS_TIME] = "Time", [PATHS_CALLS] = "Calls", [PATHS_BYTES] = "Bytes allocated"};

/* The first that there is, is open. */
static void put_flame(const struct html *html, enum paths_weight weight, bool *open)
{
	struct paths *paths = paths_new(html->report, weight, html->options->recursion);

	if (paths->total > 0) {
		strbuf_printf(html->out, "<details%s><summary>%s</summary>\n", *open ? "" : " open", flame_titles[weight]);
		flame_svg(html->report, paths, false, *open ? FLAME_FOLDED : FLAME_BESIDE, html->out);
		strbuf_puts(html->out, "</details>\n");
		*open = true;
	}
	paths_free(paths);
}

void html_flames(const struct html *html)
{
	bool open = false;

	strbuf_puts(html->out, "<section id=\"flame\"><h2>Flame graph</h2>\n<p class=\"soft\">Click or press Enter to zoom, arrow keys to "
			       "walk, / to search, Escape to go back.</p>\n");
	put_flame(html, PATHS_TIME, &open);
	put_flame(html, PATHS_CALLS, &open);
	put_flame(html, PATHS_BYTES, &open);
	if (!open)
		strbuf_puts(html->out, "<p class=\"soft\">Nothing was measured.</p>\n");
	strbuf_puts(html->out, "</section>\n");
}

static void fact(const struct html *html, const char *name, const char *value)
{
	if (!*value)
		return;
	strbuf_printf(html->out, "<dt>%s</dt><dd>", name);
	html_text(html->out, value);
	strbuf_puts(html->out, "</dd>\n");
}

static void put_build(const struct html *html)
{
	const struct profile *p = html->report->profile;

	strbuf_puts(html->out, "<section id=\"build\"><h2>Build and machine</h2>\n<dl class=\"facts\">\n");
	fact(html, "Source", p->source_path);
	fact(html, "Hash of the source", p->source_hash);
	fact(html, "Rust", p->rust_path);
	fact(html, "Ruchy", p->ruchy_version);
	fact(html, "rustc", p->rustc_version);
	fact(html, "Flags", p->rustc_flags);
	fact(html, "Machine", p->host);
	fact(html, "Sampling", p->sample_method);
	fact(html, "ruchy-prof", *p->tool_version ? p->tool_version : RUCHY_PROF_VERSION);
	strbuf_puts(html->out, "</dl></section>\n");
}

static int html_write(const struct report *report, const struct export_options *options, struct strbuf *out, struct err *err)
{
	struct html html = {.report = report, .options = options, .out = out, .open = -1};
	uint32_t fn;

	if (options->function && export_select_function(report, options->function, &fn, err) != 0)
		return -1;
	for (size_t i = 0; options->function && i < report->fn_count; i++)
		if (report->fns[i].fn == fn)
			html.open = (int64_t)i;
	export_names_init(&html.names, report->profile);
	put_head(&html);
	put_summary(&html);
	put_advice(&html);
	html_functions(&html);
	html_flames(&html);
	html_source(&html);
	html_memory(&html);
	put_build(&html);
	strbuf_puts(out,
		    "</main>\n<footer>All figures are of one iteration unless they say otherwise. Written by ruchy-prof " RUCHY_PROF_VERSION
		    ".</footer>\n"
		    "<dialog id=\"function\" aria-labelledby=\"function-name\"></dialog>\n");
	html_data(&html);
	strbuf_puts(out, "<script>\n");
	strbuf_add(out, flame_js, flame_js_size);
	strbuf_add(out, html_js, sizeof html_js);
	strbuf_puts(out, "</script>\n</body>\n</html>\n");
	export_names_free(&html.names, report->profile);
	return 0;
}

const struct exporter export_html = {
    .name = "html",
    .suffix = ".html",
    .summary = "one page for a browser: functions, flame graphs, annotated source, memory",
    .wants_sources = true,
    .write = html_write,
};
