#include "race.h"
#include "interrupt.h"
#include "stats.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define MOST_FAILURES 10

struct racer {
	struct race_entrant *entrants;
	size_t count;
	const struct race_options *options;
	struct race_result *result;
	struct stats_rng rng;
	size_t *order;
	struct race_sample *round; /* the last run of each, by entrant */
	size_t capacity;
	bool warmup;
	double start;
	uint64_t failed_rounds; /* in a row */
};

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double elapsed(const struct racer *r)
{
	return r->warmup ? 0 : now_seconds() - r->start;
}

static struct race_sample sample_of(const struct subprocess_run *run, bool ok)
{
	return (struct race_sample){.wall_ns = run->wall_ns,
				    .cpu_ns = run->cpu_ns,
				    .user_ns = run->user_ns,
				    .system_ns = run->system_ns,
				    .queued_ns = run->queued_ns,
				    .peak_rss_bytes = run->peak_rss_bytes,
				    .status = run->status,
				    .ok = ok};
}

static bool counts(const struct racer *r, const struct subprocess_run *run)
{
	if (run->timed_out || run->interrupted)
		return false;
	return run->status == 0 || (r->options->on_failure == RACE_COUNT_FAILURES && WIFEXITED(run->status));
}

/* Of the last runs, 0 until each ran: all of them are to be started the same way. */
static uint64_t least_peak(const struct racer *r)
{
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < r->count; i++)
		least = r->round[i].peak_rss_bytes < least ? r->round[i].peak_rss_bytes : least;
	return least;
}

/* 1: it is no use to the caller. */
static int run_one(struct racer *r, size_t which, struct err *err)
{
	const struct race_options *o = r->options;
	struct race_entrant *entrant = &r->entrants[which];
	bool first = !entrant->first.ok && !entrant->failures;
	struct subprocess_run run = {.argv = entrant->argv,
				     .env = entrant->env,
				     .output_fd = -1,
				     .drain_fd = -1,
				     .input = o->input,
				     .show_output = o->show_output && first,
				     .earlier_peak_bytes = least_peak(r),
				     .no_peak = o->no_peaks,
				     .timeout_seconds = o->timeout_seconds};

	if (!run.show_output) {
		run.tick = o->tick;
		run.tick_context = o->context;
	}
	if (o->prepare && o->prepare(o->context, which, err) != 0)
		return -1;
	if (o->progress)
		o->progress(o->context, entrant, r->warmup, r->result->rounds, elapsed(r));
	if (subprocess_run(&run, err) != 0)
		return -1;
	r->result->interrupted |= run.interrupted;
	r->result->run_seconds += r->warmup ? 0 : (double)run.wall_ns / 1e9;
	r->round[which] = sample_of(&run, counts(r, &run));
	if (r->round[which].ok && o->finish && !o->finish(o->context, which, &r->round[which]))
		return 1;
	if (first && r->round[which].ok)
		entrant->first = r->round[which];
	if (!r->round[which].ok && !run.interrupted) {
		entrant->failures++;
		entrant->failed_status = run.status;
		entrant->timed_out = run.timed_out;
	}
	return 0;
}

/* 1: whole, 0: a run failed or was interrupted, -1: error. The other entrants need not run in a round that counts for nobody. */
static int run_round(struct racer *r, struct err *err)
{
	stats_rng_shuffle(&r->rng, r->order, r->count);
	for (size_t i = 0; i < r->count; i++) {
		size_t which = r->order[i];

		int status = run_one(r, which, err);

		if (status < 0)
			return -1;
		if (r->result->interrupted || interrupt_signal()) {
			r->result->interrupted = true;
			return 0;
		}
		if (status > 0)
			return 0;
		if (r->round[which].ok)
			continue;
		r->failed_rounds++;
		if (r->options->on_failure != RACE_DROP_ROUND ||
		    r->failed_rounds >= (r->options->most_failures ? r->options->most_failures : MOST_FAILURES))
			r->result->failed = &r->entrants[which];
		return 0;
	}
	r->failed_rounds = 0;
	return 1;
}

