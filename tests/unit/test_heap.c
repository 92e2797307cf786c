/*
 * test_heap.c - what all threads together hold, and who held it at the peak, with the prelude's two hot paths written again in C.
 * Each case runs in a process of its own: the runtime starts once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rprof.h"
#include "rprof_internal.h"
#include "rprof_raw.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FUNCTIONS 3u
#define OUTSIDE	  FUNCTIONS
#define SIZE	  (64 + 64 + 32 * FUNCTIONS + 64 + 64 + 64 * (FUNCTIONS + 1))

static _Alignas(64) uint8_t spare[SIZE];
static const char table[] = "rprof-table 1\n";
static const struct rprof_program program = {
    .abi = RPROF_ABI,
    .slots = 1,
    .functions = FUNCTIONS,
    .memory = 1,
    .table_size = sizeof(table) - 1,
    .table = (const uint8_t *)table,
    .spare = (struct rprof_raw_thread *)(void *)spare,
};
static _Thread_local struct rprof_raw_thread *home;

/* In a child a failed check ends it; the parent sees the line. */
#define CHECK(condition)                                                                                                                   \
	do {                                                                                                                               \
		if (!(condition)) {                                                                                                        \
			dprintf(STDERR_FILENO, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                             \
			_exit(99);                                                                                                         \
		}                                                                                                                          \
	} while (0)

static struct rprof_raw_thread *thread(void)
{
	return home != NULL ? home : rprof_thread(&program, &home);
}

static struct rprof_raw_heap *heap(void)
{
	return rprof_heap(thread());
}

static uint32_t take(uint32_t owner, int64_t size)
{
	struct rprof_alloc *record = &rprof_allocs(thread())[owner];
	record->allocations++;
	__atomic_store_n(&record->bytes, record->bytes + (uint64_t)size, __ATOMIC_RELAXED);
	__atomic_store_n(&heap()->own, heap()->own + size, __ATOMIC_RELAXED);
	if (heap()->own > __atomic_load_n(&heap()->next, __ATOMIC_RELAXED))
		rprof_heap_moved(thread());
	return owner ^ heap()->mark;
}

static bool give(uint32_t tail, int64_t size)
{
	uint32_t owner = tail ^ heap()->mark;
	if (owner > FUNCTIONS)
		return false;
	struct rprof_alloc *record = &rprof_allocs(thread())[owner];
	record->frees++;
	__atomic_store_n(&record->freed_bytes, record->freed_bytes + (uint64_t)size, __ATOMIC_RELAXED);
	if (heap()->own > heap()->peak)
		heap()->peak = heap()->own;
	__atomic_store_n(&heap()->own, heap()->own - size, __ATOMIC_RELAXED);
	if (heap()->own < heap()->low)
		rprof_heap_moved(thread());
	return true;
}

/* As FORMAT.md tells a reader. */
static int64_t peak(void)
{
	int64_t most = 0;
	for (struct rprof_place *place = rprof_registry.places; place != NULL; place = place->next) {
		if (rprof_place_thread(place)->heap_offset == 0)
			continue;
		const struct rprof_raw_heap *h = rprof_heap(rprof_place_thread(place));
		int64_t now = (h->own > h->peak ? h->own : h->peak) + h->others;
		most = now > most ? now : most;
		most = h->top > most ? h->top : most;
	}
	return most;
}

static uint64_t at_peak(uint32_t owner)
{
	uint64_t best = 0, found = 0;
	for (struct rprof_place *place = rprof_registry.places; place != NULL; place = place->next) {
		struct rprof_raw_thread *t = rprof_place_thread(place);
		if (t->heap_offset == 0 || rprof_heap(t)->snapshot <= best)
			continue;
		best = rprof_heap(t)->snapshot;
		found = rprof_allocs(t)[owner].at_peak;
	}
	return found;
}

static void run_thread(void *(*run)(void *), void *argument)
{
	pthread_t id;
	CHECK(pthread_create(&id, NULL, run, argument) == 0 && pthread_join(id, NULL) == 0);
}

/* ---- cases -------------------------------------------------------------------------------------------------------------- */

static void a_place_begins_empty(void)
{
	const struct rprof_raw_thread *t = thread();
	CHECK(t->heap_offset == 64 + 64 + 32 * FUNCTIONS + 32);
	CHECK(heap()->owner == OUTSIDE && heap()->mark >> 24 != 0 && heap()->mark << 8 == 0);
	CHECK(heap()->own == 0 && peak() == 0 && heap()->snapshot == 0);
	CHECK(heap()->low == INT64_MIN);
}

/* With one thread the peak is exact, whatever the copies do. */
static void one_thread_is_exact(void)
{
	int64_t live = 0, most = 0;
	uint32_t random = 1, tails[64] = {0};
	int64_t sizes[64] = {0};
	for (int i = 0; i < 100000; i++) {
		random = random * 1664525 + 1013904223;
		uint32_t at = random >> 26;
		if (sizes[at] != 0) {
			CHECK(give(tails[at], sizes[at]));
			live -= sizes[at];
		}
		sizes[at] = 1 + (random >> 8) % (i % 1000 == 0 ? 100000 : 100);
		tails[at] = take(random % (FUNCTIONS + 1), sizes[at]);
		live += sizes[at];
		most = live > most ? live : most;
		CHECK(peak() == most);
	}
	int64_t parts = 0;
	for (uint32_t f = 0; f <= FUNCTIONS; f++)
		parts += (int64_t)at_peak(f);
	CHECK(parts <= most && parts >= most - most / 100);
}

static void the_peak_has_an_owner(void)
{
	uint32_t a = take(0, 1000), b = take(1, 2000);
	CHECK(give(a, 1000));
	take(2, 500);
	CHECK(peak() == 3000);
	CHECK(at_peak(0) == 1000 && at_peak(1) == 2000 && at_peak(2) == 0);
	CHECK(give(b, 2000));
	take(OUTSIDE, 10000);
	CHECK(peak() == 10500 && at_peak(0) == 0 && at_peak(2) == 500 && at_peak(OUTSIDE) == 10000);
}

static void *give_all(void *tail)
{
	CHECK(heap()->others == 100 * 5000);
	for (int i = 0; i < 100; i++)
		CHECK(give(*(uint32_t *)tail, 5000));
	CHECK(heap()->own == -100 * 5000);
	return NULL;
}

/* Given back by another thread than took it: own goes below zero there, the sum is right, and the other thread comes to know. */
static void another_thread_gives(void)
{
	uint32_t tail = 0;
	for (int i = 0; i < 100; i++)
		tail = take(1, 5000);
	run_thread(give_all, &tail);
	CHECK(peak() == 100 * 5000);
	for (int i = 0; i < 50; i++)
		take(2, 5000);
	CHECK(peak() == 100 * 5000);
	for (int i = 0; i < 100; i++)
		take(2, 5000);
	CHECK(peak() == 150 * 5000);
	CHECK(at_peak(1) == 0 && at_peak(2) >= 149 * 5000);
}

enum { THREADS = 8, ROUNDS = 20000 };
static pthread_barrier_t barrier;

/* All hold `*size` at the same time. */
static void *hold(void *size)
{
	uint32_t tails[16];
	for (int i = 0; i < ROUNDS; i++) {
		for (int k = 0; k < 16; k++)
			tails[k] = take((uint32_t)k % FUNCTIONS, 10);
		for (int k = 0; k < 16; k++)
			CHECK(give(tails[k], 10));
	}
	pthread_barrier_wait(&barrier);
	uint32_t big = take(0, *(int64_t *)size);
	pthread_barrier_wait(&barrier);
	CHECK(give(big, *(int64_t *)size));
	return NULL;
}

static void many_threads_come_close(void)
{
	pthread_t ids[THREADS];
	int64_t size = 10000000;
	CHECK(pthread_barrier_init(&barrier, NULL, THREADS) == 0);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_create(&ids[i], NULL, hold, &size) == 0);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(ids[i], NULL) == 0);
	int64_t error = THREADS * size / 128 + (THREADS + 1) * 4096;
	CHECK(peak() >= THREADS * size - error && peak() <= THREADS * size + error);
	uint64_t allocations = 0, bytes = 0, left = 0;
	for (struct rprof_place *place = rprof_registry.places; place != NULL; place = place->next) {
		for (uint32_t f = 0; f <= FUNCTIONS; f++) {
			const struct rprof_alloc *record = &rprof_allocs(rprof_place_thread(place))[f];
			allocations += record->allocations;
			bytes += record->bytes;
			left += record->bytes - record->freed_bytes;
		}
	}
	CHECK(allocations == THREADS * (16 * ROUNDS + 1) && bytes == (uint64_t)(THREADS * (160 * ROUNDS + size)) && left == 0);
}

