/*
 * collect.h - run a built program and gather one profile: wall times and samples from the plain build, counts and clock from the
 * instrumented one. Plain and instrumented runs alternate, so that a slow moment of the machine meets both.
 */
#ifndef COLLECT_H
#define COLLECT_H

#include "build.h"
#include "err.h"
#include "profile.h"
#include "sample.h"
#include "subprocess.h"

#include <stdbool.h>
#include <stdint.h>

struct collect_options {
	char **args; /* of the user's program, ends in NULL */
	uint64_t iterations;
	double timeout_seconds;	 /* of one run, 0 = none */
	bool show_output;	 /* of the first run; the others' goes to /dev/null */
	bool reference;		 /* run and sample the plain build too */
	bool ignore_failure;	 /* go on over failing runs */
	uint64_t failures_most;	 /* with ignore_failure: but not over more than so many; 0 = over all */
	uint64_t reference_runs; /* with reference: in so many of the iterations; 0 = in all */
	/* Called after each iteration: true ends them. May be NULL. */
	bool (*enough)(void *context, const struct profile *profile);
	void (*progress)(void *context, const char *step, uint64_t done, uint64_t of); /* may be NULL */
	void (*tick)(void *context); /* some twice a second while a run lasts that prints nothing; may be NULL */
	/* Attribute the samples, where the program is not one Rust file; NULL: it is. */
	void (*attribute)(void *context, struct sampler *sampler, struct profile *profile, struct err *err);
	void *context;
	struct subprocess_stdin *input; /* the caller's; NULL: our stdin, opened here */
	/*
	 * Called behind all runs when they went well and the plain build was run too, while `input` can be replayed once more; may be NULL.
	 * Returns the seconds that runs of its own took.
	 */
	double (*more)(void *context, struct profile *profile, struct subprocess_stdin *input);
};

struct collect_result {
	uint64_t iterations; /* finished */
	bool interrupted;    /* by SIGINT or SIGTERM */
	int failed_status;   /* wait status of the last failing run, 0 = none failed */
	bool timed_out;
	uint64_t failures;
	double run_seconds;	   /* sum of the wall times of all runs, sampled ones included */
	char sample_problem[2100]; /* why there are no samples, "" = there are */
};

/* Returns 0 with *profile (caller frees) whenever at least one instrumented run left counts; else -1. */
int collect(const struct build *build, const struct collect_options *options, struct profile **profile, struct collect_result *result,
	    struct err *err);

/* `RUCHY_PROF_FILE=..`, so that each process leaves its raw file in `directory`. Caller frees. */
char *collect_raw_variable(const char *directory);

/* "exit status 3", "signal 11 (Segmentation fault)", into a static buffer of the calling thread. */
const char *status_text(int wait_status);

#endif
