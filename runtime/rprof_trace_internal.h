/* rprof_trace_internal.h - what the rprof_trace*.c files share. Not installed. */
#ifndef RPROF_TRACE_INTERNAL_H
#define RPROF_TRACE_INTERNAL_H

#include "rprof_internal.h"
#include "rprof_trace.h"

/* The arrays behind the head, in the order of the file. */
static inline struct rprof_trace_function *rprof_trace_functions(struct rprof_trace *trace)
{
	return (struct rprof_trace_function *)(trace + 1);
}

static inline struct rprof_trace_call *rprof_trace_frames(struct rprof_trace *trace)
{
	return (struct rprof_trace_call *)(rprof_trace_functions(trace) + trace->functions);
}

static inline struct rprof_trace_call *rprof_trace_first(struct rprof_trace *trace)
{
	return rprof_trace_frames(trace) + trace->frames;
}

static inline struct rprof_trace_call *rprof_trace_last(struct rprof_trace *trace)
{
	return rprof_trace_first(trace) + trace->first;
}

static inline struct rprof_trace_call *rprof_trace_slowest(struct rprof_trace *trace)
{
	return rprof_trace_last(trace) + trace->last;
}

static inline struct rprof_trace_key *rprof_trace_keys(struct rprof_trace *trace)
{
	return (struct rprof_trace_key *)(rprof_trace_slowest(trace) + trace->slowest);
}

static inline uint8_t *rprof_trace_sketch(struct rprof_trace *trace)
{
	return (uint8_t *)(rprof_trace_keys(trace) + trace->keys);
}

/* Private: hash table of keys (index + 1, 0 = empty), a power of two of at least 2 * keys; then the heap and each key's place in it. */
static inline uint32_t *rprof_trace_table(struct rprof_trace *trace)
{
	return (uint32_t *)(rprof_trace_sketch(trace) + (size_t)trace->functions * RPROF_TRACE_SKETCH);
}

static inline uint32_t rprof_trace_table_size(uint32_t keys)
{
	uint32_t size = 2;
	while (size < 2 * keys)
		size *= 2;
	return size;
}

static inline uint32_t *rprof_trace_heap(struct rprof_trace *trace)
{
	return rprof_trace_table(trace) + rprof_trace_table_size(trace->keys);
}

static inline uint32_t *rprof_trace_places(struct rprof_trace *trace)
{
	return rprof_trace_heap(trace) + trace->keys;
}

/* rprof_trace_key.c: one more call with these arguments, padded with zeros to a multiple of 8. Returns the key. */
RPROF_HIDDEN uint32_t rprof_trace_count(struct rprof_trace *trace, uint32_t function, uint64_t hash, const uint8_t *bytes, uint32_t size);
RPROF_HIDDEN uint64_t rprof_trace_hash(uint32_t function, const uint8_t *bytes, uint32_t size);

#endif
