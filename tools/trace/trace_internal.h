/* trace_internal.h - shared by the readers of tools/trace alone. */
#ifndef TRACE_INTERNAL_H
#define TRACE_INTERNAL_H

#include "trace.h"

/* trace_table.c: source and traced functions from the function table; -1: it is damaged. */
int trace_table_parse(const char *text, size_t size, struct trace *trace);

/* trace_keys.c: the counts of one thread, whose keys and sketches begin at `at` and are all there; -1: damaged. */
int trace_keys_add(struct trace *trace, const struct rprof_trace *head, const unsigned char *at);
/* Sum them up over the threads. */
void trace_keys_finish(struct trace *trace);

#endif
