/*
 * storm.c - many threads and many forks, all counting: storm threads|forks|lone-forks N CALLS (lone: a child starts no thread of its own).
 * Every call is counted by slot 0, `step`; prints how many there were in all processes together.
 */
#include "rprof.h"
#include "rprof_raw.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { AT_ONCE = 8 };

static const char table[] = "rprof-table 1\nfn\t0\t0\tfn\t-\t1\t1\t1\t1\tstep\n";
static _Alignas(64) uint8_t spare[64 + 64 + 32];
static const struct rprof_program program = {
    .abi = RPROF_ABI,
    .slots = 1,
    .functions = 1,
    .table_size = sizeof(table) - 1,
    .table = (const uint8_t *)table,
    .spare = (struct rprof_raw_thread *)(void *)spare,
};
static _Thread_local struct rprof_raw_thread *home;
static unsigned long calls;
static bool lone;

static void step(unsigned long times)
{
	for (unsigned long i = 0; i < times; i++) {
		if (home == NULL)
			rprof_thread(&program, &home);
		home->counters[0]++;
		__asm__ volatile("" ::: "memory");
	}
}

static void *in_thread(void *unused)
{
	step(calls);
	return unused;
}

static void start(pthread_t *thread)
{
	if (pthread_create(thread, NULL, in_thread, NULL) != 0) {
		perror("pthread_create");
		exit(EXIT_FAILURE);
	}
}

static void join(pthread_t thread)
{
	pthread_join(thread, NULL);
}

static void many_threads(unsigned long count)
{
	pthread_t running[AT_ONCE];
	for (unsigned long i = 0; i < count + AT_ONCE; i++) {
		if (i >= AT_ONCE)
			join(running[i % AT_ONCE]);
		if (i < count)
			start(&running[i % AT_ONCE]);
	}
}

static void wait_for(pid_t pid)
{
	int status = 0;
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
		fprintf(stderr, "child %d: status %#x\n", (int)pid, (unsigned)status);
		exit(EXIT_FAILURE);
	}
}

/* The child counts, and so does a child and a thread of its own. */
static void child(void)
{
	pthread_t thread;
	step(calls);
	pid_t pid = fork();
	if (pid == 0) {
		step(calls);
		_exit(0);
	}
	if (!lone) {
		start(&thread);
		join(thread);
	}
	wait_for(pid);
	_exit(0);
}

/* Threads of the parent count and end all the while, so that a fork meets them anywhere, in the runtime too. */
static void many_forks(unsigned long count)
{
	pthread_t beside[AT_ONCE];
	pid_t running[AT_ONCE];
	for (unsigned long i = 0; i < count + AT_ONCE; i++) {
		if (i >= AT_ONCE) {
			wait_for(running[i % AT_ONCE]);
			join(beside[i % AT_ONCE]);
		}
		if (i >= count)
			continue;
		start(&beside[i % AT_ONCE]);
		step(1);
		running[i % AT_ONCE] = fork();
		if (running[i % AT_ONCE] == 0)
			child();
	}
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	unsigned long count = strtoul(argv[2], NULL, 10);
	calls = strtoul(argv[3], NULL, 10);
	unsigned long sum = count * calls;
	lone = strcmp(argv[1], "lone-forks") == 0;
	if (lone || strcmp(argv[1], "forks") == 0) {
		many_forks(count);
		sum = count * (1 + calls * (lone ? 3 : 4));
	} else {
		many_threads(count);
	}
	printf("%lu\n", sum);
	return 0;
}
