/*
 * Self and total time of every function, as shares of one base.
 *
 * Samples are preferred, because they are of the program that ships. They are CPU time: where the program waited for most of its wall
 * time, shares of the wall time would charge the waiting to whatever ran in between, so they are shares of the CPU time then.
 */
#include "analyze.h"

#include <math.h>

/* CPU time is taken as the base when it falls short of the wall time by a fifth and by more than starting a process explains. */
#define WAIT_SHARE 0.2
#define WAIT_NS	   2e6

static double mean_or_unknown(const struct profile_times *times)
{
	return times->n > 0 ? profile_times_mean(times) : -1;
}

static void measure_waiting(struct report *report)
{
	const struct profile *p = report->profile;
	double cpu_ns = mean_or_unknown(&p->cpu[PROFILE_PLAIN]);

	report->waiting_ns = -1;
	if (report->plain_ns >= 0 && cpu_ns >= 0)
		report->waiting_ns = fmax(report->plain_ns - cpu_ns, 0);
	report->queued_ns = report->blocked_ns = -1;
	/* Known of a few runs alone, it says nothing about the mean of all. */
	if (report->waiting_ns < 0 || 2 * p->queued[PROFILE_PLAIN].n <= p->wall[PROFILE_PLAIN].n)
		return;
	report->queued_ns = fmin(profile_times_mean(&p->queued[PROFILE_PLAIN]), report->waiting_ns);
	report->blocked_ns = report->waiting_ns - report->queued_ns;
}

static bool waits(const struct report *report)
{
	return report->waiting_ns > WAIT_NS && report->waiting_ns > WAIT_SHARE * report->plain_ns;
}

static uint64_t samples_inside(const struct profile *p)
{
	uint64_t inside = p->samples > p->samples_outside ? p->samples - p->samples_outside : 0;
	uint64_t self = 0;

	/* A merge of files from several tools may disagree with itself; shares must not pass 100 % for that. */
	for (size_t i = 0; i < p->fn_count; i++)
		self = analyze_add(self, p->fns[i].samples_self);
	return self > inside ? self : inside;
}

static double clock_sum(const struct profile *p)
{
	double sum = 0;

	for (size_t i = 0; i < p->fn_count; i++)
		if (analyze_clock_knows(&p->fns[i]))
			sum += (double)p->fns[i].clock_self_ns;
	return sum;
}

static void set_times(struct report_fn *row, double base_ns, double self_share, double total_share, enum report_source source)
{
	self_share = fmin(self_share, 1);
	total_share = fmin(fmax(total_share, self_share), 1);
	row->self_ns = self_share * base_ns;
	row->total_ns = total_share * base_ns;
	row->self_percent = 100 * self_share;
	row->source = source;
}

static void from_samples(struct report *report)
{
	const struct profile *p = report->profile;
	double all = (double)report->samples;

	report->source = REPORT_SAMPLES;
	report->base = waits(report) ? REPORT_OF_CPU : REPORT_OF_WALL;
	report->base_ns = report->base == REPORT_OF_CPU ? report->plain_ns - report->waiting_ns : report->plain_ns;
	for (size_t i = 0; i < report->fn_count; i++) {
		const struct profile_fn *fn = &p->fns[report->fns[i].fn];

		set_times(&report->fns[i], report->base_ns, (double)fn->samples_self / all, (double)fn->samples_total / all,
			  REPORT_SAMPLES);
	}
}

static void from_clock(struct report *report, double sum)
{
	const struct profile *p = report->profile;

	report->source = REPORT_CLOCK;
	report->base = report->plain_ns >= 0 ? REPORT_OF_WALL : REPORT_OF_CLOCK;
	report->base_ns = report->plain_ns >= 0 ? report->plain_ns : sum / (double)p->runs;
	for (size_t i = 0; i < report->fn_count; i++) {
		struct report_fn *row = &report->fns[i];
		const struct profile_fn *fn = &p->fns[row->fn];

		if (analyze_clock_knows(fn))
			set_times(row, report->base_ns, (double)fn->clock_self_ns / sum, (double)fn->clock_total_ns / sum, REPORT_CLOCK);
		else if (row->calls == 0 && fn->calls_max == 0 && p->lost_threads == 0)
			set_times(row, report->base_ns, 0, 0, REPORT_CLOCK);
	}
}

void analyze_self_total(struct report *report)
{
	const struct profile *p = report->profile;
	double clock = p->runs > 0 ? clock_sum(p) : 0;

	measure_waiting(report);
	report->source = REPORT_NO_TIME;
	report->base = REPORT_OF_WALL;
	report->base_ns = -1;
	report->samples = samples_inside(p);
	for (size_t i = 0; i < report->fn_count; i++) {
		report->fns[i].self_ns = report->fns[i].total_ns = report->fns[i].self_percent = -1;
		report->fns[i].source = REPORT_NO_TIME;
	}
	if (report->plain_ns >= 0 && report->samples > 0 && (report->samples >= ANALYZE_MIN_SAMPLES || clock <= 0))
		from_samples(report);
	else if (clock > 0)
		from_clock(report, clock);
}

double report_share_error(uint64_t hits, uint64_t samples)
{
	double n, share;

	if (samples == 0)
		return 100;
	/* Agresti and Coull: two more hits and two more misses, so that a share of 0 or 100 % is not shown as certain. */
	n = (double)samples + 4;
	share = ((double)hits + 2) / n;
	return 100 * 1.96 * sqrt(fmax(share * (1 - share), 0) / n);
}

double report_line_ns(const struct report *report, const struct profile_line *line)
{
	if (report->source != REPORT_SAMPLES || report->samples == 0 || report->base_ns < 0)
		return -1;
	return (double)line->samples / (double)report->samples * report->base_ns;
}

double report_per_run(const struct profile *profile, uint64_t sum)
{
	if (profile->runs == 0 || sum == PROFILE_ABSENT)
		return -1;
	return (double)sum / (double)profile->runs;
}
