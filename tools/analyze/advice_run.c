/* About the runs: did they fail, is what they left whole, and how well are their times known? */
#include "advice.h"
#include "strbuf.h"

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

void advice_lost_threads(const struct advice_context *c, const struct advice_rule *rule)
{
	if (c->p->lost_threads == 0)
		return;
	advice_add(c, rule, PROFILE_NONE,
		   xstrdup("Counts are too low: some threads found no room for their counters. "
			   "Give RUCHY_PROF_FILE a directory with free space and run again"),
		   xasprintf("%" PRIu64 " thread%s not counted", c->p->lost_threads, advice_plural(c->p->lost_threads)));
}

void advice_unfinished(const struct advice_context *c, const struct advice_rule *rule)
{
	if (c->p->unfinished_runs == 0)
		return;
	advice_add(c, rule, PROFILE_NONE,
		   xstrdup("Counts of runs that did not reach their end hold up to the moment at which they stopped, but for calls of a "
			   "loop that ran then"),
		   xasprintf("%" PRIu64 " of %" PRIu64 " run%s killed, aborted or still running", c->p->unfinished_runs, c->p->runs,
			     advice_plural(c->p->runs)));
}

void advice_failed(const struct advice_context *c, const struct advice_rule *rule)
{
	uint64_t status = c->p->exit_status, n = c->p->failed_runs;
	char *how;

	if (n == 0)
		return;
	if (status > 128 && status < 128 + NSIG && sigabbrev_np((int)status - 128))
		how = xasprintf("exit status %" PRIu64 " (128 + SIG%s)", status, sigabbrev_np((int)status - 128));
	else
		how = xasprintf("exit status %" PRIu64, status);
	advice_add(c, rule, PROFILE_NONE, xstrdup("The program failed: this is the profile of a run that went wrong"),
		   xasprintf("%s, %" PRIu64 " run%s", how, n, advice_plural(n)));
	free(how);
}

void advice_few_samples(const struct advice_context *c, const struct advice_rule *rule)
{
	const struct report *r = c->report;
	const char *message;

	if (c->p->sample_runs == 0 || (double)r->samples >= rule->limit)
		return;
	if (r->samples == 0)
		message = "No sample fell into the program: times are from the clock, if it ran";
	else if (r->source == REPORT_SAMPLES)
		message = "Too few samples for more than a rough idea of the shares: use more --iterations or a longer input";
	else
		message = "Too few samples: times are from the clock. Use more --iterations or a longer input";
	advice_add(c, rule, PROFILE_NONE, xstrdup(message),
		   xasprintf("%" PRIu64 " sample%s in %" PRIu64 " run%s, %.0f wanted", r->samples, advice_plural(r->samples),
			     c->p->sample_runs, advice_plural(c->p->sample_runs), rule->limit));
}

void advice_noisy(const struct advice_context *c, const struct advice_rule *rule)
{
	const struct profile_times *plain = &c->p->wall[PROFILE_PLAIN];
	double lo, hi, spread;

	if (plain->n < 3 || c->report->plain_ns <= 0)
		return;
	profile_times_ci95(plain, &lo, &hi);
	spread = 50 * (hi - lo) / c->report->plain_ns;
	if (spread <= rule->limit)
		return;
	advice_add(c, rule, PROFILE_NONE,
		   xstrdup("Run times differ much: close what else is running, or use more --iterations, before comparing them"),
		   xasprintf("mean known within %.0f%%, slowest run %.1f times the fastest", spread,
			     (double)plain->max_ns / fmax((double)plain->min_ns, 1)));
}

void advice_overhead(const struct advice_context *c, const struct advice_rule *rule)
{
	if (c->report->overhead <= rule->limit)
		return;
	advice_add(c, rule, PROFILE_NONE,
		   xstrdup(c->report->source == REPORT_CLOCK
			       ? "Counting slows this program down, so shares from its clock lean towards functions that call much"
			       : "Counting slows this program down; counts are not affected, and times are of the plain build"),
		   xasprintf("instrumented build %.2f times the plain one", c->report->overhead));
}

void advice_runs_agree(const struct advice_context *c, const struct advice_rule *rule)
{
	const struct profile *p = c->p;
	size_t count = 0;

	if (p->runs < 2 || p->lost_threads > 0 || p->unfinished_runs > 0)
		return;
	for (size_t i = 0; i < c->report->fn_count; i++) {
		const struct profile_fn *fn = &p->fns[c->report->fns[i].fn];

		if (c->report->fns[i].calls_vary)
			return;
		count += fn->from > 0 || fn->calls > 0; /* not the empty `main` that the transpiler adds to a module */
	}
	if (count == 0)
		return;
	advice_add(c, rule, PROFILE_NONE, xstrdup("Every run made exactly the same calls"),
		   xasprintf("%zu function%s, %" PRIu64 " runs", count, advice_plural(count), p->runs));
}
