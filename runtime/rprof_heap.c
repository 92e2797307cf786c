/*
 * rprof_heap.c - how much is live in all threads together, and who held it at the peak.
 *
 * A thread knows exactly what it took and gave back (`own`), and what the others had when it last looked. While there is one thread, that
 * is all there is to know: the peak is exact. With more, each looks again when its own part has moved by a batch, so that the total that a
 * thread sees is wrong by no more than a batch for each other thread. A look reads one cache line a thread and takes no lock: places are
 * never removed while threads run, and each word read is written by one thread alone.
 *
 * Who holds what is copied whenever the total has grown by a step over the last copy, as it would be too much to do at each new peak.
 */
#include "rprof_internal.h"

#define BATCH  4096 /* bytes, at least */
#define PART   128  /* batches of all threads, and steps, are this part of what is live */
#define FEW    64   /* records that are copied in no time */
#define EFFORT 16   /* bytes of growth for each record beyond, so that copying stays cheap beside what the program does */

/* Copies are of the program as a whole, whichever thread makes them. */
static int64_t next_total; /* live bytes from which on the next copy is due */

_Static_assert(sizeof(struct rprof_raw_heap) == 64, "records follow at 64 bytes");
_Static_assert(sizeof(struct rprof_alloc) == 64 && sizeof(struct rprof_life) == 64, "records are 64 bytes each");
_Static_assert(sizeof(struct rprof_raw_lives) == 64, "records follow at 64 bytes");

static int64_t load(const int64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static uint64_t loadu(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static struct rprof_place *first_place(void)
{
	return __atomic_load_n(&rprof_registry.places, __ATOMIC_SEQ_CST);
}

static uint64_t heap_offset(uint64_t end)
{
	return (end + 63) / 64 * 64;
}

#define BY_LINE 2 /* rprof_program.memory */

static uint64_t record_count(const struct rprof_program *program)
{
	return (uint64_t)program->functions + (program->memory == BY_LINE ? program->sites : 0) + 1;
}

uint64_t rprof_heap_size(uint64_t end, const struct rprof_program *program)
{
	if (!program->memory)
		return 0;
	uint64_t records = record_count(program) * sizeof(struct rprof_alloc);
	if (program->memory == BY_LINE)
		records += sizeof(struct rprof_raw_lives) + record_count(program) * sizeof(struct rprof_life);
	return heap_offset(end) - end + sizeof(struct rprof_raw_heap) + records;
}

/* Never 0, which is what stands behind many a block that was not allocated here. */
static uint32_t mark(void)
{
	return (1 + (0xa4u + rprof_registry.forks) % 255) << 24;
}

void rprof_heap_fill(struct rprof_raw_thread *thread, uint64_t end, const struct rprof_program *program)
{
	thread->heap_offset = heap_offset(end);
	thread->records = (uint32_t)record_count(program);
	thread->lives = program->memory == BY_LINE;
	rprof_heap(thread)->owner = thread->records - 1;
	rprof_heap(thread)->mark = mark();
	if (thread->lives)
		rprof_lives(thread)->soon = RPROF_SOON;
}

struct look {
	int64_t others;
	uint32_t places;
};

static struct look look(const struct rprof_raw_thread *thread)
{
	struct look seen = {0};
	for (struct rprof_place *place = first_place(); place != NULL; place = place->next) {
		struct rprof_raw_thread *other = rprof_place_thread(place);
		if (other->heap_offset == 0)
			continue;
		seen.places++;
		if (other != thread)
			seen.others += load(&rprof_heap(other)->own);
	}
	return seen;
}

/* Live bytes of each record into the records of `thread`. */
static void copy(struct rprof_raw_thread *thread, int64_t total)
{
	struct rprof_alloc *to = rprof_allocs(thread);
	for (uint32_t r = 0; r < thread->records; r++) {
		uint64_t live = 0;
		for (struct rprof_place *place = first_place(); place != NULL; place = place->next) {
			struct rprof_raw_thread *other = rprof_place_thread(place);
			if (other->heap_offset == 0 || other->records != thread->records)
				continue;
			const struct rprof_alloc *from = &rprof_allocs(other)[r];
			live += loadu(&from->bytes) - loadu(&from->freed_bytes);
		}
		/* Read while other threads go on: the block may have been given back before we saw that it was taken. */
		to[r].at_peak = (int64_t)live < 0 ? 0 : live;
	}
	rprof_heap(thread)->snapshot = (uint64_t)total;
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* What was before is told with what the others had then, what is now with what they have now. */
static void note_peak(struct rprof_raw_heap *heap, int64_t others)
{
	heap->top = larger(heap->top, larger(heap->peak + heap->others, heap->own + others));
	heap->peak = heap->own;
	heap->others = others;
}

/* With one thread nobody else wants to know; a second one makes the first look again, see rprof_heap_begin(). */
static void set_range(struct rprof_raw_heap *heap, const struct look *seen)
{
	int64_t total = heap->own + heap->others, batch;
	int64_t next = load(&next_total) - heap->others, low = INT64_MIN;
	if (seen->places > 1) {
		batch = larger(BATCH, total / PART / seen->places);
		next = smaller(next, heap->own + batch);
		low = heap->own - batch;
	}
	heap->low = low;
	__atomic_store_n(&heap->next, next, __ATOMIC_SEQ_CST);
}

static void exchange(struct rprof_raw_thread *thread)
{
	struct rprof_raw_heap *heap = rprof_heap(thread);
	struct rprof_place *first;
	do {
		first = first_place();
		struct look seen = look(thread);
		note_peak(heap, seen.others);
		int64_t total = heap->own + heap->others;
		if (total > load(&next_total)) {
			int64_t records = (int64_t)seen.places * thread->records;
			int64_t effort = records > FEW ? records * EFFORT : 0;
			__atomic_store_n(&next_total, total + larger(total / PART, effort), __ATOMIC_RELAXED);
			copy(thread, total);
		}
		set_range(heap, &seen);
	} while (first != first_place());
}

void rprof_heap_moved(struct rprof_raw_thread *thread)
{
	/* The program's spare memory has no heap: what is counted there is read by nobody. */
	if (thread->heap_offset != 0)
		exchange(thread);
}

void rprof_heap_begin(struct rprof_raw_thread *thread)
{
	if (thread->heap_offset == 0)
		return;
	rprof_heap(thread)->owner = thread->records - 1;
	exchange(thread);
	for (struct rprof_place *place = first_place(); place != NULL; place = place->next) {
		struct rprof_raw_thread *other = rprof_place_thread(place);
		if (other != thread && other->heap_offset != 0)
			__atomic_store_n(&rprof_heap(other)->next, INT64_MIN, __ATOMIC_SEQ_CST);
	}
}

uint32_t rprof_heap_owner(struct rprof_raw_thread *thread)
{
	return thread->heap_offset != 0 ? rprof_heap(thread)->owner : 0;
}

void rprof_heap_fork(struct rprof_raw_thread *thread, uint32_t owner)
{
	next_total = 0;
	if (thread->heap_offset == 0)
		return;
	rprof_heap(thread)->owner = owner;
	rprof_heap(thread)->mark = mark();
}

void rprof_heap_end(struct rprof_raw_thread *thread)
{
	if (thread->heap_offset != 0)
		exchange(thread);
}
