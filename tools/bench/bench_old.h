/* bench_old.h - a baseline's program, made runnable again; and the baseline itself, made. */
#ifndef BENCH_OLD_H
#define BENCH_OLD_H

#include "bench.h"
#include "bench_store.h"

struct old_place {
	const char *store;
	struct build *cache; /* any build: it knows the cache of builds; lives as long as the subject at least */
};
/* 0: *subject can run, and report->how says why. 1: it can't; a note of the report says why. */
int bench_old_program(struct bench_subject *subject, const struct old_place *place, const struct bench_baseline *baseline,
		      const struct bench_options *options, struct bench_report *report);
struct profile *bench_store_profile(const char *store, const struct bench_baseline *baseline, struct err *err);
/* Of our standard input, when it is a file; else "". The caller frees. */
char *bench_input_hash(const struct bench_options *options);

#endif
