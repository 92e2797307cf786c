#include "raw_heap.h"

#include "profdata_file.h"
#include "strbuf.h"

#include <stdlib.h>

#define A(field)    offsetof(struct rprof_alloc, field)
#define HEAP(field) offsetof(struct rprof_raw_heap, field)
#define L(field)    offsetof(struct rprof_life, field)

_Static_assert(PROFILE_SOON == RPROF_SOON, "what is short-lived is told by its number");

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t record_count(const struct raw_heap_thread *t)
{
	return t->records ? t->records : (uint64_t)t->functions + 1;
}

static bool fits(const struct raw_heap_thread *t)
{
	const uint64_t head = sizeof(struct rprof_raw_heap) + (t->lives ? sizeof(struct rprof_raw_lives) : 0);
	const uint64_t record = sizeof(struct rprof_alloc) + (t->lives ? sizeof(struct rprof_life) : 0);

	return t->heap_offset % 8 == 0 && t->heap_offset >= t->times_end && t->heap_offset <= t->size && t->size - t->heap_offset >= head &&
	       (t->size - t->heap_offset - head) / record >= record_count(t);
}

/* By function as many as the thread has, which may be fewer than the table's; by line those of the table. */
static bool is_known(const struct raw_heap *sum, const struct raw_heap_thread *t)
{
	return record_count(t) == (uint64_t)t->functions + 1 ||
	       (t->functions == sum->fn_count && record_count(t) == sum->fn_count + sum->site_count + 1);
}

static void add_life(struct rprof_life *sum, const unsigned char *from)
{
	uint64_t lifetime = profdata_get64(from + L(lifetime));

	sum->ended += profdata_get64(from + L(ended));
	sum->lifetime = lifetime > UINT64_MAX - sum->lifetime ? UINT64_MAX : sum->lifetime + lifetime;
	sum->soon += profdata_get64(from + L(soon));
	sum->soon_bytes += profdata_get64(from + L(soon_bytes));
	sum->elsewhere += profdata_get64(from + L(elsewhere));
	sum->moved += profdata_get64(from + L(moved));
}