static void *own_one(void *unused)
{
	(void)unused;
	thread();
	heap()->owner = 1;
	take(1, 7);
	return NULL;
}

/* The next thread in a place goes on with its sums, but not with its owner. */
static void a_place_is_handed_on(void)
{
	thread();
	run_thread(own_one, NULL);
	run_thread(own_one, NULL);
	CHECK(rprof_registry.places->next != NULL && rprof_registry.places->next->next == NULL);
	struct rprof_raw_thread *other = rprof_place_thread(rprof_registry.places);
	CHECK(other != home && rprof_allocs(other)[1].allocations == 2 && rprof_heap(other)->own == 14);
	take(0, 100);
	CHECK(peak() == 114);
}

/* A child's counts are its own; what it inherited is not. */
static void a_child_begins_anew(void)
{
	uint32_t tail = take(1, 5000);
	heap()->owner = 2;
	pid_t child = fork();
	if (child == 0) {
		CHECK(heap()->owner == 2 && heap()->own == 0 && rprof_allocs(home)[1].allocations == 0);
		CHECK(!give(tail, 5000) && heap()->own == 0 && rprof_allocs(home)[1].frees == 0);
		uint32_t mine = take(1, 30);
		CHECK(peak() == 30 && at_peak(1) == 30);
		if (fork() == 0) {
			CHECK(!give(mine, 30) && !give(tail, 5000) && give(take(0, 1), 1));
			_exit(0);
		}
		int status = 1;
		wait(&status);
		CHECK(status == 0);
		CHECK(give(mine, 30) && heap()->own == 0);
		_exit(0);
	}
	int status = 1;
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	CHECK(heap()->own == 5000 && give(tail, 5000) && heap()->own == 0 && peak() == 5000);
}

