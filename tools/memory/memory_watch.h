/* memory_watch.h - run a program and look at its memory from outside, again and again. */
#ifndef MEMORY_WATCH_H
#define MEMORY_WATCH_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Full, every other one goes and the period doubles: the whole run stays covered, however long. */
#define MEMORY_POINTS_MOST 256

struct memory_point {
	uint64_t ns;	/* since the start */
	uint64_t bytes; /* resident, or live */
};

struct memory_series {
	struct memory_point points[MEMORY_POINTS_MOST];
	size_t count;
	uint64_t period_ns; /* between points, at the end */
};

struct memory_watched {
	struct memory_series resident, live; /* live: of an instrumented program */
	uint64_t stack_bytes;		     /* largest VmStk seen: mapped for the stack of the first thread; 0 = not seen */
	uint64_t peak_rss_bytes, wall_ns;
	int status; /* wait status */
	bool timed_out, interrupted;
};

/* `live`: the program is instrumented; its live bytes are read from its counter file while it runs. -1 when it can't be run. */
int memory_watch(const char *program, char *const *args, bool live, double timeout, struct memory_watched *watched, struct err *err);

#endif
