/*
 * rprof_trace_key.c - how many calls had which arguments.
 *
 * As long as there are no more distinct values than places, every count is exact. Beyond that it is Space-Saving: a new value takes the
 * place of the rarest one and begins with its count, which is then the largest error that its own count can have. A HyperLogLog beside it
 * says how many distinct values there were; a value needs to be shown to it only when it takes a place.
 */
#include "rprof_trace_internal.h"

#include <string.h>

uint64_t rprof_trace_hash(uint32_t function, const uint8_t *bytes, uint32_t size)
{
	uint64_t hash = 0x9e3779b97f4a7c15u * (function + 1u) ^ size;
	for (uint32_t i = 0; i < size; i += 8) {
		uint64_t word;
		memcpy(&word, bytes + i, sizeof(word));
		hash = (hash ^ word) * 0xff51afd7ed558ccdu;
		hash ^= hash >> 32;
	}
	hash *= 0xc4ceb9fe1a85ec53u;
	hash ^= hash >> 33;
	return hash;
}

/* --- the heap of counts, in use once every place is taken: the rarest value on top ------------------------------------------- */

static void sink(struct rprof_trace *trace, uint32_t at)
{
	const struct rprof_trace_key *keys = rprof_trace_keys(trace);
	uint32_t *heap = rprof_trace_heap(trace), *places = rprof_trace_places(trace), key = heap[at];
	for (;;) {
		uint32_t child = 2 * at + 1;
		if (child + 1 < trace->keys && keys[heap[child + 1]].count < keys[heap[child]].count)
			child++;
		if (child >= trace->keys || keys[heap[child]].count >= keys[key].count)
			break;
		heap[at] = heap[child];
		places[heap[at]] = at;
		at = child;
	}
	heap[at] = key;
	places[key] = at;
}

static void make_heap(struct rprof_trace *trace)
{
	for (uint32_t i = 0; i < trace->keys; i++)
		rprof_trace_heap(trace)[i] = rprof_trace_places(trace)[i] = i;
	for (uint32_t i = trace->keys / 2; i-- > 0;)
		sink(trace, i);
}

/* --- the table of hashes ------------------------------------------------------------------------------------------------------ */

static void drop(struct rprof_trace *trace, uint32_t key)
{
	const struct rprof_trace_key *keys = rprof_trace_keys(trace);
	uint32_t *table = rprof_trace_table(trace), mask = rprof_trace_table_size(trace->keys) - 1;
	uint32_t hole = (uint32_t)keys[key].hash & mask;
	while (table[hole] != key + 1)
		hole = (hole + 1) & mask;
	/* What follows moves up unless it would come before the place that its hash asks for. */
	for (uint32_t at = (hole + 1) & mask; table[at] != 0; at = (at + 1) & mask) {
		uint32_t wanted = (uint32_t)keys[table[at] - 1].hash & mask;
		if (((at - wanted) & mask) < ((at - hole) & mask))
			continue;
		table[hole] = table[at];
		hole = at;
	}
	table[hole] = 0;
}

static void sketch(struct rprof_trace *trace, uint32_t function, uint64_t hash)
{
	uint8_t *registers = rprof_trace_sketch(trace) + (size_t)function * RPROF_TRACE_SKETCH;
	uint8_t rank = (uint8_t)(__builtin_clzll(hash << 12 | 1u << 11) + 1);
	uint32_t at = (uint32_t)(hash >> 52);
	if (registers[at] < rank)
		registers[at] = rank;
}

static uint32_t new_key(struct rprof_trace *trace, uint32_t function, uint64_t hash, const uint8_t *bytes, uint32_t size)
{
	struct rprof_trace_key *keys = rprof_trace_keys(trace);
	bool full = trace->key_count == trace->keys;
	uint32_t key = full ? rprof_trace_heap(trace)[0] : trace->key_count;
	struct rprof_trace_key *to = &keys[key];
	if (full) {
		drop(trace, key);
		trace->evicted++;
		to->used = 0;
		__atomic_signal_fence(__ATOMIC_SEQ_CST); /* a kill in between leaves no mixture of the two */
		to->error = to->count;
		to->ticks = 0;
	}
	to->hash = hash;
	to->count++;
	to->function = (uint16_t)function;
	to->size = (uint8_t)size;
	memcpy(to->bytes, bytes, size);
	__atomic_store_n(&to->used, 1, __ATOMIC_RELEASE);
	sketch(trace, function, hash);
	uint32_t *table = rprof_trace_table(trace), mask = rprof_trace_table_size(trace->keys) - 1;
	uint32_t at = (uint32_t)hash & mask;
	while (table[at] != 0)
		at = (at + 1) & mask;
	table[at] = key + 1;
	if (full)
		sink(trace, 0);
	else if (++trace->key_count == trace->keys)
		make_heap(trace);
	return key;
}

uint32_t rprof_trace_count(struct rprof_trace *trace, uint32_t function, uint64_t hash, const uint8_t *bytes, uint32_t size)
{
	struct rprof_trace_key *keys = rprof_trace_keys(trace);
	uint32_t *table = rprof_trace_table(trace), mask = rprof_trace_table_size(trace->keys) - 1;
	for (uint32_t at = (uint32_t)hash & mask; table[at] != 0; at = (at + 1) & mask) {
		uint32_t key = table[at] - 1;
		if (keys[key].hash != hash || keys[key].size != size || keys[key].function != function ||
		    memcmp(keys[key].bytes, bytes, size) != 0)
			continue;
		keys[key].count++;
		if (trace->key_count == trace->keys)
			sink(trace, rprof_trace_places(trace)[key]);
		return key;
	}
	return new_key(trace, function, hash, bytes, size);
}
