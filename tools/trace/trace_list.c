#include "trace_list.h"

#include <stdlib.h>

static void add(struct trace_list *list, const struct rprof_trace_call *call)
{
	if (call->state == RPROF_CALL_NONE)
		return;
	list->calls = xrealloc(list->calls, list->count + 1, sizeof *list->calls);
	list->calls[list->count++] = *call;
}

/* Of the same call twice, one that has ended comes first. */
static int by_number(const void *a, const void *b)
{
	const struct rprof_trace_call *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return (x->state == RPROF_CALL_OPEN) - (y->state == RPROF_CALL_OPEN);
}

static int by_ticks(const void *a, const void *b)
{
	const struct rprof_trace_call *x = a, *y = b;

	if (x->ticks != y->ticks)
		return x->ticks > y->ticks ? -1 : 1;
	return x->start < y->start ? -1 : x->start > y->start;
}

static void sort_once(struct trace_list *list)
{
	size_t kept = 0;

	if (list->count)
		qsort(list->calls, list->count, sizeof *list->calls, by_number);
	for (size_t i = 0; i < list->count; i++)
		if (list->calls[i].number > 0 && (kept == 0 || list->calls[kept - 1].number != list->calls[i].number))
			list->calls[kept++] = list->calls[i];
	list->count = kept;
}

struct trace_list trace_list_last(const struct trace_thread *thread, uint64_t beyond)
{
	struct trace_list list = {0};
	uint64_t from = thread->head.kept > thread->head.last ? thread->head.kept - thread->head.last : 0;

	from = from > beyond ? from : beyond;
	for (size_t i = 0; i < thread->head.last; i++)
		if (thread->last[i].number > from)
			add(&list, &thread->last[i]);
	for (size_t i = 0; i < thread->open_count; i++)
		if (thread->open[i].number > from && thread->head.last > 0)
			add(&list, &thread->open[i]);
	sort_once(&list);
	return list;
}

struct trace_list trace_list_slowest(const struct trace *trace)
{
	struct trace_list list = {0};
	size_t most = 0;

	for (size_t t = 0; t < trace->thread_count; t++) {
		const struct trace_thread *thread = &trace->threads[t];

		most = thread->head.slowest > most ? thread->head.slowest : most;
		for (size_t i = 0; i < thread->head.slowest; i++)
			add(&list, &thread->slowest[i]);
	}
	if (list.count)
		qsort(list.calls, list.count, sizeof *list.calls, by_ticks);
	list.count = list.count < most ? list.count : most;
	return list;
}

struct trace_list trace_list_all(const struct trace_thread *thread)
{
	struct trace_list list = {0};

	for (size_t i = 0; i < thread->head.first; i++)
		add(&list, &thread->first[i]);
	for (size_t i = 0; i < thread->head.last; i++)
		add(&list, &thread->last[i]);
	for (size_t i = 0; i < thread->head.slowest; i++)
		add(&list, &thread->slowest[i]);
	for (size_t i = 0; i < thread->open_count; i++)
		add(&list, &thread->open[i]);
	sort_once(&list);
	return list;
}

struct trace_totals trace_totals(const struct trace *trace)
{
	struct trace_totals totals = {0};

	for (size_t f = 0; f < trace->function_count; f++)
		totals.unwound += trace->functions[f].unwound;
	for (size_t t = 0; t < trace->thread_count; t++) {
		totals.calls += trace->threads[t].head.calls;
		totals.kept += trace->threads[t].head.kept;
		totals.beyond += trace->threads[t].head.beyond;
		if (trace->threads[t].head.deepest > totals.deepest)
			totals.deepest = trace->threads[t].head.deepest;
	}
	return totals;
}
