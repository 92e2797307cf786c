/* raw_heap.h - the allocations in a raw file, summed over its threads. Private to tools/profdata; the format: runtime/FORMAT.md. */
#ifndef RAW_HEAP_H
#define RAW_HEAP_H

#include "profile.h"
#include "raw_table.h"
#include "rprof_raw.h"

#include <stddef.h>
#include <stdint.h>

struct raw_heap {
	/* in: functions and lines that the function table knows */
	size_t fn_count, site_count;
	struct rprof_alloc *allocs; /* [fn_count + site_count + 1], the last is of what no function did; NULL: no thread counted any */
	struct rprof_life *lives;   /* the same; NULL: no thread told how long blocks live */
	int64_t peak;		    /* live bytes */
	uint64_t snapshot;	    /* live total when the `at_peak` here were written */
};

/* The payload of a thread's chunk: `size` bytes at `base`, its times end at `times_end`. */
struct raw_heap_thread {
	const unsigned char *base;
	uint64_t size, times_end, heap_offset; /* heap_offset 0: it counts no allocations */
	uint32_t functions;		       /* at most fn_count of the sum */
	uint32_t records;		       /* 0: one for each function and the last */
	bool lives;
};

/* Adds a thread to the sum. Returns NULL, or what is wrong with it. */
const char *raw_heap_add(struct raw_heap *sum, const struct raw_heap_thread *thread);
/* `table` is the function table. The functions of `profile` are still in its order. */
void raw_heap_store(const struct raw_heap *sum, const struct raw_table *table, struct profile *profile);
void raw_heap_free(struct raw_heap *sum);

#endif
