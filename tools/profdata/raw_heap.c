#include "raw_heap.h"

#include "profdata_file.h"
#include "strbuf.h"

#include <stdlib.h>

#define A(field)    offsetof(struct rprof_alloc, field)
#define HEAP(field) offsetof(struct rprof_raw_heap, field)

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static bool fits(const struct raw_heap_thread *t)
{
	const uint64_t head = sizeof(struct rprof_raw_heap);

	return t->heap_offset % 8 == 0 && t->heap_offset >= t->times_end && t->heap_offset <= t->size && t->size - t->heap_offset >= head &&
	       (t->size - t->heap_offset - head) / sizeof(struct rprof_alloc) > t->functions;
}

/* Most bytes that this thread saw live in the program. The numbers of a damaged file may be any: they wrap. */
static int64_t thread_peak(const unsigned char *heap)
{
	int64_t own = (int64_t)profdata_get64(heap + HEAP(own)), peak = (int64_t)profdata_get64(heap + HEAP(peak));
	int64_t top = (int64_t)profdata_get64(heap + HEAP(top));
	int64_t now = (int64_t)((uint64_t)(own > peak ? own : peak) + profdata_get64(heap + HEAP(others)));

	return now > top ? now : top;
}

static bool add_alloc(struct rprof_alloc *sum, const unsigned char *from, bool snapshot)
{
	if (__builtin_add_overflow(sum->allocations, profdata_get64(from + A(allocations)), &sum->allocations) ||
	    __builtin_add_overflow(sum->bytes, profdata_get64(from + A(bytes)), &sum->bytes))
		return false;
	/* Another thread may free a block than allocated it, so these make sense as a sum over all threads, and may wrap on the way. */
	sum->frees += profdata_get64(from + A(frees));
	sum->freed_bytes += profdata_get64(from + A(freed_bytes));
	sum->reallocations += profdata_get64(from + A(reallocations));
	sum->largest = larger(sum->largest, profdata_get64(from + A(largest)));
	if (snapshot)
		sum->at_peak = profdata_get64(from + A(at_peak));
	return true;
}

const char *raw_heap_add(struct raw_heap *sum, const struct raw_heap_thread *thread)
{
	const unsigned char *heap, *records;
	uint64_t snapshot;
	int64_t peak;
	bool better;

	if (thread->heap_offset == 0)
		return NULL;
	if (!fits(thread))
		return "the allocations of a thread are not within it";
	heap = thread->base + thread->heap_offset; /* not sooner: the offset of a damaged file may be any */
	records = heap + sizeof(struct rprof_raw_heap);
	if (!sum->allocs)
		sum->allocs = xcalloc(sum->fn_count + 1, sizeof *sum->allocs);
	peak = thread_peak(heap);
	snapshot = profdata_get64(heap + HEAP(snapshot));
	better = snapshot > sum->snapshot;
	sum->peak = peak > sum->peak ? peak : sum->peak;
	sum->snapshot = larger(snapshot, sum->snapshot);
	for (uint32_t fn = 0; fn <= thread->functions; fn++) {
		if (!add_alloc(&sum->allocs[fn < thread->functions ? fn : sum->fn_count], records + fn * sizeof(struct rprof_alloc),
			       better))
			return "the sum of allocations passes 64 bits";
	}
	return NULL;
}

/*
 * What seems freed more often than allocated was read while the process ran on, or is a block of a thread whose counts are lost. Where a
 * process was stopped between two stores, a smaller part may be ahead of the whole by one.
 */
static struct profile_memory memory_of(const struct rprof_alloc *alloc)
{
	uint64_t left = alloc->allocations - alloc->frees, left_bytes = alloc->bytes - alloc->freed_bytes;

	return (struct profile_memory){
	    .allocations = alloc->allocations,
	    .bytes = alloc->bytes,
	    .reallocations = smaller(alloc->reallocations, alloc->allocations),
	    .leaked = left > alloc->allocations ? 0 : left,
	    .leaked_bytes = left_bytes > alloc->bytes ? 0 : left_bytes,
	    .largest_bytes = smaller(alloc->largest, alloc->bytes),
	    .at_peak_bytes = alloc->at_peak,
	};
}

void raw_heap_store(const struct raw_heap *sum, const char *state, struct profile *profile)
{
	free(profile->memory);
	profile->memory = xstrdup(state);
	if (!sum->allocs)
		return;
	profile->memory_runs = 1;
	profile->peak_live_bytes = (uint64_t)sum->peak;
	profile->outside = memory_of(&sum->allocs[sum->fn_count]);
	for (size_t i = 0; i < profile->fn_count; i++)
		profile->fns[i].memory = memory_of(&sum->allocs[i]);
}

void raw_heap_free(struct raw_heap *sum)
{
	free(sum->allocs);
	sum->allocs = NULL;
}
