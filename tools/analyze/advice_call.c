/* What the calls tell: where the time is, recursion, code that never ran. */
#include "advice.h"
#include "strbuf.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_LISTED  8
#define PLACES_LISTED 6

void advice_dominant(const struct advice_context *c, const struct advice_rule *rule)
{
	const struct report_fn *row = c->report->fns;
	double gain;
	char *name;

	/* With one function there is nothing else that could be meant. */
	if (c->report->fn_count < 2 || row->self_percent <= rule->limit)
		return;
	name = advice_name(c, row->fn);
	gain = 100 - row->self_percent;
	advice_add(c, rule, row->fn,
		   gain < 0.05 ? xasprintf("Start with %s: nothing else takes time", name)
			       : xasprintf("Start with %s: all the rest together cannot gain more than %.1f%%", name, gain),
		   xasprintf("%.1f%% of the time", row->self_percent));
	free(name);
}

/* Adds advice that names the functions of `list`, up to a readable number. */
static void add_list(const struct advice_context *c, const struct advice_rule *rule, const char *message, const uint32_t *list,
		     size_t count, size_t of)
{
	struct strbuf names = STRBUF_INIT;

	strbuf_printf(&names, "%zu of %zu: ", count, of);
	for (size_t i = 0; i < count && i < NAMES_LISTED; i++) {
		if (i > 0)
			strbuf_puts(&names, ", ");
		advice_put_name(&names, c->p->fns[list[i]].name);
	}
	if (count > NAMES_LISTED)
		strbuf_printf(&names, " and %zu more", count - NAMES_LISTED);
	advice_add(c, rule, count == 1 ? list[0] : PROFILE_NONE, xstrdup(message), strbuf_take(&names));
}

void advice_never_called(const struct advice_context *c, const struct advice_rule *rule)
{
	uint32_t *list = xcalloc(c->p->fn_count + 1, sizeof(*list));
	size_t count = 0;

	for (uint32_t i = 0; i < c->p->fn_count; i++) {
		const struct profile_fn *fn = &c->p->fns[i];

		if (fn->kind != PROFILE_INLINED && fn->kind != PROFILE_SKIPPED && !(fn->flags & PROFILE_TEST) && fn->from > 0 &&
		    fn->calls == 0 && fn->samples_total == 0)
			list[count++] = i;
	}
	if (count > 0 && c->p->runs > 0 && c->p->lost_threads == 0)
		add_list(c, rule, "Some functions were never called: dead code, or this input does not reach them", list, count,
			 c->p->fn_count);
	free(list);
}

void advice_inlined(const struct advice_context *c, const struct advice_rule *rule)
{
	uint32_t *list = xcalloc(c->p->fn_count + 1, sizeof(*list));
	size_t count = 0;

	for (uint32_t i = 0; i < c->p->fn_count; i++)
		if (c->p->fns[i].kind == PROFILE_INLINED)
			list[count++] = i;
	if (count > 0)
		add_list(c, rule, "The transpiler put some functions into their callers: their time is in there, they have no calls", list,
			 count, c->p->fn_count);
	free(list);
}

/* Where a line of the function ran at least once, another one that did not was not reached, and not: not counted. */
static bool runs_somewhere(const struct profile *p, uint32_t fn)
{
	for (size_t i = 0; i < p->line_count; i++)
		if (p->lines[i].fn == fn && p->lines[i].count > 0 && p->lines[i].count != PROFILE_ABSENT)
			return true;
	return false;
}

static bool was_skipped(const struct profile *p, const struct profile_line *line)
{
	return line->fn != PROFILE_NONE && line->count == 0 && line->samples == 0 && p->fns[line->fn].calls > 0;
}

/* "parse:12-14", of lines that follow one another. */
static void put_place(struct strbuf *out, const struct profile *p, const struct profile_line *first, uint32_t last)
{
	strbuf_puts(out, out->size ? ", " : "");
	advice_put_name(out, p->fns[first->fn].name);
	strbuf_printf(out, last > first->line ? ":%" PRIu32 "-%" PRIu32 : ":%" PRIu32, first->line, last);
}

void advice_never_taken(const struct advice_context *c, const struct advice_rule *rule)
{
	const struct profile *p = c->p;
	const struct profile_line *first = NULL;
	struct strbuf places = STRBUF_INIT;
	size_t lines = 0, listed = 0;

	for (size_t i = 0; i < p->line_count && p->runs > 0 && p->lost_threads == 0; i++) {
		const struct profile_line *line = &p->lines[i];
		uint32_t last = line->line;

		if (!was_skipped(p, line) || !runs_somewhere(p, line->fn))
			continue;
		first = first ? first : line;
		lines++;
		while (i + 1 < p->line_count && was_skipped(p, &p->lines[i + 1]) && p->lines[i + 1].fn == line->fn &&
		       p->lines[i + 1].line == last + 1) {
			last = p->lines[++i].line;
			lines++;
		}
		if (listed++ < PLACES_LISTED)
			put_place(&places, p, line, last);
	}
	if (lines > 0) {
		struct report_advice *advice;
		char *more = listed > PLACES_LISTED ? xasprintf(" and %zu more", listed - PLACES_LISTED) : xstrdup("");

		advice =
		    advice_add(c, rule, first->fn, xstrdup("Some branches were never taken: dead code, or this input does not reach them"),
			       xasprintf("%zu line%s: %s%s", lines, advice_plural(lines), places.data, more));
		advice->line = first->line;
		free(more);
	}
	strbuf_free(&places);
}
