/*
 * How many calls had which arguments, over all threads.
 *
 * A thread that had more values than places tells its counts with an error, and a value that it does not name may have been called up to as
 * often as its rarest one. Both are added up, so that `count - error` to `count` is certain.
 */
#include "rprof_trace.h"
#include "trace_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_sound(const struct rprof_trace_key *key, const struct rprof_trace *head)
{
	return key->used == 0 || (key->function < head->functions && key->size <= RPROF_TRACE_ARGUMENTS && key->error <= key->count &&
				  key->count <= UINT64_MAX / 4096);
}

/* Fewest calls of a value that the thread names: what one that it does not name may have had. */
static uint64_t rarest(const struct rprof_trace *head, const struct rprof_trace_key *keys)
{
	uint64_t least = UINT64_MAX;

	if (head->evicted == 0)
		return 0;
	for (uint32_t k = 0; k < head->key_count; k++)
		if (keys[k].used && keys[k].count < least)
			least = keys[k].count;
	return least == UINT64_MAX ? 0 : least;
}

static void add_sketch(struct trace *trace, const struct rprof_trace *head, const uint8_t *at)
{
	size_t size = (size_t)head->functions * RPROF_TRACE_SKETCH;

	if (!trace->sketch)
		trace->sketch = xcalloc(size + 1, 1);
	for (size_t i = 0; i < size; i++)
		if (at[i] > trace->sketch[i])
			trace->sketch[i] = at[i];
}

int trace_keys_add(struct trace *trace, const struct rprof_trace *head, const unsigned char *at)
{
	struct rprof_trace_key *keys = xcalloc((size_t)head->keys + 1, sizeof *keys);
	uint64_t unnamed;
	bool sound = true;

	memcpy(keys, at, (size_t)head->keys * sizeof *keys);
	for (uint32_t k = 0; k < head->key_count; k++)
		sound &= is_sound(&keys[k], head);
	unnamed = rarest(head, keys);
	trace->inexact |= head->evicted > 0;
	trace->keys = xrealloc(trace->keys, trace->key_count + head->key_count + 1, sizeof *trace->keys);
	for (uint32_t k = 0; sound && k < head->key_count; k++) {
		struct trace_key *to = &trace->keys[trace->key_count];

		if (!keys[k].used)
			continue;
		*to = (struct trace_key){.function = keys[k].function, .size = keys[k].size, .ticks = keys[k].ticks};
		to->timed = keys[k].count - keys[k].error;
		memcpy(to->bytes, keys[k].bytes, keys[k].size);
		/* What this thread's bound on unnamed values adds to all, trace_keys_finish() adds; not to the ones that it names. */
		sound &= keys[k].count >= unnamed;
		to->count = keys[k].count - unnamed;
		to->error = keys[k].error < unnamed ? 0 : keys[k].error - unnamed;
		to->spare = keys[k].error < unnamed ? unnamed - keys[k].error : 0;
		trace->key_count++;
	}
	trace->unnamed += unnamed;
	add_sketch(trace, head, at + (size_t)head->keys * sizeof *keys);
	free(keys);
	return sound ? 0 : -1;
}

static int by_bytes(const void *a, const void *b)
{
	const struct trace_key *x = a, *y = b;
	int order;

	if (x->function != y->function)
		return x->function < y->function ? -1 : 1;
	order = memcmp(x->bytes, y->bytes, sizeof x->bytes);
	return order ? order : x->size < y->size ? -1 : x->size > y->size;
}

static int by_count(const void *a, const void *b)
{
	const struct trace_key *x = a, *y = b;

	if (x->function != y->function)
		return x->function < y->function ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return by_bytes(a, b);
}

static uint64_t plus(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static void join_equal(struct trace *trace)
{
	size_t kept = 0;

	for (size_t k = 0; k < trace->key_count; k++) {
		struct trace_key *to = kept ? &trace->keys[kept - 1] : NULL;
		const struct trace_key *from = &trace->keys[k];

		if (!to || by_bytes(to, from) != 0) {
			trace->keys[kept++] = *from;
			continue;
		}
		to->count = plus(to->count, from->count);
		to->error = plus(to->error, from->error);
		to->spare = plus(to->spare, from->spare);
		to->ticks = plus(to->ticks, from->ticks);
		to->timed = plus(to->timed, from->timed);
	}
	trace->key_count = kept;
}

/* HyperLogLog of 4096 registers, with the usual count of empty ones where few are taken. */
static double estimate(const uint8_t *registers)
{
	double sum = 0, size = RPROF_TRACE_SKETCH, raw;
	unsigned empty = 0;

	for (unsigned i = 0; i < RPROF_TRACE_SKETCH; i++) {
		sum += ldexp(1, -(registers[i] > 63 ? 63 : registers[i]));
		empty += registers[i] == 0;
	}
	raw = 0.7213 / (1 + 1.079 / size) * size * size / sum;
	return raw <= 2.5 * size && empty ? size * log(size / empty) : raw;
}

void trace_keys_finish(struct trace *trace)
{
	if (trace->key_count)
		qsort(trace->keys, trace->key_count, sizeof *trace->keys, by_bytes);
	join_equal(trace);
	for (size_t k = 0; k < trace->key_count; k++) {
		struct trace_key *key = &trace->keys[k];
		uint64_t error = plus(key->error, trace->unnamed);

		key->count = plus(key->count, trace->unnamed);
		key->error = error > key->spare ? error - key->spare : 0;
		trace->functions[key->function].distinct++;
	}
	if (trace->key_count)
		qsort(trace->keys, trace->key_count, sizeof *trace->keys, by_count);
	for (size_t f = 0; trace->inexact && trace->sketch && f < trace->function_count; f++) {
		double named = trace->functions[f].distinct, all = estimate(trace->sketch + f * RPROF_TRACE_SKETCH);

		trace->functions[f].distinct = all > named ? all : named;
		trace->functions[f].distinct_error = 1.04 / sqrt(RPROF_TRACE_SKETCH);
	}
}
