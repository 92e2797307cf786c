/*
 * The trace for people: calls as an indented tree in the order in which they began, each with its duration, while the program runs; then
 * the last and the slowest ones, and how many calls had which arguments.
 */
#include "export_units.h"
#include "export_utf8.h"
#include "trace_list.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TIME_COLUMNS	 10u
#define LEVELS		 16u /* deeper calls are not indented further: their depth is told */
#define VALUES		 40u
#define FUNCTIONS_LISTED 4u
#define WIDTH		 100u /* where there is no terminal */

struct text {
	const struct trace *trace;
	const struct trace_options *options;
	struct strbuf *out;
};

static struct unit_style style(const struct text *t)
{
	return (struct unit_style){.ascii = t->options->ascii, .gap = " "};
}

static const char *const colors[] = {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m"};
enum color { PLAIN, BOLD, DIM, RED };

static void color(const struct text *t, enum color c)
{
	if (t->options->color)
		strbuf_puts(t->out, colors[c]);
}

/* `text`, at most as wide as what is left of the line behind `used` columns. */
static void put_rest(const struct text *t, const char *text, size_t used)
{
	size_t width = t->options->width ? t->options->width : 0;

	if (width == 0 || used + utf8_columns(text, strlen(text)) <= width)
		strbuf_puts(t->out, text);
	else
		utf8_shorten(t->out, text, width > used + 8 ? width - used : 8, t->options->ascii);
	strbuf_puts(t->out, "\n");
}

static void put_cell(const struct text *t, const char *text, size_t columns)
{
	size_t width = utf8_columns(text, strlen(text));

	for (; width < columns; width++)
		strbuf_puts(t->out, " ");
	strbuf_puts(t->out, text);
}

static void put_ticks(const struct text *t, double ticks, bool known)
{
	struct strbuf cell = STRBUF_INIT;

	if (known && t->trace->ns_per_tick > 0)
		unit_time(&cell, ticks * t->trace->ns_per_tick, style(t));
	color(t, DIM);
	put_cell(t, cell.data ? cell.data : "", TIME_COLUMNS);
	color(t, PLAIN);
	strbuf_puts(t->out, "  ");
	strbuf_free(&cell);
}

static void put_count(const struct text *t, uint64_t count, size_t columns)
{
	struct strbuf cell = STRBUF_INIT;

	unit_count(&cell, count);
	put_cell(t, cell.data, columns);
	strbuf_free(&cell);
}

/* A sentence in lines of the page. */
static void put_sentence(const struct text *t, const char *text)
{
	size_t width = t->options->width ? t->options->width : WIDTH, column = 0;

	while (*text) {
		size_t size = strcspn(text, " "), columns = utf8_columns(text, size);

		if (column > 0) {
			bool fits = column + 1 + columns <= width;
			strbuf_puts(t->out, fits ? " " : "\n");
			column = fits ? column + 1 : 0;
		}
		strbuf_add(t->out, text, size);
		column += columns;
		text += size + (text[size] == ' ');
	}
	strbuf_puts(t->out, "\n");
}

static void heading(const struct text *t, const char *title)
{
	strbuf_puts(t->out, "\n");
	color(t, BOLD);
	strbuf_puts(t->out, title);
	color(t, PLAIN);
	strbuf_puts(t->out, "\n");
}

/* --- the tree ---------------------------------------------------------------------------------------------------------------------- */

/* LEAF: what it called is not shown, so it is told how many calls that was. */
enum part { WHOLE, LEAF, BEGIN, END };

static void put_call(const struct text *t, const struct rprof_trace_call *call, uint32_t level, enum part part)
{
	const struct trace_function *function = &t->trace->functions[call->function];
	struct strbuf line = STRBUF_INIT;
	size_t indent = 2 * (size_t)(level < LEVELS ? level : LEVELS);
	bool ended = part != BEGIN && call->state != RPROF_CALL_OPEN;

	put_ticks(t, (double)call->ticks, ended);
	for (size_t i = 0; i < indent; i++)
		strbuf_puts(t->out, " ");
	if (level > LEVELS)
		strbuf_printf(&line, "[%" PRIu32 "] ", call->depth);
	if (part == END)
		strbuf_puts(&line, "} ");
	trace_call_text(&line, function, call->bytes, call->arguments, false, t->options->ascii);
	if (part == BEGIN)
		strbuf_puts(&line, " {");
	else if (call->state == RPROF_CALL_OPEN)
		strbuf_puts(&line, t->options->ascii ? "  <- had not ended" : "  ← had not ended");
	else
		trace_result_text(&line, function, call, t->options->ascii);
	if (part == LEAF && ended && call->inside > 0) {
		strbuf_puts(&line, "  (");
		unit_count(&line, call->inside);
		strbuf_printf(&line, " call%s inside)", call->inside == 1 ? "" : "s");
	}
	if (call->state == RPROF_CALL_UNWOUND && part != BEGIN)
		color(t, RED);
	put_rest(t, line.data, TIME_COLUMNS + 2 + indent);
	if (call->state == RPROF_CALL_UNWOUND && part != BEGIN)
		color(t, PLAIN);
	strbuf_free(&line);
}

static void push(struct trace_state *state, size_t index)
{
	state->open = xrealloc(state->open, state->open_count + 1, sizeof *state->open);
	state->open[state->open_count++] = index;
}

/* Ends, in print, what had to end before a call of this depth could begin. False: one of them has not ended yet, as far as we can see. */
static bool close_to(const struct text *t, const struct rprof_trace_call *calls, struct trace_state *state, uint32_t depth)
{
	while (state->open_count > 0) {
		const struct rprof_trace_call *top = &calls[state->open[state->open_count - 1]];

		if (top->depth < depth)
			break;
		if (top->state == RPROF_CALL_OPEN)
			return false;
		put_call(t, top, (uint32_t)state->open_count - 1, END);
		state->open_count--;
	}
	return true;
}

/* Goes on with the first calls of a thread as far as their text is certain; `ended`: nothing more will come. */
static void put_first(const struct text *t, const struct trace_thread *thread, struct trace_state *state, bool ended)
{
	const struct rprof_trace_call *calls = thread->first;
	size_t count = thread->head.kept < thread->head.first ? (size_t)thread->head.kept : thread->head.first;

	if (!calls)
		return;
	for (; state->printed < count; state->printed++) {
		const struct rprof_trace_call *call = &calls[state->printed], *next = state->printed + 1 < count ? call + 1 : NULL;
		bool cut = !next && ended && thread->head.kept > count && call->inside > 0;
		bool parent = cut || (next && next->depth > call->depth && next->state != RPROF_CALL_NONE);

		if (call->state == RPROF_CALL_NONE && !ended)
			return;
		if (call->state == RPROF_CALL_NONE)
			continue;
		if (!close_to(t, calls, state, call->depth) && !ended)
			return;
		if (parent) {
			put_call(t, call, (uint32_t)state->open_count, BEGIN);
			push(state, state->printed);
		} else if (ended || (call->state != RPROF_CALL_OPEN && (call->inside == 0 || (next && next->state != RPROF_CALL_NONE)))) {
			put_call(t, call, (uint32_t)state->open_count, LEAF);
		} else {
			return;
		}
	}
}

static void close_all(const struct text *t, const struct trace_thread *thread, struct trace_state *state)
{
	uint64_t more = thread->head.kept > state->printed ? thread->head.kept - state->printed : 0;

	if (more > 0) {
		put_ticks(t, 0, false);
		for (size_t i = 0; i < 2 * (state->open_count < LEVELS ? state->open_count : LEVELS); i++)
			strbuf_puts(t->out, " ");
		strbuf_puts(t->out, t->options->ascii ? "... " : "… ");
		unit_count(t->out, more);
		strbuf_printf(t->out, " more call%s\n", more == 1 ? "" : "s");
	}
	while (state->open_count > 0) {
		state->open_count--;
		put_call(t, &thread->first[state->open[state->open_count]], (uint32_t)state->open_count, END);
	}
	free(state->open);
	state->open = NULL;
	state->printed = 0;
}

/* --- lists --------------------------------------------------------------------------------------------------------------------------- */

static void put_last(const struct text *t, const struct trace_thread *thread)
{
	struct trace_list list = trace_list_last(thread, thread->head.first);
	uint32_t least = UINT32_MAX;
	char *title = xasprintf("Last %zu calls:", list.count);

	if (list.count > 0)
		heading(t, title);
	for (size_t i = 0; i < list.count; i++)
		least = list.calls[i].depth < least ? list.calls[i].depth : least;
	for (size_t i = 0; i < list.count; i++)
		put_call(t, &list.calls[i], list.calls[i].depth - least,
			 i + 1 < list.count && list.calls[i + 1].depth > list.calls[i].depth ? WHOLE : LEAF);
	free(title);
	free(list.calls);
}

static void put_open(const struct text *t, const struct trace_thread *thread)
{
	bool all_shown = true;

	for (size_t i = 0; i < thread->open_count; i++)
		all_shown &= thread->open[i].state == RPROF_CALL_NONE ||
			     (thread->open[i].number > 0 && thread->open[i].number <= thread->head.first);
	if (all_shown)
		return;
	heading(t, "Calls that had not ended when the program did, outermost first:");
	for (size_t i = 0; i < thread->open_count; i++)
		if (thread->open[i].state != RPROF_CALL_NONE)
			put_call(t, &thread->open[i], (uint32_t)i, WHOLE);
}

static void put_slowest(const struct text *t)
{
	struct trace_list list = trace_list_slowest(t->trace);
	char *title = xasprintf("Slowest %zu call%s:", list.count, list.count == 1 ? "" : "s");
	size_t open = 0;
	bool some;

	for (size_t i = 0; i < t->trace->thread_count; i++)
		open += t->trace->threads[i].open_count;
	some = list.count > 0 && trace_totals(t->trace).kept > list.count + open;

	if (some)
		heading(t, title);
	for (size_t i = 0; some && i < list.count; i++)
		put_call(t, &list.calls[i], 0, LEAF);
	free(title);
	free(list.calls);
}

static void put_values_heading(const struct text *t, const struct trace_function *function)
{
	struct strbuf title = STRBUF_INIT;

	strbuf_puts(&title, "Calls by argument (");
	if (function->distinct_error > 0)
		strbuf_puts(&title, "some ");
	unit_count(&title, (uint64_t)(function->distinct + 0.5));
	if (function->distinct_error > 0)
		strbuf_printf(&title, " distinct values, within %.1f%%; the most frequent ones):", 200 * function->distinct_error);
	else
		strbuf_printf(&title, " distinct value%s, exact):", function->distinct == 1 ? "" : "s");
	heading(t, title.data);
	strbuf_free(&title);
}

/* Most calls first. What is not certain is told as "at most N, at least M". */
static void put_value(const struct text *t, const struct trace_key *key)
{
	const struct trace_function *function = &t->trace->functions[key->function];
	struct strbuf line = STRBUF_INIT;

	put_count(t, key->count, 14);
	strbuf_puts(t->out, key->count == 1 ? " call   " : " calls  ");
	put_ticks(t, key->timed ? (double)key->ticks / (double)key->timed : 0, key->timed > 0 && key->ticks > 0);
	trace_call_text(&line, function, key->bytes, key->size, false, t->options->ascii);
	if (key->error > 0) {
		strbuf_puts(&line, " (up to ");
		unit_count(&line, key->error);
		strbuf_puts(&line, " too many)");
	}
	put_rest(t, line.data, 14 + 8 + TIME_COLUMNS + 2);
	strbuf_free(&line);
}

static void put_values(const struct text *t)
{
	size_t k = 0;

	for (size_t f = 0; f < t->trace->function_count; f++) {
		const struct trace_function *function = &t->trace->functions[f];
		size_t shown = 0, of = 0;

		/* Each value once: nothing that the tree does not show. */
		if (function->argument_count == 0 || (function->distinct >= (double)function->calls && !t->trace->inexact))
			continue;
		put_values_heading(t, function);
		strbuf_puts(t->out, "                        mean time\n");
		for (; k < t->trace->key_count && t->trace->keys[k].function < f; k++)
			;
		for (; k < t->trace->key_count && t->trace->keys[k].function == f; k++, of++)
			if (shown < VALUES && ++shown)
				put_value(t, &t->trace->keys[k]);
		if (of > shown)
			strbuf_printf(t->out, "%14zu more value%s\n", of - shown, of - shown == 1 ? "" : "s");
		if (function->opaque > 0) {
			char *text =
			    xasprintf("%" PRIu64 " calls had an argument that is not told by its value (by its type, or too long): what "
				      "looks like one value may be several",
				      function->opaque);
			put_sentence(t, text);
			free(text);
		}
	}
}

/* --- the whole -------------------------------------------------------------------------------------------------------------------------
 */

static void begin(const struct text *t, struct trace_state *state)
{
	if (state->begun)
		return;
	state->begun = true;
	color(t, BOLD);
	strbuf_puts(t->out, "=== Call Trace ===");
	color(t, PLAIN);
	strbuf_puts(t->out, "\nFile: ");
	utf8_escape(t->out, t->options->source, t->options->ascii);
	if (t->trace->function_count > FUNCTIONS_LISTED)
		strbuf_printf(t->out, "\nFunctions: %zu", t->trace->function_count);
	for (size_t f = 0; f < t->trace->function_count && t->trace->function_count <= FUNCTIONS_LISTED; f++) {
		const struct trace_function *function = &t->trace->functions[f];

		strbuf_puts(t->out, "\nFunction: ");
		utf8_escape(t->out, function->name, t->options->ascii);
		if (function->from)
			strbuf_printf(t->out, function->to > function->from ? " (lines %" PRIu32 "-%" PRIu32 ")" : " (line %" PRIu32 ")",
				      function->from, function->to);
	}
	strbuf_puts(t->out, "\n\n");
}

static void put_summary(const struct text *t)
{
	struct trace_totals totals = trace_totals(t->trace);
	struct strbuf text = STRBUF_INIT;

	unit_count(&text, totals.calls);
	strbuf_printf(&text, " call%s in %zu thread%s, up to %" PRIu32 " deep", totals.calls == 1 ? "" : "s", t->trace->thread_count,
		      t->trace->thread_count == 1 ? "" : "s", totals.deepest);
	if (totals.unwound > 0) {
		strbuf_puts(&text, ", ");
		unit_count(&text, totals.unwound);
		strbuf_puts(&text, " ended by a panic");
	}
	strbuf_puts(&text, ".");
	if (totals.calls > totals.kept) {
		strbuf_puts(&text, " ");
		unit_count(&text, totals.calls - totals.kept);
		strbuf_puts(&text, " of them are left out here (filters, or too deep).");
	}
	if (t->options->traced_ns > 0) {
		strbuf_puts(&text, " The traced run took ");
		unit_time(&text, t->options->traced_ns, style(t));
		if (t->options->plain_ns > 0) {
			strbuf_printf(&text, ", %.*f times the plain one (", t->options->traced_ns < 10 * t->options->plain_ns ? 1 : 0,
				      t->options->traced_ns / t->options->plain_ns);
			unit_time(&text, t->options->plain_ns, style(t));
			strbuf_puts(&text, ")");
		}
		strbuf_puts(&text, ": durations are of the traced run, the tracing of calls inside included.");
	}
	if (t->trace->lost_threads > 0)
		strbuf_printf(&text, " %" PRIu64 " threads found no room for their trace and are missing.", t->trace->lost_threads);
	strbuf_puts(t->out, "\n");
	put_sentence(t, text.data);
	strbuf_free(&text);
}

static void text_step(const struct trace *trace, const struct trace_options *options, struct trace_state *state, struct strbuf *out)
{
	const struct text t = {trace, options, out};

	if (trace->thread_count == 0)
		return;
	begin(&t, state);
	put_first(&t, &trace->threads[0], state, false);
}

static void text_finish(const struct trace *trace, const struct trace_options *options, struct trace_state *state, struct strbuf *out)
{
	const struct text t = {trace, options, out};

	begin(&t, state);
	for (size_t i = 0; i < trace->thread_count; i++) {
		char *title = xasprintf("Thread %zu:", i + 1);

		if (i > 0 && trace->threads[i].head.kept > 0)
			heading(&t, title);
		put_first(&t, &trace->threads[i], state, true);
		close_all(&t, &trace->threads[i], state);
		put_last(&t, &trace->threads[i]);
		put_open(&t, &trace->threads[i]);
		free(title);
	}
	if (trace->thread_count == 0)
		put_sentence(&t, "It was not called.");
	else
		put_summary(&t);
	put_slowest(&t);
	put_values(&t);
}

const struct trace_format trace_format_text = {
    .name = "text",
    .suffix = ".txt",
    .summary = "an indented tree, while the program runs",
    .step = text_step,
    .finish = text_finish,
};
