/* trace_run.h - run a traced program and tell its trace while it runs. */
#ifndef TRACE_RUN_H
#define TRACE_RUN_H

#include "build.h"
#include "subprocess.h"
#include "trace.h"

/* What is kept of the calls; 0: the default, or for the filters: none. */
struct trace_limits {
	uint64_t first, last, slowest, depth;
	double min_seconds;
};
#define TRACE_FIRST   100u
#define TRACE_LAST    20u
#define TRACE_SLOWEST 10u

struct trace_run {
	/* in */
	char **args; /* of the program, ends in NULL */
	struct trace_limits limits;
	double timeout_seconds;
	bool show_output, reference;
	const struct trace_format *format;
	const char *path;		       /* where the trace goes; NULL: standard output, as it happens */
	const struct rhook_function *function; /* that is traced */
	struct trace_options options;
	/* out */
	bool interrupted, timed_out;
	int status; /* wait status of the traced run */
};

/* Run build->program[BUILD_TRACED], and before it the plain one once where `reference`. -1 when there is no trace to tell. */
int trace_run(const struct build *build, struct trace_run *run, struct err *err);

/*
 * Run build->program[BUILD_TRACED] with nothing but the counts of arguments kept, up to `keys` values; its output is dropped. *took:
 * seconds. NULL when the run failed or took longer than `seconds`, and with err when it can't be made. The caller frees.
 */
struct trace *trace_count_arguments(const struct build *build, char **args, struct subprocess_stdin *input, uint64_t keys, double seconds,
				    double *took, struct err *err);

#endif
