/*
 * JSON lines: one object a call, told when it ends, and a last line that sums up. Calls of the first thread come while the program runs;
 * none comes twice.
 */
#include "trace_list.h"

#include <inttypes.h>
#include <stdlib.h>

#define MOST_NS 9e18 /* what JSON's integers hold; a damaged file may say more */

static const char *outcome(const struct rprof_trace_call *call)
{
	static const char *const words[] = {[RPROF_CALL_NONE] = "none",
					    [RPROF_CALL_OPEN] = "open",
					    [RPROF_CALL_RETURNED] = "returned",
					    [RPROF_CALL_UNWOUND] = "panicked",
					    [RPROF_CALL_LEFT] = "returned"};

	return words[call->state];
}

static void put_string(struct strbuf *out, const char *text)
{
	size_t size = 0;

	while (text[size])
		size++;
	trace_json_string(out, text, size);
}

static void put_ns(const struct trace *trace, double ticks, bool known, struct strbuf *out)
{
	if (known && trace->ns_per_tick > 0 && ticks * trace->ns_per_tick < MOST_NS)
		strbuf_printf(out, "%.0f", ticks * trace->ns_per_tick);
	else
		strbuf_puts(out, "null");
}

static void put_arguments(const struct trace_function *function, const uint8_t *bytes, size_t size, struct strbuf *out)
{
	struct trace_value value;
	size_t taken, index = 0;

	strbuf_puts(out, "[");
	for (; (taken = trace_value_read(bytes, size, &value)) > 0; bytes += taken, size -= taken, index++) {
		const struct trace_argument *argument = index < function->argument_count ? &function->arguments[index] : NULL;

		strbuf_puts(out, index ? ",{\"name\":" : "{\"name\":");
		if (argument && *argument->name)
			put_string(out, argument->name);
		else
			strbuf_puts(out, "null");
		strbuf_puts(out, ",\"type\":");
		if (argument && *argument->type)
			put_string(out, argument->type);
		else
			strbuf_puts(out, "null");
		strbuf_puts(out, ",\"value\":");
		trace_value_json(out, &value);
		if (value.tag == RPROF_VALUE_TEXT && value.shown < value.length)
			strbuf_printf(out, ",\"length\":%zu", value.length);
		if (value.tag == RPROF_VALUE_TYPE || value.tag == RPROF_VALUE_CUT)
			strbuf_puts(out, ",\"by_value\":false");
		strbuf_puts(out, "}");
	}
	strbuf_puts(out, "]");
}

static void put_call(const struct trace *trace, size_t thread, const struct rprof_trace_call *call, struct strbuf *out)
{
	const struct trace_function *function = &trace->functions[call->function];
	bool ended = call->state != RPROF_CALL_OPEN;
	struct trace_value value;

	strbuf_printf(out, "{\"call\":%" PRIu64 ",\"thread\":%zu,\"depth\":%" PRIu32 ",\"function\":", call->number, thread + 1,
		      call->depth);
	put_string(out, function->name);
	strbuf_puts(out, ",\"arguments\":");
	put_arguments(function, call->bytes, call->arguments, out);
	strbuf_printf(out, ",\"outcome\":\"%s\",\"result\":", outcome(call));
	if (call->state == RPROF_CALL_RETURNED && trace_value_read(call->bytes + RPROF_TRACE_ARGUMENTS, call->result, &value))
		trace_value_json(out, &value);
	else
		strbuf_puts(out, "null");
	strbuf_puts(out, ",\"start_ns\":");
	put_ns(trace, (double)call->start - (double)trace->start_ticks, call->start >= trace->start_ticks, out);
	strbuf_puts(out, ",\"duration_ns\":");
	put_ns(trace, (double)call->ticks, ended, out);
	if (ended)
		strbuf_printf(out, ",\"calls_inside\":%" PRIu64 "}\n", call->inside);
	else
		strbuf_puts(out, ",\"calls_inside\":null}\n");
}

