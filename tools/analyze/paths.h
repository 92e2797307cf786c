/*
 * paths.h - the call paths of a profile, each with a weight: what flame graphs and the files of other tools show.
 *
 * Time comes along the paths of the samples where there are some: measured. Where there are none (a run in production, the clock alone),
 * and for calls and bytes, the paths are derived from the exact calls between functions, and what a function has is split over the paths
 * that lead to it by the calls that came along each: an estimate of the split, while the sum of every function stays as it was counted.
 */
#ifndef PATHS_H
#define PATHS_H

#include "report.h"

enum paths_weight { PATHS_TIME, PATHS_CALLS, PATHS_BYTES };
/* FOLDED: a call back into a function that is on the stack returns to its frame, so none is on a path twice. */
enum paths_recursion { PATHS_FOLDED, PATHS_DEEP };

struct path_node {
	uint32_t parent; /* index of the caller's node, always smaller */
	uint32_t fn;	 /* PROFILE_NONE: of no function of the program (nodes[0], the root, and what allocates outside) */
	uint32_t line;	 /* of the call in the caller, 0 = unknown */
	uint64_t self;	 /* weight of what ended here */
};

/* The weight of one line of one node. */
struct path_self {
	uint32_t node, line; /* 0 = unknown */
	uint64_t value;
};

struct paths {
	struct path_node *nodes; /* nodes[0] is the root */
	size_t count;
	struct path_self *selfs; /* by node */
	size_t self_count;
	enum paths_weight weight; /* nanoseconds, calls, bytes */
	bool derived;		  /* an estimate, "split by call counts" */
	uint64_t total;		  /* sum of all selfs */
	uint64_t iterations;	  /* runs that the values are the sum of: 1, or all where they are no multiple of their number */
};

/* No path is deeper: what is, belongs to the frame at that depth. Files that spell each path out stay as long as the profile is large. */
#define PATHS_DEPTH_MOST 512

/* Never NULL; `total` is 0 where the weight was not measured. The caller frees with paths_free() (NULL is fine). */
struct paths *paths_new(const struct report *report, enum paths_weight weight, enum paths_recursion recursion);
void paths_free(struct paths *paths);

/* Values in files are sums over this many runs: 1 where all counts can be divided by the number of runs, else all. */
uint64_t paths_iterations(const struct profile *profile);
/* A count over all runs as one over paths_iterations(). Exact. */
uint64_t paths_count(const struct profile *profile, uint64_t iterations, uint64_t sum);
/* The same of a sum over the runs whose allocations were counted. */
uint64_t paths_memory(const struct profile *profile, uint64_t iterations, uint64_t sum);

/* --- paths_derive.c: private to paths.c --------------------------------------------------------------------------------- */
/* One node of the tree: `share` of what the function has came along this path. */
struct path_share {
	uint32_t parent, fn, line; /* parent: index + 1, 0 = root */
	double share;
};
/* The tree of the exact calls, bounded; `weights` is what each function has. The caller frees. */
struct path_share *paths_derive(const struct profile *profile, const uint64_t *weights, size_t *count);

#endif
