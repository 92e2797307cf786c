/* Chrome's trace events, for chrome://tracing and Perfetto: the calls that were kept, as complete events; open ones as begin events. */
#include "trace_list.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void put_text(struct strbuf *out, struct strbuf *text)
{
	trace_json_string(out, text->data ? text->data : "", text->size);
	strbuf_free(text);
}

static void put_call(const struct trace *trace, size_t thread, const struct rprof_trace_call *call, struct strbuf *out)
{
	const struct trace_function *function = &trace->functions[call->function];
	struct strbuf name = STRBUF_INIT, result = STRBUF_INIT;
	/* Without a rate, ticks: the shape is right, the unit is not. */
	double us = (trace->ns_per_tick > 0 ? trace->ns_per_tick : 1) / 1e3;
	double start = ((double)call->start - (double)trace->start_ticks) * us;

	trace_call_text(&name, function, call->bytes, call->arguments, true, false);
	trace_result_text(&result, function, call, false);
	strbuf_puts(out, ",\n{\"name\":");
	put_text(out, &name);
	strbuf_printf(out, ",\"cat\":\"call\",\"ph\":\"%s\",\"ts\":%.3f", call->state == RPROF_CALL_OPEN ? "B" : "X",
		      start < 0 ? 0 : start);
	if (call->state != RPROF_CALL_OPEN)
		strbuf_printf(out, ",\"dur\":%.3f", (double)call->ticks * us);
	strbuf_printf(out, ",\"pid\":1,\"tid\":%zu,\"args\":{\"call\":%" PRIu64 ",\"depth\":%" PRIu32 ",\"result\":", thread + 1,
		      call->number, call->depth);
	put_text(out, &result);
	strbuf_printf(out, ",\"calls_inside\":%" PRIu64 "}}", call->inside);
}

static void chrome_finish(const struct trace *trace, const struct trace_options *options, struct trace_state *state, struct strbuf *out)
{
	(void)state;
	strbuf_puts(out,
		    "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":1,\"args\":{\"name\":");
	trace_json_string(out, options->source, strlen(options->source));
	strbuf_puts(out, "}}");
	for (size_t t = 0; t < trace->thread_count; t++) {
		struct trace_list list = trace_list_all(&trace->threads[t]);

		for (size_t i = 0; i < list.count; i++)
			put_call(trace, t, &list.calls[i], out);
		free(list.calls);
	}
	strbuf_puts(out, "\n]}\n");
}

const struct trace_format trace_format_chrome = {
    .name = "chrome-trace",
    .suffix = ".json",
    .summary = "for chrome://tracing and Perfetto",
    .finish = chrome_finish,
};
