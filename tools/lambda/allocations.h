/* allocations.h - what librprof-allocations.so leaves in the file that RUCHY_PROF_ALLOCATIONS names; mapped by it and by us. */
#ifndef LAMBDA_ALLOCATIONS_H
#define LAMBDA_ALLOCATIONS_H

#include <stdint.h>

#define ALLOCATIONS_MAGIC UINT64_C(0x31636f6c6c617270)

struct allocations {
	uint64_t magic;		       /* there once the library has mapped the file */
	uint64_t start_tick, start_ns; /* both clocks then: time stamp counter, CLOCK_MONOTONIC */
	_Atomic uint64_t count, bytes; /* malloc, calloc, realloc and their like; since the program began */
	_Atomic uint64_t calls;	       /* these and free */
	_Atomic uint64_t ticks;	       /* in all of them */
};

#endif
