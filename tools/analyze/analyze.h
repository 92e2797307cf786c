/* analyze.h - what the analyses share; the parts of report_new() in the order in which they run. */
#ifndef ANALYZE_H
#define ANALYZE_H

#include "report.h"

/* Fewer samples than this say less than the clock does. */
#define ANALYZE_MIN_SAMPLES 30

/* Cycles of the call graph: component[f] is equal for functions that (transitively) call each other. */
struct analyze_cycles {
	uint32_t *component;
	uint64_t *inner; /* calls of f from its own cycle, over all runs */
};
void analyze_cycles_find(const struct profile *profile, struct analyze_cycles *cycles);
void analyze_cycles_free(struct analyze_cycles *cycles);

/* Fills source, base and the times of every function. */
void analyze_self_total(struct report *report);
/* Fills blocked_ns of the functions; needs the times. */
void analyze_blocked(struct report *report);
/* Needs the times. */
void analyze_hotspots(struct report *report, const struct analyze_cycles *cycles);
/* Fills memory and inside. */
void analyze_memory(struct report *report);
/* Needs all of the above. */
void analyze_advice(struct report *report, const struct analyze_cycles *cycles);

/* A clock that was off for part of the time tells nothing about the whole. */
static inline bool analyze_clock_knows(const struct profile_fn *fn)
{
	return fn->clock_spans > 0 && fn->clock_off == 0;
}

/* Sums that stick at the largest value instead of wrapping. */
static inline uint64_t analyze_add(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* The row of function `fn`, NULL when the report leaves it out. */
const struct report_fn *analyze_row(const struct report *report, uint32_t fn);

#endif