static void keep_round(struct racer *r)
{
	if (r->result->rounds == r->capacity) {
		r->capacity = r->capacity ? 2 * r->capacity : 64;
		for (size_t i = 0; i < r->count; i++)
			r->entrants[i].samples = xrealloc(r->entrants[i].samples, r->capacity, sizeof *r->entrants[i].samples);
	}
	for (size_t i = 0; i < r->count; i++) {
		r->entrants[i].samples[r->result->rounds] = r->round[i];
		r->entrants[i].count++;
	}
	r->result->rounds++;
}

static bool over(const struct racer *r)
{
	return r->result->interrupted || r->result->failed != NULL;
}

static bool wanted(struct racer *r)
{
	const struct race_options *o = r->options;

	if (over(r))
		return false;
	if (r->result->rounds < (o->min_rounds ? o->min_rounds : 1))
		return true;
	if (o->decide && r->result->rounds && o->decide(o->context, r->entrants, r->count, r->result->rounds, elapsed(r))) {
		r->result->decided = true;
		return false;
	}
	if (o->max_rounds && r->result->rounds >= o->max_rounds)
		return false;
	if (o->max_seconds > 0 && elapsed(r) >= o->max_seconds) {
		r->result->out_of_time = true;
		return false;
	}
	return o->max_rounds || o->max_seconds > 0;
}

static int run_all(struct racer *r, struct err *err)
{
	uint64_t done = 0;
	int whole = 0;

	r->warmup = true;
	while (done < r->options->warmup && !over(r) && whole >= 0) {
		whole = run_round(r, err);
		done += whole > 0;
	}
	r->warmup = false;
	r->start = now_seconds();
	while (whole >= 0 && wanted(r)) {
		do
			whole = run_round(r, err);
		while (whole == 0 && !over(r));
		if (whole > 0)
			keep_round(r);
	}
	r->result->seconds = elapsed(r);
	return whole < 0 ? -1 : 0;
}

int race(struct race_entrant *entrants, size_t count, const struct race_options *options, struct race_result *result, struct err *err)
{
	struct racer r = {.entrants = entrants, .count = count, .options = options, .result = result, .rng = {options->seed}};
	int status;

	*result = (struct race_result){0};
	r.order = xcalloc(count + 1, sizeof *r.order);
	r.round = xcalloc(count + 1, sizeof *r.round);
	for (size_t i = 0; i < count; i++) {
		r.order[i] = i;
		entrants[i].samples = NULL;
		entrants[i].count = 0;
		entrants[i].first = (struct race_sample){0};
		entrants[i].failures = 0;
		entrants[i].failed_status = 0;
		entrants[i].timed_out = false;
	}
	status = run_all(&r, err);
	free(r.order);
	free(r.round);
	return status;
}

void race_free(struct race_entrant *entrants, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(entrants[i].samples);
		entrants[i].samples = NULL;
		entrants[i].count = 0;
	}
}

static uint64_t figure_of(const struct race_sample *sample, enum race_figure figure)
{
	switch (figure) {
	case RACE_WALL:
		return sample->wall_ns;
	case RACE_UNQUEUED:
		return sample->queued_ns < sample->wall_ns ? sample->wall_ns - sample->queued_ns : 0;
	case RACE_CPU:
		return sample->cpu_ns;
	case RACE_USER:
		return sample->user_ns;
	case RACE_SYSTEM:
		return sample->system_ns;
	case RACE_PEAK_RSS:
		return sample->peak_rss_bytes;
	}
	return 0;
}

bool race_knows_queued(const struct race_entrant *entrant)
{
	for (size_t i = 0; i < entrant->count; i++) {
		if (entrant->samples[i].queued_ns == SUBPROCESS_UNKNOWN)
			return false;
	}
	return true;
}

double *race_figures(const struct race_entrant *entrant, enum race_figure figure)
{
	double *x = xcalloc(entrant->count + 1, sizeof *x);

	for (size_t i = 0; i < entrant->count; i++)
		x[i] = (double)figure_of(&entrant->samples[i], figure);
	return x;
}
