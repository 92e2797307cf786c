/* bench_run.h - `bench F...` without a baseline: how long do these programs take, and which is the fastest? */
#ifndef BENCH_RUN_H
#define BENCH_RUN_H

#include "bench.h"

struct bench_entry {
	const char *source;
	char *command;					  /* with the arguments */
	double *codes;					  /* exit statuses */
	double *wall, *times, *cpu, *user, *system, *rss; /* ns, bytes; by round. times: wall without waits for a CPU */
	size_t count;
	double peak_rss; /* largest, bytes; 0 = not known */
	uint64_t repeats;
	struct stats_interval median; /* of wall, 95 % */
	struct stats_interval slower; /* ratio to the fastest, of paired rounds; 1 for itself */
};
struct bench_run {
	struct bench_entry *entries;
	size_t count, fastest;
	struct race_result race;
	uint64_t warmup;
	struct bench_report doubts; /* warnings and notes alone */
};
/* Builds all of `sources` and runs them in turn. */
int bench_run(const struct bench_options *options, char **sources, size_t count, struct bench_run *run, struct err *err);
void bench_run_free(struct bench_run *run);

struct bench_run_format {
	const char *name;
	void (*write)(struct strbuf *out, const struct bench_run *run, const struct bench_style *style);
};
extern const struct bench_run_format bench_run_formats[]; /* ends in a row with name NULL */
/* As hyperfine's --export-json. */
void bench_run_hyperfine(struct strbuf *out, const struct bench_run *run);

#endif
