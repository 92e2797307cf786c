/*
 * A million edges in a second, and in 256 MiB: names are made JSON once each, numbers are written digit by digit, without blanks. Values
 * are those that Jansson would write: null for what was not measured, 15 digits for what is no integer or beyond 2^63.
 */
#include "export_json_rows.h"
#include "export_utf8.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *json_text(const char *value)
{
	struct strbuf repaired = STRBUF_INIT;
	json_t *json;
	char *text;

	utf8_repair(&repaired, value);
	json = json_stringn_nocheck(repaired.size > 0 ? repaired.data : "", repaired.size);
	text = json_dumps(json, JSON_ENCODE_ANY);
	if (!text)
		abort(); /* only when memory is short, where all other tools code ends too */
	json_decref(json);
	strbuf_free(&repaired);
	return text;
}

char **json_rows_names(const struct profile *profile)
{
	char **names = xcalloc(profile->fn_count + profile->file_count + 1, sizeof *names);

	for (size_t i = 0; i < profile->fn_count; i++)
		names[i] = json_text(profile->fns[i].name);
	for (size_t i = 0; i <= profile->file_count; i++) {
		struct profile_file file = profile_file(profile, (uint32_t)i);
		const char *path = *file.source_path ? file.source_path : file.rust_path;

		names[profile->fn_count + i] = *path ? json_text(path) : xstrdup("null");
	}
	return names;
}

void json_rows_free(const struct profile *profile, char **names)
{
	for (size_t i = 0; i <= profile->fn_count + profile->file_count; i++)
		free(names[i]);
	free(names);
}

/* ---- values ---- */

static void put_integer(struct strbuf *out, uint64_t value)
{
	char digits[24];
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + value % 10);
	while (value /= 10);
	strbuf_add(out, digits + at, sizeof digits - at);
}

static void put_real(struct strbuf *out, double value)
{
	char text[40];

	snprintf(text, sizeof text, "%.15g", value);
	strbuf_puts(out, text);
	if (!strpbrk(text, ".e"))
		strbuf_puts(out, ".0");
}

static void put_count(struct strbuf *out, uint64_t value)
{
	if (value <= INT64_MAX)
		put_integer(out, value);
	else
		put_real(out, (double)value);
}

/* A sum over runs as the part of one run. */
static void put_per_run(struct strbuf *out, const struct profile *p, uint64_t sum)
{
	if (p->runs == 0 || sum == PROFILE_ABSENT)
		strbuf_add(out, "null", 4);
	else if (sum % p->runs == 0)
		put_count(out, sum / p->runs);
	else
		put_real(out, report_per_run(p, sum));
}

static void put_ns(struct strbuf *out, double value)
{
	if (!(value >= 0))
		strbuf_add(out, "null", 4);
	else if (value < 9e18)
		put_integer(out, (uint64_t)llround(value));
	else
		put_real(out, value);
}

static void put_line(struct strbuf *out, uint32_t line)
{
	if (line)
		put_integer(out, line);
	else
		strbuf_add(out, "null", 4);
}

#define PUT(out, literal) strbuf_add(out, literal, sizeof(literal) - 1)

/* Of the function; of no function: the first. */
static const char *file_of(const struct profile *p, char *const *names, uint32_t fn)
{
	uint32_t file = fn < p->fn_count ? p->fns[fn].file : 0;

	return names[p->fn_count + (file <= p->file_count ? file : 0)];
}

/* `"KEY":"name","KEY_id":5`; both null where there is no function. */
static void put_fn(struct strbuf *out, const char *key, char *const *names, uint32_t fn)
{
	PUT(out, "\"");
	strbuf_puts(out, key);
	PUT(out, "\":");
	strbuf_puts(out, fn == PROFILE_NONE ? "null" : names[fn]);
	PUT(out, ",\"");
	strbuf_puts(out, key);
	PUT(out, "_id\":");
	if (fn == PROFILE_NONE)
		PUT(out, "null");
	else
		put_integer(out, fn);
}

/* ---- tables ---- */

void json_rows_edges(const struct profile *p, char *const *names, uint32_t fn, struct strbuf *out)
{
	size_t put = 0;

	PUT(out, "[");
	for (size_t i = 0; i < p->edge_count; i++) {
		const struct profile_edge *edge = &p->edges[i];

		if (fn != PROFILE_NONE && edge->caller != fn && edge->callee != fn)
			continue;
		strbuf_puts(out, put++ ? ",\n    {" : "\n    {");
		put_fn(out, "caller", names, edge->caller);
		PUT(out, ",");
		put_fn(out, "callee", names, edge->callee);
		PUT(out, ",\"file\":");
		strbuf_puts(out, file_of(p, names, edge->caller == PROFILE_NONE ? edge->callee : edge->caller));
		PUT(out, ",\"line\":");
		put_line(out, edge->line);
		PUT(out, ",\"calls\":");
		put_per_run(out, p, edge->calls);
		PUT(out, ",\"calls_total\":");
		put_count(out, edge->calls);
		PUT(out, "}");
	}
	strbuf_puts(out, put ? "\n  ]" : "]");
}

void json_rows_lines(const struct report *report, char *const *names, uint32_t fn, struct strbuf *out)
{
	const struct profile *p = report->profile;
	size_t put = 0;

	PUT(out, "[");
	for (size_t i = 0; i < p->line_count; i++) {
		const struct profile_line *line = &p->lines[i];

		if (fn != PROFILE_NONE && fn != line->fn)
			continue;
		strbuf_puts(out, put++ ? ",\n    {\"file\":" : "\n    {\"file\":");
		strbuf_puts(out, file_of(p, names, line->fn));
		PUT(out, ",\"line\":");
		put_line(out, line->line);
		PUT(out, ",");
		put_fn(out, "function", names, line->fn);
		PUT(out, ",\"count\":");
		put_per_run(out, p, line->count);
		PUT(out, ",\"self_ns\":");
		put_ns(out, report_line_ns(report, line));
		PUT(out, ",\"samples\":");
		if (p->sample_runs > 0)
			put_count(out, line->samples);
		else
			PUT(out, "null");
		PUT(out, "}");
	}
	strbuf_puts(out, put ? "\n  ]" : "]");
}
