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

struct report_fn {
	uint32_t fn;             /* index into profile->fns */
	uint64_t calls;          /* per iteration (rounded down when runs differ: see calls_vary) */
	bool calls_vary;
	double self_ns, total_ns, self_percent; /* of one iteration; negative = not known */
	enum report_source source;
};
struct report_hotspot {
	uint32_t fn, from, to;   /* .ruchy lines */
	double self_ns, percent;
	const char *note;        /* "recursive calls", "loop", or NULL */
};
enum report_level { REPORT_OK, REPORT_NOTE, REPORT_WARNING };
struct report_advice {
	const char *id;          /* "never-called" */
	enum report_level level;
	char *message, *evidence; /* evidence: the numbers behind it */
	uint32_t fn;             /* or PROFILE_NONE */
};
struct report {
	const struct profile *profile;
	struct report_fn *fns;   /* by self time, then calls, then name; inlined and skipped ones left out */
	size_t fn_count;
	struct report_hotspot *hotspots; /* > 10 % */
	size_t hotspot_count;
	struct report_advice *advice;
	size_t advice_count;
	double plain_ns, instrumented_ns; /* mean wall time of one iteration, negative = not measured */
	double overhead;         /* instrumented median / plain median, negative = not measured */
};
struct report *report_new(const struct profile *profile);
void report_free(struct report *report);

#endif
