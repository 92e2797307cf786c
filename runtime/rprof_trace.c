/*
 * rprof_trace.c - one call of a traced function: what is noted when it begins, and kept when it ends.
 *
 * Everything is written into the shared mapping at once, so a killed process leaves it. Only the thread itself writes to its trace.
 */
#include "rprof_trace_internal.h"

#include <string.h>

static void copy_call(struct rprof_trace_call *to, const struct rprof_trace_call *from)
{
	/* A reader may look at any time: not while it is half written. */
	__atomic_store_n(&to->state, RPROF_CALL_NONE, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	uint8_t state = from->state;
	memcpy(to, from, offsetof(struct rprof_trace_call, state));
	memcpy(&to->arguments, &from->arguments, sizeof(*to) - offsetof(struct rprof_trace_call, arguments));
	__atomic_store_n(&to->state, state, __ATOMIC_RELEASE);
}

static void keep_first(struct rprof_trace *trace, const struct rprof_trace_call *call)
{
	if (call->number <= trace->first)
		copy_call(&rprof_trace_first(trace)[call->number - 1], call);
}

static void give_number(struct rprof_trace *trace, struct rprof_trace_call *call)
{
	call->number = trace->kept + 1;
	keep_first(trace, call);
	__atomic_store_n(&trace->kept, trace->kept + 1, __ATOMIC_RELEASE);
}

/* A call is long enough, so those around it are: their numbers come first, as they began before it. */
static void give_numbers(struct rprof_trace *trace, struct rprof_trace_call *last)
{
	struct rprof_trace_call *call = last;
	while (call > rprof_trace_frames(trace) && call[-1].number == 0)
		call--;
	for (; call <= last; call++)
		give_number(trace, call);
}

static void keep_slowest(struct rprof_trace *trace, const struct rprof_trace_call *call)
{
	struct rprof_trace_call *slowest = rprof_trace_slowest(trace), *place = NULL;
	uint64_t least = UINT64_MAX;
	for (uint32_t i = 0; i < trace->slowest; i++) {
		if (slowest[i].state == RPROF_CALL_NONE) {
			place = &slowest[i];
			break;
		}
		if (slowest[i].ticks < least) {
			least = slowest[i].ticks;
			place = &slowest[i];
		}
	}
	if (place == NULL)
		return;
	copy_call(place, call);
	least = UINT64_MAX;
	for (uint32_t i = 0; i < trace->slowest; i++) {
		uint64_t ticks = slowest[i].state == RPROF_CALL_NONE ? 0 : slowest[i].ticks;
		if (ticks < least)
			least = ticks;
	}
	trace->least = least;
}

static void note_depth(const struct rprof_trace *trace, struct rprof_trace_function *sums)
{
	uint64_t at = (uint64_t)(uintptr_t)__builtin_frame_address(0);
	if (++sums->depth > sums->deepest)
		sums->deepest = sums->depth;
	if (trace->stack_top > at && trace->stack_top - at > sums->stack_used)
		sums->stack_used = trace->stack_top - at;
}

/* The rate of the clock must be in the file even of a process that is killed. */
static void mark(struct rprof_trace *trace)
{
	struct rprof_pair now = rprof_clock_pair();
	trace->mark_ticks = now.ticks;
	trace->mark_ns = now.ns;
}

uint8_t *rprof_trace_begin(struct rprof_trace *trace, uint32_t function, uint8_t *arguments, uint32_t size, uint32_t opaque)
{
	static _Thread_local uint8_t nowhere[RPROF_TRACE_RESULT];
	uint32_t depth = ++trace->depth;
	if (depth > trace->deepest)
		trace->deepest = depth;
	if ((++trace->calls & 0xffff) == 0)
		mark(trace);
	struct rprof_trace_function *sums = &rprof_trace_functions(trace)[function];
	sums->calls++;
	sums->opaque += opaque != 0;
	note_depth(trace, sums);
	memset(arguments + size, 0, -size & 7u);
	uint64_t hash = rprof_trace_hash(function, arguments, size);
	uint32_t key = rprof_trace_count(trace, function, hash, arguments, size);
	if (trace->clock == 0)
		return nowhere;
	if (depth > trace->frames) {
		trace->beyond++;
		return nowhere;
	}
	struct rprof_trace_call *call = &rprof_trace_frames(trace)[depth - 1];
	call->number = 0;
	call->ticks = 0;
	call->order = trace->calls;
	call->inside = 0;
	call->hash = hash;
	call->depth = depth;
	call->tid = (uint32_t)trace->tid;
	call->key = key;
	call->function = (uint16_t)function;
	call->arguments = (uint8_t)size;
	call->result = 0;
	memcpy(call->bytes, arguments, size);
	call->state = RPROF_CALL_OPEN;
	call->start = rprof_ticks();
	if (trace->min_ticks == 0 && (trace->depth_limit == 0 || depth <= trace->depth_limit))
		give_number(trace, call);
	return call->bytes + RPROF_TRACE_ARGUMENTS;
}

static void keep(struct rprof_trace *trace, struct rprof_trace_call *call)
{
	if (call->number == 0) {
		if (call->ticks < trace->min_ticks || (trace->depth_limit != 0 && call->depth > trace->depth_limit))
			return;
		give_numbers(trace, call);
	}
	keep_first(trace, call);
	if (trace->last > 0 && call->number + trace->last > trace->kept)
		copy_call(&rprof_trace_last(trace)[(call->number - 1) % trace->last], call);
	if (trace->slowest > 0 && call->ticks > trace->least)
		keep_slowest(trace, call);
}

void rprof_trace_end(struct rprof_trace *trace, uint32_t function, uint32_t depth, uint32_t state, uint32_t result_size)
{
	struct rprof_trace_function *sums = &rprof_trace_functions(trace)[function];
	if (sums->depth > 0)
		sums->depth--;
	if (trace->clock == 0 || depth > trace->frames || depth == 0) {
		trace->depth = depth > 0 ? depth - 1 : 0;
		return;
	}
	uint64_t now = rprof_ticks();
	struct rprof_trace_call *call = &rprof_trace_frames(trace)[depth - 1];
	struct rprof_trace_key *key = &rprof_trace_keys(trace)[call->key];
	call->ticks = now > call->start ? now - call->start : 0;
	call->inside = trace->calls - call->order;
	call->result = (uint8_t)result_size;
	call->state = (uint8_t)state;
	if (key->hash == call->hash)
		key->ticks += call->ticks;
	sums->unwound += state == RPROF_CALL_UNWOUND;
	if (depth == 1)
		sums->ticks += call->ticks;
	keep(trace, call);
	__atomic_store_n(&trace->depth, depth - 1, __ATOMIC_RELEASE);
}
