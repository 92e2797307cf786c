/*
 * report.h - what a profile says, computed once for all views: shares, hot spots, recommendations.
 *
 * Sources of time, best first: samples of the plain build scaled to its mean wall time (CPU share of it), then the clock of the
 * instrumented build. Self times of a report add up to the time of one iteration; recursion never passes 100 %.
 */
#ifndef REPORT_H
#define REPORT_H

#include "profile.h"

enum report_source { REPORT_NO_TIME, REPORT_SAMPLES, REPORT_CLOCK };
/* What the shares are shares of: wall time of a plain run, its CPU time (it waited for the rest), the clock's own sum (no plain run). */
enum report_base { REPORT_OF_WALL, REPORT_OF_CPU, REPORT_OF_CLOCK };

struct report_fn {
	uint32_t fn;	/* index into profile->fns */
	uint64_t calls; /* per iteration (rounded down when runs differ: see calls_vary); PROFILE_ABSENT = not counted */
	bool calls_vary;
	double self_ns, total_ns, self_percent; /* of one iteration; negative = not known */
	enum report_source source;
	/* Of one iteration, callees included, by the clock of the instrumented build: on no CPU and not for want of one. 0 = nothing worth
	 * telling; negative = not known */
	double blocked_ns;
};
struct report_hotspot {
	uint32_t fn, from, to; /* .ruchy lines */
	double self_ns, percent;
	const char *note; /* "recursive calls", "loop", or NULL */
};
/* OK: a measured fact that is as it should be. WARNING: look at this first. */
enum report_level { REPORT_OK, REPORT_NOTE, REPORT_WARNING };
struct report_advice {
	const char *id; /* "never-called" */
	enum report_level level;
	char *message, *evidence; /* evidence: the numbers behind it */
	char *gain;		  /* what following it saves, "up to 14.0% of the time"; NULL = not known */
	uint32_t fn;		  /* or PROFILE_NONE */
	uint32_t line;		  /* of the source, 0 = none */
};
struct report {
	const struct profile *profile;
	/* by self time, then calls, then name; inlined ones left out, skipped ones too unless samples fell into them */
	struct report_fn *fns;
	size_t fn_count;
	struct report_hotspot *hotspots; /* > 10 % */
	size_t hotspot_count;
	struct report_advice *advice;
	size_t advice_count;
	double plain_ns, instrumented_ns; /* mean wall time of one iteration, negative = not measured */
	double overhead;		  /* instrumented median / plain median, negative = not measured */
	enum report_source source;	  /* of all times; a function that it says nothing about has REPORT_NO_TIME */
	enum report_base base;
	double base_ns;	   /* 100 %, what the self times add up to; negative = no times */
	uint64_t samples;  /* that fell into functions of the program; what the shares are made of */
	double waiting_ns; /* part of plain_ns that the program spent on no CPU; negative = not measured */
	double queued_ns;  /* of it: ready to run, no CPU was free; negative = not known (threads) */
	/* Allocations over profile->memory_runs runs: all, those of functions of the program; all 0 where there are no such runs */
	struct profile_memory memory, inside;
	double blocked_ns; /* the rest of it: sleep, input and output, locks; negative = not known */
};
/* `profile` must have passed profile_check() and outlive the report. The caller frees with report_free() (NULL is fine). Any thread. */
struct report *report_new(const struct profile *profile);
void report_free(struct report *report);

/* Half the width of the 95 % interval of the share hits/samples, in percent points; 100 when there are no samples. */
double report_share_error(uint64_t hits, uint64_t samples);
/* Self time of a line in one iteration; negative = not known: only samples tell of lines. */
double report_line_ns(const struct report *report, const struct profile_line *line);
/* A sum over runs as one iteration's part; negative = not counted. */
double report_per_run(const struct profile *profile, uint64_t sum);
/* The same of a sum over the runs whose allocations were counted. */
double report_memory_per_run(const struct profile *profile, uint64_t sum);

#endif
