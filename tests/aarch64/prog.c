/*
 * prog.c - what an instrumented program does, written in C: prelude.rs's counting and clock over the memory of rprof_raw.h, on a target
 * whose Rust library may not be at hand. Four threads call `step` 100,000 times each under the clock of `work`.
 */
#include "rprof.h"
#include "rprof_raw.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAIN, WORK, STEP, FUNCTIONS };
enum { THREADS = 4, STEPS = 100000 };

static const char table[] = "rprof-table 1\n"
			    "fn\t0\t0\tfn\tt\t1\t1\t1\t1\tmain\n"
			    "fn\t1\t1\tfn\tt\t1\t1\t1\t1\twork\n"
			    "fn\t2\t2\tfn\t-\t1\t1\t1\t1\tstep\n";
static _Alignas(64) uint8_t spare[64 + 64 + 32 * FUNCTIONS];
static const struct rprof_program program = {
    .abi = RPROF_ABI,
    .slots = FUNCTIONS,
    .functions = FUNCTIONS,
    .table_size = sizeof(table) - 1,
    .table = (const uint8_t *)table,
    .spare = (struct rprof_raw_thread *)(void *)spare,
};
static _Thread_local struct rprof_raw_thread *home;

static uint64_t ticks(void)
{
	uint64_t now;
	if (!rprof_inline_clock())
		return rprof_ticks();
#if defined(__aarch64__)
	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(now));
#else
	now = rprof_ticks();
#endif
	return now;
}

static struct rprof_time *time_of(uint32_t f)
{
	return (struct rprof_time *)(void *)((uint8_t *)home + home->times_offset) + f;
}

static void switch_to(uint32_t f, uint64_t now)
{
	if (home->current != RPROF_NO_FUNCTION)
		time_of(home->current)->self += now - home->last;
	home->current = f;
	home->last = now;
}

static void count(uint32_t f)
{
	if (home == NULL)
		rprof_thread(&program, &home);
	home->counters[f]++;
}

static uint32_t enter(uint32_t f)
{
	count(f);
	uint32_t before = home->current;
	uint64_t now = ticks();
	switch_to(f, now);
	time_of(f)->start = now;
	return before;
}

static void leave(uint32_t f, uint32_t before)
{
	uint64_t now = ticks();
	switch_to(before, now);
	time_of(f)->total += now - time_of(f)->start;
	time_of(f)->spans++;
	time_of(f)->start = RPROF_IDLE;
}

static void *work(void *sum)
{
	uint32_t before = enter(WORK);
	for (int i = 0; i < STEPS; i++) {
		count(STEP);
		__atomic_add_fetch((uint64_t *)sum, 1, __ATOMIC_RELAXED);
	}
	leave(WORK, before);
	return NULL;
}

int main(void)
{
	uint32_t before = enter(MAIN);
	pthread_t threads[THREADS];
	uint64_t sum = 0;
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, work, &sum) != 0)
			return EXIT_FAILURE;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	leave(MAIN, before);
	printf("%llu\n", (unsigned long long)sum);
	return 0;
}
