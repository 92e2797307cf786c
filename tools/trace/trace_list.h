/* trace_list.h - lists of calls that the formats share. The caller frees `calls`. */
#ifndef TRACE_LIST_H
#define TRACE_LIST_H

#include "trace.h"

struct trace_list {
	struct rprof_trace_call *calls;
	size_t count;
};
/* The last calls of a thread, ended or open, in the order in which they began; without those whose number is at most `beyond`. */
struct trace_list trace_list_last(const struct trace_thread *thread, uint64_t beyond);
/* The slowest of all threads, slowest first. */
struct trace_list trace_list_slowest(const struct trace *trace);
/* Every call of a thread that was kept, once, in the order in which they began. */
struct trace_list trace_list_all(const struct trace_thread *thread);

struct trace_totals {
	uint64_t calls, unwound, kept, beyond;
	uint32_t deepest;
};
struct trace_totals trace_totals(const struct trace *trace);

#endif