static void add_lives(struct raw_heap *sum, const struct raw_heap_thread *t, const unsigned char *records)
{
	uint64_t count = record_count(t), last = sum->fn_count + sum->site_count;
	const unsigned char *lives = records + count * sizeof(struct rprof_alloc) + sizeof(struct rprof_raw_lives);

	if (!t->lives)
		return;
	if (!sum->lives)
		sum->lives = xcalloc(last + 1, sizeof *sum->lives);
	for (uint64_t i = 0; i < count; i++)
		add_life(&sum->lives[i + 1 < count ? i : last], lives + i * sizeof(struct rprof_life));
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
	const uint64_t count = record_count(thread), last = sum->fn_count + sum->site_count;
	const unsigned char *heap, *records;
	uint64_t snapshot;
	int64_t peak;
	bool better;

	if (thread->heap_offset == 0)
		return NULL;
	if (!fits(thread))
		return "the allocations of a thread are not within it";
	if (!is_known(sum, thread))
		return "a thread has other records of allocations than its function table";
	heap = thread->base + thread->heap_offset; /* not sooner: the offset of a damaged file may be any */
	records = heap + sizeof(struct rprof_raw_heap);
	if (!sum->allocs)
		sum->allocs = xcalloc(last + 1, sizeof *sum->allocs);
	peak = thread_peak(heap);
	snapshot = profdata_get64(heap + HEAP(snapshot));
	better = snapshot > sum->snapshot;
	sum->peak = peak > sum->peak ? peak : sum->peak;
	sum->snapshot = larger(snapshot, sum->snapshot);
	for (uint64_t i = 0; i < count; i++) {
		if (!add_alloc(&sum->allocs[i + 1 < count ? i : last], records + i * sizeof(struct rprof_alloc), better))
			return "the sum of allocations passes 64 bits";
	}
	add_lives(sum, thread, records);
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

/* --- by line ----------------------------------------------------------------------------------------------------------------- */

static void join_alloc(struct rprof_alloc *sum, const struct rprof_alloc *from)
{
	sum->allocations += from->allocations;
	sum->bytes += from->bytes;
	sum->frees += from->frees;
	sum->freed_bytes += from->freed_bytes;
	sum->largest = larger(sum->largest, from->largest);
	sum->reallocations += from->reallocations;
	sum->at_peak += from->at_peak;
}

static void join_life(struct rprof_life *sum, const struct rprof_life *from)
{
	sum->ended += from->ended;
	sum->lifetime = from->lifetime > UINT64_MAX - sum->lifetime ? UINT64_MAX : sum->lifetime + from->lifetime;
	sum->soon += from->soon;
	sum->soon_bytes += from->soon_bytes;
	sum->elsewhere += from->elsewhere;
}

/* Several records may be of one line: those of Rust lines that one line of the source became. */
struct line_sum {
	uint32_t fn, line;
	struct rprof_alloc alloc;
	struct rprof_life life;
};

static int by_line(const void *a, const void *b)
{
	const struct line_sum *one = a, *other = b;

	if (one->line != other->line)
		return one->line < other->line ? -1 : 1;
	return one->fn < other->fn ? -1 : one->fn > other->fn;
}

static struct profile_site site_of(const struct line_sum *sum)
{
	uint64_t freed = sum->alloc.allocations - smaller(memory_of(&sum->alloc).leaked, sum->alloc.allocations);
	uint64_t ended = smaller(sum->life.ended, freed);

	return (struct profile_site){.fn = sum->fn,
				     .line = sum->line,
				     .memory = memory_of(&sum->alloc),
				     .ended = ended,
				     .lifetime_bytes = sum->life.lifetime,
				     .soon = smaller(sum->life.soon, ended),
				     .soon_bytes = smaller(sum->life.soon_bytes, sum->alloc.bytes),
				     .elsewhere = smaller(sum->life.elsewhere, freed - ended)};
}

static size_t fold(struct line_sum *lines, size_t count)
{
	size_t kept = 0;

	qsort(lines, count, sizeof *lines, by_line);
	for (size_t i = 0; i < count; i++) {
		if (kept && by_line(&lines[kept - 1], &lines[i]) == 0) {
			join_alloc(&lines[kept - 1].alloc, &lines[i].alloc);
			join_life(&lines[kept - 1].life, &lines[i].life);
		} else {
			lines[kept++] = lines[i];
		}
	}
	return kept;
}

static void store_sites(const struct raw_heap *sum, const struct raw_table *table, struct profile *profile)
{
	size_t records = sum->fn_count + sum->site_count, count = 0;
	struct line_sum *lines = xcalloc(records + 1, sizeof *lines);

	for (size_t i = 0; i < records; i++) {
		bool whole = i < sum->fn_count;
		if (sum->allocs[i].allocations)
			lines[count++] = (struct line_sum){whole ? (uint32_t)i : table->sites[i - sum->fn_count].fn,
							   whole ? 0 : table->sites[i - sum->fn_count].line, sum->allocs[i], sum->lives[i]};
	}
	count = fold(lines, count);
	profile->sites = xcalloc(count + 1, sizeof *profile->sites);
	for (size_t i = 0; i < count; i++)
		profile->sites[i] = site_of(&lines[i]);
	profile->site_count = count;
	free(lines);
}

void raw_heap_store(const struct raw_heap *sum, const struct raw_table *table, struct profile *profile)
{
	free(profile->memory);
	profile->memory = xstrdup(table->memory);
	if (!sum->allocs)
		return;
	profile->memory_runs = 1;
	profile->peak_live_bytes = (uint64_t)sum->peak;
	profile->outside = memory_of(&sum->allocs[sum->fn_count + sum->site_count]);
	if (sum->lives)
		store_sites(sum, table, profile);
	for (size_t i = 0; i < sum->site_count; i++)
		join_alloc(&sum->allocs[table->sites[i].fn], &sum->allocs[sum->fn_count + i]);
	for (size_t i = 0; i < profile->fn_count; i++)
		profile->fns[i].memory = memory_of(&sum->allocs[i]);
}

void raw_heap_free(struct raw_heap *sum)
{
	free(sum->allocs);
	free(sum->lives);
	sum->allocs = NULL;
	sum->lives = NULL;
}
