/* pgo_bench.h - `bench F.ruchy --with-pgo --compare-baseline`: is the optimised program faster? */
#ifndef PGO_BENCH_H
#define PGO_BENCH_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pgo_bench_options {
	const char *source, *data; /* data NULL: F.pgo.data beside the source, or collected now */
	const char *rustc_flags;
	char **args; /* ends in NULL */
	const char *const *inputs;
	size_t input_count;
	const char *args_file;
	const char *hints, *allow;
	double budget_seconds, timeout_seconds;
	bool ignore_failure;	     /* runs that exit with another status than 0 count too */
	uint64_t layouts, rounds;    /* 0: the usual */
	const char *format, *output; /* "text", "json"; NULL: standard output */
};
/* Returns 0: faster or no difference; 3: slower; -1 and err. */
int pgo_bench(const struct pgo_bench_options *options, struct err *err);

#endif
