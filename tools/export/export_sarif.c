/*
 * SARIF 2.1.0: the recommendations, for code hosts and editors. What is as it should be is a result of kind "pass"; the rest are warnings
 * and notes, with the lines of the function that they are about.
 */
#include "export_names.h"
#include "export_select.h"
#include "export_utf8.h"
#include "exporters.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct sarif {
	const struct report *report;
	const struct profile *p;
	struct export_names names;
	struct strbuf *out;
	const char **rules; /* ids, each once */
	size_t rule_count;
};

static size_t rule_of(struct sarif *w, const char *id)
{
	size_t i = 0;

	while (i < w->rule_count && strcmp(w->rules[i], id) != 0)
		i++;
	if (i == w->rule_count)
		w->rules[w->rule_count++] = id;
	return i;
}

/* "never-called" as NeverCalled: hosts show names in this form. One that differs from the id in nothing else is none. */
static void put_name(struct strbuf *out, const char *id)
{
	bool first = true;

	if (!strchr(id, '-'))
		return;
	strbuf_puts(out, ",\"name\":\"");
	for (; *id; id++) {
		char letter = first && *id >= 'a' && *id <= 'z' ? (char)(*id - 'a' + 'A') : *id;

		first = *id == '-';
		if (!first)
			strbuf_add(out, &letter, 1);
	}
	strbuf_puts(out, "\"");
}

/* A path as a URI: a relative one is relative to the root of the sources, an absolute one has a scheme. */
static void put_uri(struct strbuf *out, const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";

	strbuf_puts(out, *path == '/' ? "\"file://" : "\"");
	for (; *path; path++) {
		if (strchr(plain, *path))
			strbuf_add(out, path, 1);
		else
			strbuf_printf(out, "%%%02X", (unsigned char)*path);
	}
	strbuf_puts(out, "\"");
}

static void put_location(struct sarif *w, uint32_t fn, uint32_t line)
{
	const char *path = profile_source_of(w->p, fn);
	const struct profile_fn *f = fn == PROFILE_NONE ? NULL : &w->p->fns[fn];

	bool whole = f && f->from && (line == 0 || line == f->from);
	uint32_t from = whole ? f->from : line ? line : 1, to = whole ? f->to : from;

	if (!*path)
		return;
	strbuf_puts(w->out, ",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
	put_uri(w->out, path);
	strbuf_puts(w->out, *path == '/' ? "}" : ",\"uriBaseId\":\"SRCROOT\"}");
	/* the line that it is about, else all of the function; what is about the whole program stands at its beginning */
	strbuf_printf(w->out, ",\"region\":{\"startLine\":%" PRIu32 ",\"endLine\":%" PRIu32 "}", from, to >= from ? to : from);
	strbuf_puts(w->out, "}");
	if (f) {
		strbuf_puts(w->out, ",\"logicalLocations\":[{\"kind\":\"function\",\"fullyQualifiedName\":");
		export_json_string(w->out, w->names.fns[fn]);
		strbuf_puts(w->out, "}]");
	}
	strbuf_puts(w->out, "}]");
}

static void put_result(struct sarif *w, const struct report_advice *advice)
{
	static const char *const levels[] = {[REPORT_OK] = "none", [REPORT_NOTE] = "note", [REPORT_WARNING] = "warning"};
	struct strbuf text = STRBUF_INIT;

	utf8_escape(&text, advice->message, false);
	if (advice->evidence && *advice->evidence) {
		strbuf_puts(&text, " (");
		utf8_escape(&text, advice->evidence, false);
		strbuf_puts(&text, ")");
	}
	if (advice->gain && *advice->gain) {
		strbuf_puts(&text, ". Gain: ");
		utf8_escape(&text, advice->gain, false);
	}
	strbuf_puts(&text, ".");
	strbuf_puts(w->out, "{\"ruleId\":");
	export_json_string(w->out, advice->id);
	strbuf_printf(w->out, ",\"ruleIndex\":%zu,\"kind\":\"%s\",\"level\":\"%s\",\"message\":{\"text\":", rule_of(w, advice->id),
		      advice->level == REPORT_OK ? "pass" : "fail", levels[advice->level]);
	export_json_string(w->out, text.data);
	strbuf_puts(w->out, "}");
	put_location(w, advice->fn, advice->line);
	strbuf_puts(w->out, "}");
	strbuf_free(&text);
}

static void put_rules(struct sarif *w)
{
	for (size_t i = 0; i < w->rule_count; i++) {
		strbuf_puts(w->out, i ? ",\n{\"id\":" : "\n{\"id\":");
		export_json_string(w->out, w->rules[i]);
		put_name(w->out, w->rules[i]);
		strbuf_puts(w->out, ",\"shortDescription\":{\"text\":\"Recommendation of ruchy-prof: ");
		strbuf_puts(w->out, w->rules[i]);
		strbuf_puts(w->out, ".\"}}");
	}
}

static bool is_wanted(const struct export_options *options, uint32_t fn, uint32_t only)
{
	return !options->function || fn == only;
}

static int sarif_write(const struct report *report, const struct export_options *options, struct strbuf *out, struct err *err)
{
	struct sarif w = {.report = report, .p = report->profile, .out = out};
	const char *comma = "\n";
	uint32_t only = PROFILE_NONE;

	if (options->function && export_select_function(report, options->function, &only, err) < 0)
		return -1;
	export_names_init(&w.names, w.p);
	w.rules = xcalloc(report->advice_count + 1, sizeof *w.rules);
	for (size_t i = 0; i < report->advice_count; i++) {
		if (is_wanted(options, report->advice[i].fn, only))
			rule_of(&w, report->advice[i].id);
	}
	strbuf_puts(out,
		    "{\"$schema\":\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json\",\n"
		    "\"version\":\"2.1.0\",\n\"runs\":[{\"tool\":{\"driver\":{\"name\":\"ruchy-prof\",\"version\":\"" RUCHY_PROF_VERSION
		    "\",\"rules\":[");
	put_rules(&w);
	strbuf_puts(out, "]}},\n\"columnKind\":\"unicodeCodePoints\",\n\"results\":[");
	for (size_t i = 0; i < report->advice_count; i++) {
		if (!is_wanted(options, report->advice[i].fn, only))
			continue;
		strbuf_puts(out, comma);
		put_result(&w, &report->advice[i]);
		comma = ",\n";
	}
	strbuf_puts(out, "\n]}]}\n");
	free(w.rules);
	export_names_free(&w.names, w.p);
	return 0;
}

const struct exporter export_sarif = {
    .name = "sarif",
    .suffix = ".sarif",
    .summary = "recommendations as SARIF 2.1.0, for code hosts and editors",
    .write = sarif_write,
};
