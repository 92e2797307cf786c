/* Time in which the program did not run: blocked, without a CPU, threads one after another. */
#include "advice.h"
#include "strbuf.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#define BRIEF_NS     2e6
#define LOCK_STEP_NS 20e6
#define IDLE_PERCENT 50

static bool is_long_wait(const struct report *r, const struct advice_rule *rule, double ns)
{
	return ns > rule->limit / 100 * r->plain_ns && ns >= BRIEF_NS;
}

static char *part_of_wall(const struct report *r, double ns)
{
	return xasprintf("%.0f%% of the wall time: %.1f of %.1f ms", 100 * ns / r->plain_ns, ns / 1e6, r->plain_ns / 1e6);
}

/* Calls something that was blocked for most of the time that it was blocked itself. */
static bool is_only_above(const struct advice_context *c, const struct report_fn *row)
{
	for (size_t i = 0; i < c->p->edge_count; i++) {
		const struct profile_edge *edge = &c->p->edges[i];
		const struct report_fn *callee =
		    edge->caller == row->fn && edge->callee != row->fn ? analyze_row(c->report, edge->callee) : NULL;

		if (callee && callee->blocked_ns > row->blocked_ns / 2 && callee->blocked_ns <= row->blocked_ns * 1.05)
			return true;
	}
	return false;
}

static const struct report_fn *most_blocked(const struct advice_context *c)
{
	const struct report_fn *best = NULL;

	for (size_t i = 0; i < c->report->fn_count; i++) {
		const struct report_fn *row = &c->report->fns[i];

		if (row->blocked_ns > 0 && (!best || row->blocked_ns > best->blocked_ns) && !is_only_above(c, row))
			best = row;
	}
	return best;
}

void advice_blocked(const struct advice_context *c, const struct advice_rule *rule)
{
	const struct report *r = c->report;
	const struct report_fn *most = most_blocked(c);
	char *name;

	if (r->blocked_ns < 0 || !is_long_wait(r, rule, r->blocked_ns))
		return;
	name = most ? advice_name(c, most->fn) : NULL;
	advice_add(
	    c, rule, most ? most->fn : PROFILE_NONE,
	    xasprintf("Much of the time the program was blocked (sleep, input and output, locks)%s%s: faster code will not shorten that",
		      name ? ", above all in " : "", name ? name : ""),
	    part_of_wall(r, r->blocked_ns));
	free(name);
}

void advice_queued(const struct advice_context *c, const struct advice_rule *rule)
{
	const struct report *r = c->report;

	if (r->queued_ns >= 0 && is_long_wait(r, rule, r->queued_ns))
		advice_add(
		    c, rule, PROFILE_NONE,
		    xstrdup("The machine was busy: the program was ready to run but had to wait for a CPU, so wall times are too long"),
		    part_of_wall(r, r->queued_ns));
}

/* With threads the kernel does not tell the two apart. */
void advice_waiting(const struct advice_context *c, const struct advice_rule *rule)
{
	const struct report *r = c->report;

	if (r->blocked_ns >= 0 || !is_long_wait(r, rule, r->waiting_ns))
		return;
	advice_add(
	    c, rule, PROFILE_NONE,
	    xstrdup(
		"Much of the time no CPU was used (sleep, input and output, locks, or a busy machine): faster code will not shorten that"),
	    part_of_wall(r, r->waiting_ns));
}

/* Several threads, several CPUs, and yet together they were as fast as one: they wait for each other (a lock, a channel, a join too early).
 */
void advice_lock_step(const struct advice_context *c, const struct advice_rule *rule)
{
	const struct profile *p = c->p;
	const struct profile_times *wall = &p->wall[PROFILE_PLAIN], *cpu = &p->cpu[PROFILE_PLAIN];
	double used;

	if (p->threads < 3 || p->cpus < 2 || wall->n == 0 || cpu->n == 0 || profile_times_mean(wall) < LOCK_STEP_NS)
		return;
	/* On a busy machine that proves nothing: there must have been a CPU for one more thread. */
	if (p->idle_percent < IDLE_PERCENT)
		return;
	used = profile_times_mean(cpu) / profile_times_mean(wall);
	if (used > rule->limit || used < 0.5)
		return;
	advice_add(c, rule, PROFILE_NONE,
		   xasprintf("Its threads run one after another: see which lock, channel or join makes them wait for each other"),
		   xasprintf("%" PRIu64 " threads at once used %.2f of %" PRIu64 " CPUs, while %.1f were idle", p->threads, used, p->cpus,
			     (double)p->idle_percent / 100))
	    ->gain = xasprintf("up to %.0f%% of the wall time", 100 * (1 - used / fmin((double)p->cpus, (double)p->threads - 1)));
}
