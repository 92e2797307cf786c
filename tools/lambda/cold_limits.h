/* cold_limits.h - the memory and the CPU share of a Lambda size, through control groups of either version. */
#ifndef COLD_LIMITS_H
#define COLD_LIMITS_H

#include "err.h"

#include <stdbool.h>

/* One vCPU belongs to this much memory, says AWS; less gets a part of it. */
#define LIMITS_VCPU_MB	 1769
#define LIMITS_PERIOD_US 20000

struct cold_limits {
	unsigned memory_mb;
	double cpus;
	bool memory_set, cpu_set;
	char *why;		     /* what is not set, and why; NULL: all is */
	char *memory_dir, *cpu_dir;  /* of the groups; NULL */
	const char *mounts, *groups; /* the files that tell of them; not owned */
	int procs[2];		     /* files that a process writes "0" to; -1 */
};

/* Never fails: what can't be limited is said in `why`. */
void cold_limits_open(struct cold_limits *limits, unsigned memory_mb);
/* The same, by other files than /proc/self/mounts and /proc/self/cgroup: for tests. */
void cold_limits_open_by(struct cold_limits *limits, unsigned memory_mb, const char *mounts, const char *groups);
void cold_limits_close(struct cold_limits *limits);

#endif
