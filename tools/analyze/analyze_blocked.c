/*
 * Blocking: the clock of the instrumented build runs on while a thread sleeps or waits, samples of CPU time do not. What the clock has more
 * than the CPU and the queue for one is blocking.
 *
 * Inclusive times alone can be compared: functions without a clock run on the account of their caller's self time, but samples see them
 * apart.
 */
#include "analyze.h"

#include <math.h>

#define BLOCKED_SHARE 0.2 /* of the function's time by the clock */
#define BLOCKED_NS    1e6

static bool is_known(const struct profile *p)
{
	return p->runs > 0 && p->cpu[PROFILE_INSTRUMENTED].n > 0 && 2 * p->queued[PROFILE_INSTRUMENTED].n > p->wall[PROFILE_INSTRUMENTED].n;
}

void analyze_blocked(struct report *report)
{
	const struct profile *p = report->profile;
	bool known = report->source == REPORT_SAMPLES && is_known(p);
	double busy_ns = 0;

	/* Time in the queue falls upon functions as their CPU time does. */
	if (known)
		busy_ns = profile_times_mean(&p->cpu[PROFILE_INSTRUMENTED]) + profile_times_mean(&p->queued[PROFILE_INSTRUMENTED]);
	for (size_t i = 0; i < report->fn_count; i++) {
		struct report_fn *row = &report->fns[i];
		const struct profile_fn *fn = &p->fns[row->fn];
		double clock_ns, excess_ns, error;

		row->blocked_ns = -1;
		if (!known || !analyze_clock_knows(fn))
			continue;
		clock_ns = (double)fn->clock_total_ns / (double)p->runs;
		error = report_share_error(fn->samples_total, report->samples) / 100;
		excess_ns = clock_ns - busy_ns * (double)fn->samples_total / (double)report->samples;
		row->blocked_ns = 0;
		if (excess_ns > BLOCKED_NS && excess_ns > BLOCKED_SHARE * clock_ns && excess_ns > error * busy_ns)
			row->blocked_ns = excess_ns;
	}
}