static void jsonl_step(const struct trace *trace, const struct trace_options *options, struct trace_state *state, struct strbuf *out)
{
	const struct trace_thread *thread = trace->threads;
	size_t kept = 0;

	(void)options;
	if (trace->thread_count == 0)
		return;
	for (size_t i = 0; i < state->open_count; i++) {
		const struct rprof_trace_call *call = &thread->first[state->open[i]];

		if (call->state == RPROF_CALL_OPEN)
			state->open[kept++] = state->open[i];
		else
			put_call(trace, 0, call, out);
	}
	state->open_count = kept;
	for (; state->printed < thread->head.first && thread->first[state->printed].state != RPROF_CALL_NONE; state->printed++) {
		if (thread->first[state->printed].state != RPROF_CALL_OPEN) {
			put_call(trace, 0, &thread->first[state->printed], out);
			continue;
		}
		state->open = xrealloc(state->open, state->open_count + 1, sizeof *state->open);
		state->open[state->open_count++] = state->printed;
	}
}

/* Was the call told by a step? Numbers of the first thread are its indexes, plus one. */
static bool was_told(const struct trace_state *state, size_t thread, uint64_t number)
{
	if (thread > 0 || number > state->printed)
		return false;
	for (size_t i = 0; i < state->open_count; i++)
		if (state->open[i] + 1 == number)
			return false;
	return true;
}

static void put_summary(const struct trace *trace, const struct trace_options *options, struct strbuf *out)
{
	struct trace_totals totals = trace_totals(trace);
	const struct {
		const char *name;
		double ns;
	} runs[] = {{"plain_ns", options->plain_ns}, {"traced_ns", options->traced_ns}};

	strbuf_puts(out, "{\"summary\":{\"source\":");
	put_string(out, options->source);
	strbuf_printf(out,
		      ",\"calls\":%" PRIu64 ",\"kept\":%" PRIu64 ",\"too_deep\":%" PRIu64 ",\"panicked\":%" PRIu64 ",\"deepest\":%" PRIu32
		      ",\"threads\":%zu,\"lost_threads\":%" PRIu64,
		      totals.calls, totals.kept, totals.beyond, totals.unwound, totals.deepest, trace->thread_count, trace->lost_threads);
	for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
		strbuf_printf(out, ",\"%s\":", runs[i].name);
		if (runs[i].ns > 0)
			strbuf_printf(out, "%.0f", runs[i].ns);
		else
			strbuf_puts(out, "null");
	}
	strbuf_puts(out, ",\"functions\":[");
	for (size_t f = 0; f < trace->function_count; f++) {
		const struct trace_function *function = &trace->functions[f];

		strbuf_puts(out, f ? ",{\"name\":" : "{\"name\":");
		put_string(out, function->name);
		strbuf_printf(out,
			      ",\"line\":%" PRIu32 ",\"calls\":%" PRIu64
			      ",\"distinct\":%.0f,\"distinct_error\":%.4f,\"not_by_value\":%" PRIu64 "}",
			      function->from, function->calls, function->distinct, 2 * function->distinct_error, function->opaque);
	}
	strbuf_puts(out, "],\"arguments\":[");
	for (size_t k = 0; k < trace->key_count; k++) {
		const struct trace_key *key = &trace->keys[k];

		strbuf_puts(out, k ? ",{\"function\":" : "{\"function\":");
		put_string(out, trace->functions[key->function].name);
		strbuf_puts(out, ",\"arguments\":");
		put_arguments(&trace->functions[key->function], key->bytes, key->size, out);
		strbuf_printf(out, ",\"calls\":%" PRIu64 ",\"error\":%" PRIu64 ",\"mean_ns\":", key->count, key->error);
		put_ns(trace, key->timed ? (double)key->ticks / (double)key->timed : 0, key->timed > 0 && key->ticks > 0, out);
		strbuf_puts(out, "}");
	}
	strbuf_puts(out, "]}}\n");
}

static void jsonl_finish(const struct trace *trace, const struct trace_options *options, struct trace_state *state, struct strbuf *out)
{
	for (size_t t = 0; t < trace->thread_count; t++) {
		struct trace_list list = trace_list_all(&trace->threads[t]);

		for (size_t i = 0; i < list.count; i++)
			if (!was_told(state, t, list.calls[i].number))
				put_call(trace, t, &list.calls[i], out);
		free(list.calls);
	}
	put_summary(trace, options, out);
	free(state->open);
	*state = (struct trace_state){0};
}

const struct trace_format trace_format_jsonl = {
    .name = "jsonl",
    .suffix = ".jsonl",
    .summary = "one JSON object a call, while the program runs",
    .step = jsonl_step,
    .finish = jsonl_finish,
};
