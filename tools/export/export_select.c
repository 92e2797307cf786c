/* Names are matched from strict to loose; the first strictness that finds any decides. */
#include "export_select.h"
#include "distance.h"
#include "export_utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EDIT_BYTES 64 /* names are compared up to here: the table of the edit distance is quadratic */
#define SUGGESTED  3
#define LISTED	   6

/* What the user asked for, without `()` and `:LINE`. */
struct wanted {
	const char *name;
	size_t size;
	uint32_t line; /* 0 = any */
};

static void trim_call(struct wanted *wanted)
{
	if (wanted->size > 2 && memcmp(wanted->name + wanted->size - 2, "()", 2) == 0)
		wanted->size -= 2;
}

static struct wanted parse(const char *name)
{
	struct wanted wanted = {.name = name, .size = strlen(name)};
	const char *colon = strrchr(name, ':');

	if (colon && colon > name && colon[-1] != ':' && colon[1] >= '0' && colon[1] <= '9') {
		char *end;
		unsigned long line = strtoul(colon + 1, &end, 10);

		if (*end == '\0' && line > 0 && line <= UINT32_MAX) {
			wanted.line = (uint32_t)line;
			wanted.size = (size_t)(colon - name);
		}
	}
	trim_call(&wanted);
	return wanted;
}

static bool on_line(const struct profile_fn *fn, const struct wanted *wanted)
{
	return wanted->line == 0 || (fn->from <= wanted->line && wanted->line <= fn->to);
}

static bool match_exact(const char *name, const struct wanted *wanted)
{
	return strlen(name) == wanted->size && memcmp(name, wanted->name, wanted->size) == 0;
}

static bool match_suffix(const char *name, const struct wanted *wanted)
{
	size_t size = strlen(name);
	const char *tail;

	if (size < wanted->size + 2 || wanted->size == 0)
		return false;
	tail = name + size - wanted->size;
	return memcmp(tail, wanted->name, wanted->size) == 0 && tail[-1] == ':' && tail[-2] == ':';
}

/* Distance to the whole name or to its last part, whichever is nearer; a name that holds the wanted one is near. */
static size_t name_distance(const char *name, const struct wanted *wanted)
{
	const char *last = name;
	size_t whole, part;

	if (wanted->size >= 3 && memmem(name, strlen(name), wanted->name, wanted->size))
		return 1;
	for (const char *at = strstr(name, "::"); at; at = strstr(last, "::"))
		last = at + 2;
	whole = edit_distance(wanted->name, wanted->size, name, strlen(name));
	part = edit_distance(wanted->name, wanted->size, last, strlen(last));
	return whole < part ? whole : part;
}

static void put_candidate(struct strbuf *out, const char *name, uint32_t line)
{
	struct strbuf shown = STRBUF_INIT;

	utf8_escape(&shown, name, false);
	strbuf_puts(out, "`");
	utf8_shorten(out, shown.data ? shown.data : "", 60, false);
	if (line > 0)
		strbuf_printf(out, ":%u", (unsigned)line);
	strbuf_puts(out, "`");
	strbuf_free(&shown);
}

/* The nearest names, nearest first. */
struct nearest {
	size_t count;
	struct near {
		size_t distance;
		const char *name;
	} best[SUGGESTED];
};

static void offer(struct nearest *nearest, const char *name, size_t distance)
{
	size_t at = nearest->count;

	while (at > 0 && nearest->best[at - 1].distance > distance)
		at--;
	if (at == SUGGESTED)
		return;
	if (nearest->count < SUGGESTED)
		nearest->count++;
	memmove(&nearest->best[at + 1], &nearest->best[at], (nearest->count - at - 1) * sizeof(struct near));
	nearest->best[at] = (struct near){.distance = distance, .name = name};
}

