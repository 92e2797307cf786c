/* pgo_collect.h - many runs into one profile, with all that optimisation asks for. */
#ifndef PGO_COLLECT_H
#define PGO_COLLECT_H

#include "err.h"
#include "pgo.h"

struct pgo_collect_options {
	const char *source, *rustc_flags;
	const struct pgo_trainings *trainings;
	uint64_t runs; /* over all trainings */
	uint64_t failures_most;
	double timeout;
	bool until_stable, no_llvm;
	void (*progress)(void *context, const char *step, uint64_t done, uint64_t of, double seconds_left); /* 0 left: not known */
	void *context;
};
struct pgo_collect_result {
	uint64_t runs, failures;
	int failed_status; /* wait status of a failing run, 0 = none */
	bool stable, interrupted, timed_out;
	char *llvm_why; /* why there are no counters of LLVM; NULL: there are. Caller frees */
};
/* Returns 0 with *profile (caller frees) whenever a run left counts. */
int pgo_collect(const struct pgo_collect_options *options, struct profile **profile, struct pgo_collect_result *result, struct err *err);

#endif
