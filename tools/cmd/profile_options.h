/* profile_options.h - the options of `profile`, for cmd_profile.c and compare_languages.c. */
#ifndef PROFILE_OPTIONS_H
#define PROFILE_OPTIONS_H

#include "output.h"
#include "trace_run.h"

#include <stdbool.h>
#include <stdint.h>

#define COMPARE_NO_MARGIN (-1.0) /* not given */

struct profile_options {
	struct output_options output;
	bool binary, source_map, no_reference, show_output, ignore_failure, entry_only, no_memory, no_source, no_arguments;
	uint64_t iterations;
	const char *data, *rustc_flags, *bin;
	double timeout;
	bool trace_calls;
	struct trace_limits trace;
	/* --compare */
	bool compare;
	const char *baseline_langs, *compare_to;
	uint64_t warmup;
	double max_time, margin;
};

#endif