/* Memory of another program without counts, and the spare one, are left alone. */
static void others_have_none(void)
{
	static const struct rprof_program without = {.abi = RPROF_ABI, .slots = 1, .table = (const uint8_t *)"", .spare = (void *)spare};
	static _Thread_local struct rprof_raw_thread *other;
	take(0, 10);
	CHECK(rprof_thread(&without, &other)->heap_offset == 0);
	rprof_heap_moved(other);
	rprof_heap_moved(program.spare);
	take(0, 10);
	CHECK(peak() == 20);
	for (size_t i = 0; i < sizeof(spare); i++)
		CHECK(spare[i] == 0);
}

enum { SITES = 5, RECORDS = FUNCTIONS + SITES + 1 };
static const struct rprof_program by_line = {.abi = RPROF_ABI,
					     .functions = FUNCTIONS,
					     .memory = 2,
					     .table_size = sizeof(table) - 1,
					     .table = (const uint8_t *)table,
					     .spare = (void *)spare,
					     .sites = SITES};

/* Takes on the account of the last site, in a loop; another thread copies who holds what meanwhile. */
static void *take_by_line(void *all)
{
	static _Thread_local struct rprof_raw_thread *here;
	struct rprof_raw_thread *mine = rprof_thread(&by_line, &here);
	struct rprof_raw_heap *h = rprof_heap(mine);
	CHECK(mine->records == RECORDS && mine->lives == 1 && h->owner == RECORDS - 1);
	CHECK(rprof_lives(mine)->soon == RPROF_SOON);
	for (int i = 0; i < 10000; i++) {
		struct rprof_alloc *record = &rprof_allocs(mine)[RECORDS - 2];
		record->allocations++;
		__atomic_store_n(&record->bytes, record->bytes + 100, __ATOMIC_RELAXED);
		__atomic_store_n(&h->own, h->own + 100, __ATOMIC_RELAXED);
		rprof_lives(mine)->clock += 100;
		((struct rprof_life *)(rprof_lives(mine) + 1))[RECORDS - 1].ended++; /* the last byte that belongs to the thread */
		if (h->own > __atomic_load_n(&h->next, __ATOMIC_RELAXED))
			rprof_heap_moved(mine);
	}
	*(struct rprof_raw_thread **)all = mine;
	return NULL;
}

/* Records of lines are as those of functions: the copy at the peak has them. */
static void lines_have_records(void)
{
	struct rprof_raw_thread *mine[THREADS];
	pthread_t ids[THREADS];
	uint64_t best = 0, held = 0, ended = 0;
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_create(&ids[i], NULL, take_by_line, &mine[i]) == 0);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(ids[i], NULL) == 0);
	for (struct rprof_place *place = rprof_registry.places; place != NULL; place = place->next) {
		struct rprof_raw_thread *t = rprof_place_thread(place);
		if (rprof_heap(t)->snapshot > best) {
			best = rprof_heap(t)->snapshot;
			held = rprof_allocs(t)[RECORDS - 2].at_peak;
		}
		ended += ((struct rprof_life *)(rprof_lives(t) + 1))[RECORDS - 1].ended;
	}
	CHECK(ended == THREADS * 10000);
	CHECK(held > THREADS * 1000000 * 9 / 10 && held <= THREADS * 1000000);
}

static void corrupted_tails(void)
{
	take(0, 10);
	static const uint32_t tails[] = {0, 1, UINT32_MAX, FUNCTIONS + 1, 0xdeadbeef};
	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++)
		CHECK(!give(tails[i], 10));
	CHECK(!give((FUNCTIONS + 1) ^ heap()->mark, 10));
	CHECK(heap()->own == 10);
}

#define CASE(name)                                                                                                                         \
	{                                                                                                                                  \
#name, name                                                                                                                \
	}
static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
    CASE(a_place_begins_empty),	   CASE(one_thread_is_exact),  CASE(the_peak_has_an_owner), CASE(another_thread_gives),
    CASE(many_threads_come_close), CASE(a_place_is_handed_on), CASE(a_child_begins_anew),   CASE(others_have_none),
    CASE(corrupted_tails),	   CASE(lines_have_records),
};

static void all_cases(void **state)
{
	char directory[] = "/tmp/test_heap.XXXXXX", command[64];
	int bad = 0;

	(void)state;
	assert_non_null(mkdtemp(directory));
	assert_int_equal(setenv("RUCHY_PROF_FILE", "%n.raw", 1), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int status = 1;
		pid_t child = fork();

		if (child == 0) {
			CHECK(chdir(directory) == 0);
			cases[i].run();
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		if (status != 0) {
			print_error("%s: status %d\n", cases[i].name, status);
			bad++;
		}
	}
	snprintf(command, sizeof(command), "rm -rf %s", directory);
	assert_int_equal(system(command), 0);
	assert_int_equal(bad, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(all_cases)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
