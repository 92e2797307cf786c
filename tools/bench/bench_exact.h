/* bench_exact.h - figures that do not jitter: calls, executions of lines, allocations; and which function changed them. */
#ifndef BENCH_EXACT_H
#define BENCH_EXACT_H

#include "bench.h"

/* Of one run; negative = not counted. *vary: the runs of the profile differ. */
double bench_exact(const struct profile *profile, enum bench_metric_id id, bool *vary);
/* Fill line->a, b, verdict and, on a rise, the cause. */
void bench_exact_compare(struct bench_line *line, const struct profile *before, const struct profile *after, const char *source);
/* Functions whose part of the time changed most, into the report. */
void bench_shares(struct bench_report *report, const struct profile *before, const struct profile *after);

/* Of METRIC_SIZE: the function that grew most, where the old program is there too. */
void bench_size_cause(struct bench_line *line, const struct bench_subject *before, const struct bench_subject *after, const char *source);

#endif
