#include "bench.h"
#include "collect.h"
#include "strbuf.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define LEAST_ROUNDS  10
#define LEAST_SECONDS 3.0
#define MOST_ROUNDS   5000

int bench_run_failed(const struct race_entrant *entrant, const struct bench_options *options, struct err *err)
{
	if (entrant->timed_out)
		return err_set(err, options->source, "give --timeout more", "%s was stopped after %g s", entrant->name, options->timeout);
	return err_set(err, options->source, "a failed run is no sample; with --ignore-failure, runs that exit by themselves are",
		       "%s failed with %s", entrant->name, status_text(entrant->failed_status));
}

struct measuring {
	const struct bench_options *options;
	bool (*decide)(void *, const struct race_entrant *, size_t, uint64_t, double);
	void *context;
	const struct bench_subject *subjects;
	uint64_t known, unknown; /* runs of which the kernel tells how long they waited for a CPU */
};

/* Few that don't tell are run again; where most don't (threads), all are taken as they are. */
static bool on_finish(void *context, size_t entrant, struct race_sample *sample)
{
	struct measuring *m = context;

	bench_repeat_finish(&m->subjects[entrant], sample);
	if (sample->queued_ns != SUBPROCESS_UNKNOWN) {
		m->known++;
		return true;
	}
	return ++m->unknown * 5 > m->known;
}

static bool decide(void *context, const struct race_entrant *entrants, size_t count, uint64_t rounds, double seconds)
{
	struct measuring *m = context;

	if (m->options->runs)
		return false;
	if (m->decide)
		return m->decide(m->context, entrants, count, rounds, seconds);
	return seconds >= LEAST_SECONDS;
}

static void on_run(void *context, const struct race_entrant *entrant, bool warmup, uint64_t round, double seconds)
{
	(void)context;
	if (warmup)
		term_progress("warming up: %s", entrant->name);
	else
		term_progress("round %llu, %.1f s: %s", (unsigned long long)round + 1, seconds, entrant->name);
}

static void on_tick(void *context)
{
	(void)context;
	term_progress_tick();
}

int bench_measure(struct bench_subject *subjects, struct race_entrant *entrants, size_t count, const struct bench_options *options,
		  bool (*decided)(void *, const struct race_entrant *, size_t, uint64_t, double), void *context, struct race_result *result,
		  struct err *err)
{
	struct measuring m = {.options = options, .decide = decided, .context = context, .subjects = subjects};
	struct race_options o = {.min_rounds = options->runs ? options->runs : LEAST_ROUNDS,
				 .max_rounds = options->runs ? options->runs : MOST_ROUNDS,
				 .warmup = options->warmup > subjects->warm ? options->warmup - subjects->warm : 0,
				 .max_seconds = options->runs ? 0 : options->max_time,
				 .timeout_seconds = options->timeout,
				 .seed = options->seed,
				 .on_failure = options->ignore_failure ? RACE_COUNT_FAILURES : RACE_STOP,
				 .no_peaks = options->no_peaks,
				 .input = options->input,
				 .decide = decide,
				 .progress = on_run,
				 .tick = on_tick,
				 .finish = on_finish,
				 .context = &m};
	int status;

	for (size_t i = 0; i < count; i++)
		entrants[i].argv = subjects[i].argv;
	status = race(entrants, count, &o, result, err);
	term_progress_clear();
	if (status == 0 && result->failed)
		status = bench_run_failed(result->failed, options, err) < 0 ? 1 : 0;
	return status;
}

double *bench_times(const struct bench_subject *subject, const struct race_entrant *entrant, bool unqueued)
{
	return bench_figures(subject, entrant, unqueued ? RACE_UNQUEUED : RACE_WALL);
}

double *bench_figures(const struct bench_subject *subject, const struct race_entrant *entrant, enum race_figure figure)
{
	double *x = race_figures(entrant, figure);

	for (size_t i = 0; figure != RACE_PEAK_RSS && i < entrant->count; i++)
		x[i] /= (double)subject->repeats;
	return x;
}

double *bench_codes(const struct race_entrant *entrant)
{
	double *codes = xcalloc(entrant->count + 1, sizeof *codes);

	for (size_t i = 0; i < entrant->count; i++)
		codes[i] = WEXITSTATUS(entrant->samples[i].status);
	return codes;
}
