/* lambda_causes.h - what a start spends its time on until the first request: counts, and the time of each. */
#ifndef LAMBDA_CAUSES_H
#define LAMBDA_CAUSES_H

#include "lambda_result.h"

/* Behind the making of the process and of its image. Times may overlap: a relocation that touches a new page holds the fault as well. */
enum lambda_cause {
	CAUSE_FAULTS,
	CAUSE_RELOCATIONS,
	CAUSE_CALLS,
	CAUSE_STARTS,
	CAUSE_ALLOCATIONS,
	CAUSE_WAITING,
	CAUSE_QUEUE,
	LAMBDA_CAUSES
};

struct lambda_cause_words {
	const char *name, *time; /* of its count; of its time, as a part of that */
};
extern const struct lambda_cause_words lambda_causes[LAMBDA_CAUSES];

/* "page faults"; standing alone. */
const char *lambda_cause_name(enum lambda_cause cause);
/* COLD_UNKNOWN: not known, or it is nothing that is counted. */
uint64_t lambda_cause_count(const struct lambda_program *p, enum lambda_cause cause);
/* NAN = not known. */
double lambda_cause_ns(const struct lambda_result *result, const struct lambda_program *p, enum lambda_cause cause);
/* The total less fork, exec, kernel load and all causes that are known. Below zero: they overlap by more than that. */
double lambda_unexplained_ns(const struct lambda_result *result, const struct lambda_program *p);

/* The tables: what each program does; with others, where the difference to them comes from. */
void lambda_show_causes(const struct lambda_result *result, struct sheet *sheet);

#endif
