/* lambda_syscalls.h - how many system calls a start makes, how many threads and processes it begins, and the CPU time of both. */
#ifndef LAMBDA_SYSCALLS_H
#define LAMBDA_SYSCALLS_H

#include "cold_start.h"
#include "stats.h"

/* Calls with one number. */
struct lambda_call {
	unsigned number;
	uint64_t count;
	double ns; /* CPU time of all of them, median over the starts; 0 and more */
};

/* From exec to the first request for an event, of all threads; medians over several starts that were traced for this alone. */
struct lambda_calls {
	uint64_t count, threads;
	struct stats_interval ns;	/* CPU time in calls, less those that begin a thread or a process; NAN = not known */
	struct stats_interval start_ns; /* in those */
	struct lambda_call *kinds;	/* owned; by time, most first */
	size_t kind_count;
};

#define LAMBDA_CALL_STARTS 7 /* most, and usual; a median needs 6 for an interval */

/* Not known: counts are COLD_UNKNOWN, times NAN. */
void lambda_calls_measure(const struct cold_options *options, unsigned starts, struct lambda_calls *calls);
void lambda_calls_free(struct lambda_calls *calls);

#endif