static int unknown(const struct profile *p, const struct wanted *wanted, struct err *err)
{
	struct strbuf hint = STRBUF_INIT, shown = STRBUF_INIT;
	struct nearest nearest = {0};
	size_t third = (wanted->size < EDIT_BYTES ? wanted->size : EDIT_BYTES) / 3, limit = third > 2 ? third : 2;

	for (size_t i = 0; i < p->fn_count; i++) {
		size_t distance = name_distance(p->fns[i].name, wanted);

		if (distance <= limit)
			offer(&nearest, p->fns[i].name, distance);
	}
	for (size_t i = 0; i < nearest.count; i++) {
		strbuf_puts(&hint, i == 0 ? "did you mean " : " or ");
		put_candidate(&hint, nearest.best[i].name, 0);
	}
	strbuf_puts(&hint, "?");
	put_candidate(&shown, wanted->name, 0);
	err_usage(err, NULL, nearest.count ? hint.data : "the report without --function lists all", "the program has no function %s",
		  shown.data);
	strbuf_free(&hint);
	strbuf_free(&shown);
	return -1;
}

static int ambiguous(const struct profile *p, const struct wanted *wanted, bool (*match)(const char *, const struct wanted *), size_t count,
		     struct err *err)
{
	struct strbuf hint = STRBUF_INIT, shown = STRBUF_INIT;
	size_t listed = 0;

	for (size_t i = 0; i < p->fn_count && listed < LISTED; i++) {
		if (!match(p->fns[i].name, wanted) || !on_line(&p->fns[i], wanted))
			continue;
		strbuf_puts(&hint, listed++ == 0 ? "give one of " : ", ");
		put_candidate(&hint, p->fns[i].name, p->fns[i].from);
	}
	if (count > listed)
		strbuf_printf(&hint, " and %zu more", count - listed);
	put_candidate(&shown, wanted->name, 0);
	err_usage(err, NULL, hint.data, "%s fits %zu functions", shown.data, count);
	strbuf_free(&hint);
	strbuf_free(&shown);
	return -1;
}

/* A function without a row in the report has no code of its own or no counter. */
static int require_code(const struct report *report, uint32_t fn, struct err *err)
{
	const struct profile_fn *found = &report->profile->fns[fn];
	struct strbuf shown = STRBUF_INIT;

	for (size_t i = 0; i < report->fn_count; i++)
		if (report->fns[i].fn == fn)
			return 0;
	put_candidate(&shown, found->name, 0);
	if (found->kind == PROFILE_INLINED)
		err_usage(err, NULL, "look at the functions that call it",
			  "the transpiler put %s into its callers: it has no code of its own", shown.data);
	else
		err_usage(err, NULL, "--verbose says why", "%s was not instrumented: nothing is known about it", shown.data);
	strbuf_free(&shown);
	return -1;
}

int export_select_function(const struct report *report, const char *name, uint32_t *fn, struct err *err)
{
	static bool (*const matches[])(const char *, const struct wanted *) = {match_exact, match_suffix};
	const struct profile *p = report->profile;
	struct wanted wanted = parse(name);

	for (size_t m = 0; m < sizeof(matches) / sizeof(matches[0]); m++) {
		size_t count = 0;

		for (uint32_t i = 0; i < p->fn_count; i++) {
			if (!matches[m](p->fns[i].name, &wanted) || !on_line(&p->fns[i], &wanted))
				continue;
			if (count++ == 0)
				*fn = i;
		}
		if (count > 1)
			return ambiguous(p, &wanted, matches[m], count, err);
		if (count == 1)
			return require_code(report, *fn, err);
	}
	return unknown(p, &wanted, err);
}

uint64_t export_unknown_calls(const struct profile *profile, uint32_t fn)
{
	uint64_t known = 0, calls = profile->fns[fn].calls;

	for (size_t i = 0; i < profile->edge_count; i++) {
		const struct profile_edge *edge = &profile->edges[i];

		if (edge->callee == fn && edge->caller != PROFILE_NONE)
			known = edge->calls > UINT64_MAX - known ? UINT64_MAX : known + edge->calls;
	}
	return calls > known ? calls - known : 0;
}
