/* lambda_syscalls.h - how many system calls a start makes, and how many threads and processes it begins. */
#ifndef LAMBDA_SYSCALLS_H
#define LAMBDA_SYSCALLS_H

#include "cold_start.h"

/* From exec to the first request for an event, of all its threads. Untouched where they can't be counted. */
void lambda_syscalls(const struct cold_options *options, uint64_t *syscalls, uint64_t *threads);

#endif
