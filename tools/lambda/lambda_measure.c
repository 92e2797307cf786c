#include "lambda.h"
#include "runtime_server.h"
#include "strbuf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LEVEL	   0.95
#define FEWEST	   5
#define DISTURBED  10 /* one in so many of the time: waiting for a CPU */
#define TRIES	   4
#define OPEN_SHARE 0.10 /* of the total, that the phases may miss */

const char *lambda_phase_name(enum lambda_phase phase)
{
	static const char *const names[] = {[PHASE_FORK] = "fork, exec",
					    [PHASE_LOAD] = "kernel load",
					    [PHASE_LINK] = "dynamic linking",
					    [PHASE_BEFORE_MAIN] = "before main",
					    [PHASE_INIT] = "main to first next"};

	return names[phase];
}

static void push(struct lambda_samples *samples, double ns)
{
	samples->ns = xrealloc(samples->ns, samples->count + 1, sizeof *samples->ns);
	samples->ns[samples->count++] = ns > 0 ? ns : 0;
}

/* --- one run ------------------------------------------------------------------------------------------------------------------ */

static double between(uint64_t from, uint64_t to, double cost)
{
	return (double)to - (double)from - cost;
}

/* Half of a stop's cost falls before it is seen, half behind it: an interval between two stops has both halves. */
static void add_traced(struct lambda_program *p, const struct cold_start *s)
{
	double stop = cold_stop_ns(s);
	enum cold_point last = s->at[POINT_MAIN] ? POINT_MAIN : s->at[POINT_ENTRY] ? POINT_ENTRY : POINT_IMAGE;

	if (!s->at[POINT_IMAGE])
		return;
	push(&p->stop, stop);
	push(&p->phases[PHASE_LOAD], between(s->at[POINT_EXEC], s->at[POINT_IMAGE], stop / 2));
	p->faults[PHASE_LOAD] = s->faults[POINT_IMAGE];
	if (s->is_static) {
		push(&p->phases[PHASE_LINK], 0);
		p->faults[PHASE_LINK] = 0;
	} else if (s->at[POINT_ENTRY]) {
		push(&p->phases[PHASE_LINK], between(s->on[POINT_IMAGE], s->at[POINT_ENTRY], stop));
		p->faults[PHASE_LINK] = s->faults[POINT_ENTRY] - s->faults[POINT_IMAGE];
	}
	if (s->at[POINT_MAIN]) {
		push(&p->phases[PHASE_BEFORE_MAIN], between(s->on[POINT_ENTRY], s->at[POINT_MAIN], stop));
		p->faults[PHASE_BEFORE_MAIN] = s->faults[POINT_MAIN] - s->faults[POINT_ENTRY];
	}
	push(&p->phases[PHASE_INIT], between(s->on[last], s->at[POINT_NEXT], stop / 2));
	p->faults[PHASE_INIT] = s->faults[POINT_NEXT] - s->faults[last];
	p->knows_entry = s->at[POINT_ENTRY] != 0;
	p->knows_main = s->at[POINT_MAIN] != 0;
	p->programs = s->programs;
}

static void add_plain(struct lambda_program *p, const struct cold_start *s)
{
	push(&p->total, between(s->at[POINT_FORK], s->at[POINT_NEXT], 0));
	push(&p->phases[PHASE_FORK], between(s->at[POINT_FORK], s->at[POINT_EXEC], 0));
	push(&p->first, (double)s->invoke_ns[0]);
	for (unsigned i = 1; i < s->invokes; i++)
		push(&p->warm, (double)s->invoke_ns[i]);
	if (s->times.known) {
		push(&p->waited, between(s->at[POINT_FORK], s->at[POINT_NEXT], (double)(s->times.ran + s->times.queued)));
		push(&p->queued, (double)s->times.queued);
		push(&p->threads_ran, (double)s->times.others_ran);
		push(&p->threads_queued, (double)s->times.others_queued);
	}
	p->total_faults = s->faults[POINT_NEXT];
	p->base_rss = s->base_rss_bytes > p->base_rss ? s->base_rss_bytes : p->base_rss;
	p->peak_rss = s->peak_rss_bytes > p->peak_rss ? s->peak_rss_bytes : p->peak_rss;
	p->file_pages = s->file_pages;
	memcpy(p->answer, s->answer, sizeof p->answer);
}

static void add_dropped(struct lambda_program *p, const struct cold_start *s, bool traced)
{
	if (traced && s->at[POINT_IMAGE])
		push(&p->dropped_load, between(s->at[POINT_EXEC], s->at[POINT_IMAGE], cold_stop_ns(s) / 2));
	if (!traced)
		push(&p->dropped, between(s->at[POINT_FORK], s->at[POINT_NEXT], 0));
	p->kept_pages = s->kept_pages > p->kept_pages ? s->kept_pages : p->kept_pages;
}

/* A start that stood in the queue for a CPU, or was seen late, tells of the machine; under limits the queue is the limit itself. */
static bool is_disturbed(const struct lambda_run *run, const struct cold_start *s)
{
	return !run->cold.limits && s->times.queued + s->server_queued > (s->at[POINT_NEXT] - s->at[POINT_FORK]) / DISTURBED;
}

