/* bench_command.h - the options of `bench`, and what writes its results. For cmd_bench.c and bench_*.c of this directory. */
#ifndef BENCH_COMMAND_H
#define BENCH_COMMAND_H

#include "bench.h"
#include "cmd.h"

struct bench_command_options {
	const char *regression, *version, *baseline, *store, *metric, *format, *output, *export_json, *rustc_flags, *color, *plot,
	    *export_markdown, *export_junit, *bin;
	uint64_t runs, iterations, warmup, keep, seed;
	double max_time, timeout, threshold, count_threshold;
	bool keep_binary, allow_other_host, stored, fail_inconclusive, ignore_failure, no_counts, no_compile, verbose, with_pgo,
	    compare_baseline;
	/* with --with-pgo */
	const char *pgo_data, *args_file, *hints, *allow;
	struct option_list inputs;
	uint64_t layouts;
	double budget;
};

/* --- bench_results.c ------------------------------------------------------------------------------------------------------------- */
/* NULL and `err` for a format that gates don't have. */
const struct bench_format *bench_gate_format(const struct bench_command_options *o, struct err *err);
/* The format asked for, or that of the name's end. */
const char *bench_format_name(const struct bench_command_options *o);
/* Write the report wherever it is asked for; the exit status is the verdict's. */
int bench_gate_results(const struct bench_command_options *o, const struct bench_format *format, const struct bench_report *report,
		       struct err *err);
/* Run and write. */
int bench_plain(const struct bench_command_options *o, const struct bench_options *b, char **files, size_t count, struct err *err);

/* --- bench_stored.c: `bench gc` and `bench history` ------------------------------------------------------------------------------- */
int bench_collect_garbage(const struct bench_command_options *o, struct err *err);
int bench_show_history(const struct bench_command_options *o, const char *source, struct err *err);

#endif