static int run_once(const struct lambda_run *run, struct lambda_program *p, bool traced, bool dropped, struct err *err)
{
	struct cold_options cold = run->cold;
	struct cold_start start;
	unsigned tries = 0;

	cold.program = p->path;
	cold.args = p->args ? p->args : run->cold.args;
	cold.traced = traced;
	cold.drop_cache = dropped;
	cold.show_output = run->cold.show_output && p->total.count == 0 && !traced;
	do {
		if (cold_start_run(&cold, &start, err) != 0)
			return -1;
		cold.show_output = false;
		p->disturbed += is_disturbed(run, &start);
	} while (is_disturbed(run, &start) && ++tries < TRIES);
	if (dropped)
		add_dropped(p, &start, traced);
	else if (traced)
		add_traced(p, &start);
	else
		add_plain(p, &start);
	return 0;
}

/* --- rounds ------------------------------------------------------------------------------------------------------------------ */

static int run_round(const struct lambda_run *run, struct lambda_program *p, bool dropped, struct err *err)
{
	if (run_once(run, p, false, false, err) != 0 || run_once(run, p, true, false, err) != 0)
		return -1;
	return dropped && (run_once(run, p, false, true, err) != 0 || run_once(run, p, true, true, err) != 0) ? -1 : 0;
}

static int give_up(struct lambda_program *p, bool is_first, struct err *err)
{
	if (is_first)
		return -1;
	p->failed = xasprintf("%s%s%s", err->what, *err->hint ? "; " : "", err->hint);
	err_free(err);
	return 0;
}

static void describe(struct lambda_program *p)
{
	struct stat st;

	p->file_bytes =
	    stat(p->args && *p->args ? *p->args : p->path, &st) == 0 /* of a script, not of who reads it */ ? (uint64_t)st.st_size : 0;
	for (int i = 0; i < LAMBDA_PHASES; i++)
		p->faults[i] = COLD_UNKNOWN;
}

static int run_all(struct lambda_run *run, struct lambda_program *programs, const size_t *order, size_t count, unsigned round,
		   struct err *err)
{
	for (size_t k = 0; k < count; k++) {
		size_t i = order[k];

		if (programs[i].failed)
			continue;
		run->progress(run->context, programs[i].name, round, run->rounds);
		if (run_round(run, &programs[i], round < run->dropped_rounds, err) != 0 && give_up(&programs[i], i == 0, err) != 0)
			return -1;
	}
	return 0;
}

int lambda_measure(struct lambda_run *run, struct lambda_program *programs, size_t count, struct err *err)
{
	uint64_t start = runtime_now();
	struct stats_rng rng = {start};
	size_t *order = xcalloc(count + 1, sizeof *order);
	int status = 0;

	for (size_t i = 0; i < count; i++) {
		describe(&programs[i]);
		order[i] = i;
	}
	for (unsigned round = 0; round < run->rounds && status == 0; round++) {
		if (round >= FEWEST && (double)(runtime_now() - start) / 1e9 > run->most_seconds)
			break;
		/* At random: none always runs behind the same one. */
		stats_rng_shuffle(&rng, order, count);
		status = run_all(run, programs, order, count, round, err);
		run->done = round + 1;
	}
	free(order);
	for (size_t i = 0; i < count && status == 0; i++) {
		struct cold_options cold = run->cold;

		cold.program = programs[i].path;
		cold.args = programs[i].args ? programs[i].args : run->cold.args;
		if (!programs[i].failed)
			lambda_facts_find(&cold, run->done, &programs[i].facts);
	}
	return status;
}

void lambda_program_free(struct lambda_program *p)
{
	for (int i = 0; i < LAMBDA_PHASES; i++)
		free(p->phases[i].ns);
	free(p->total.ns);
	free(p->first.ns);
	free(p->warm.ns);
	free(p->dropped.ns);
	free(p->dropped_load.ns);
	free(p->stop.ns);
	free(p->waited.ns);
	free(p->queued.ns);
	free(p->threads_ran.ns);
	free(p->threads_queued.ns);
	lambda_calls_free(&p->facts.calls);
	free(p->failed);
	free(p->facts.why_no_allocations);
}

/* --- figures ----------------------------------------------------------------------------------------------------------------- */

struct stats_interval lambda_median(const struct lambda_samples *samples)
{
	if (samples->count == 0)
		return (struct stats_interval){NAN, NAN, NAN};
	return stats_median_interval(samples->ns, samples->count, LEVEL);
}

double lambda_rest(const struct lambda_program *p)
{
	double rest = lambda_median(&p->total).value;

	for (int i = 0; i < LAMBDA_PHASES; i++)
		if (p->phases[i].count)
			rest -= lambda_median(&p->phases[i]).value;
	return rest;
}

bool lambda_adds_up(const struct lambda_program *p)
{
	struct stats_interval total = lambda_median(&p->total);
	double open = (total.hi - total.lo) / 2;

	for (int i = 0; i < LAMBDA_PHASES; i++) {
		struct stats_interval phase = lambda_median(&p->phases[i]);

		if (p->phases[i].count)
			open += (phase.hi - phase.lo) / 2;
	}
	return fabs(lambda_rest(p)) <= fmax(open, total.value * OPEN_SHARE);
}
