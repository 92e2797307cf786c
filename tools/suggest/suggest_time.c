/* suggest_time.c - run times and peak RSS of trials, in turn with what they are compared with, over the layouts that were built. */
#include "interrupt.h"
#include "race.h"
#include "suggest.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Of several layouts the layouts are the samples; of one, the rounds. */
#define ROUNDS_MOST  10
#define ROUNDS_LEAST 4
#define ALONE_MOST   40
#define ALONE_LEAST  12
#define JOINT_ERROR  0.05 /* of all intervals of one race together */

struct field {
	struct suggest *s;
	struct suggest_trial **trials; /* those that run; [0] is compared with */
	size_t count, layouts;	       /* layouts: of one at most */
	struct race_entrant *entrants;
	size_t *first; /* [trial]: its first entrant; [entered]: their number */
	size_t entered;
};

static size_t layouts_of(const struct field *f, size_t trial)
{
	size_t built = suggest_layouts(f->trials[trial]);

	return suggest_usable_layouts(built < f->layouts ? built : f->layouts);
}

/* Seconds of a round. */
static double cost_of(const struct field *f)
{
	double seconds = 0;

	for (size_t i = 0; i < f->count; i++)
		seconds += f->trials[i]->run_seconds * (double)layouts_of(f, i);
	return seconds;
}

static void tell_round(void *context, const struct race_entrant *entrant, bool warmup, uint64_t round, double seconds)
{
	const struct field *f = context;

	(void)entrant;
	(void)seconds;
	suggest_step(f->s, warmup ? "warming up, %zu programs, round %llu:" : "racing %zu programs, round %llu:", f->first[f->entered],
		     (unsigned long long)round + 1);
}

static size_t least_rounds(const struct field *f)
{
	return f->layouts > 1 ? ROUNDS_LEAST : ALONE_LEAST;
}

static bool fits(const struct field *f, double seconds)
{
	return cost_of(f) * (double)(least_rounds(f) + 1) <= seconds;
}

/* As many layouts as fit, then as many trials: the last ones are left out. False: there is not even time for one. */
static bool fit(struct field *f, double seconds)
{
	while (f->layouts > 1 && !fits(f, seconds))
		f->layouts = suggest_usable_layouts(f->layouts - 1);
	while (f->count > 2 && !fits(f, seconds)) {
		f->count--;
		f->s->out_of_time = true;
	}
	return fits(f, seconds);
}

static void enter(struct field *f)
{
	size_t used = 0;

	f->entrants = xcalloc(f->count * f->layouts, sizeof *f->entrants);
	f->first = xcalloc(f->count + 1, sizeof *f->first);
	for (size_t i = 0; i < f->count; i++) {
		f->first[i] = used;
		for (size_t k = 0; k < layouts_of(f, i); k++)
			f->entrants[used++] = (struct race_entrant){.name = f->trials[i]->id,
								    .argv = suggest_command(f->s, suggest_program(f->trials[i], k))};
	}
	f->first[f->count] = used;
	f->entered = f->count;
}

static void leave(struct field *f)
{
	race_free(f->entrants, f->first[f->entered]);
	for (size_t i = 0; i < f->first[f->entered]; i++)
		free((void *)(uintptr_t)f->entrants[i].argv);
	free(f->entrants);
	free(f->first);
}

/* Of the first layouts: [layout * rounds + round]; the caller frees. NULL when one is 0, of which no ratio can be made. */
static double *figures_of(const struct field *f, size_t trial, size_t layouts, enum race_figure figure, size_t rounds)
{
	double *all = xcalloc(layouts * rounds + 1, sizeof *all);
	bool positive = true;

	for (size_t k = 0; k < layouts; k++) {
		double *x = race_figures(&f->entrants[f->first[trial] + k], figure);

		for (size_t r = 0; r < rounds; r++) {
			all[k * rounds + r] = x[r];
			positive = positive && x[r] > 0;
		}
		free(x);
	}
	if (positive)
		return all;
	free(all);
	return NULL;
}

static void compare(const struct field *f, size_t trial, enum race_figure figure, size_t rounds, struct suggest_change *change)
{
	double level = 1 - JOINT_ERROR / (double)(f->count > 1 ? f->count - 1 : 1);
	size_t layouts = layouts_of(f, trial) < layouts_of(f, 0) ? layouts_of(f, trial) : layouts_of(f, 0);
	double *a = figures_of(f, 0, layouts, figure, rounds), *b = figures_of(f, trial, layouts, figure, rounds);

	*change = (struct suggest_change){0};
	if (a && b && rounds > 0) {
		change->known = true;
		change->from = stats_median(a, layouts * rounds);
		change->to = stats_median(b, layouts * rounds);
		change->layouts = layouts;
		change->rounds = rounds;
		change->ratio = trial == 0 ? (struct stats_interval){1, 1, 1} : suggest_interval(a, b, layouts, rounds, level);
	}
	free(a);
	free(b);
}

/* What a busy machine lets it wait is not its doing. */
static bool know_queues(const struct field *f)
{
	for (size_t i = 0; i < f->first[f->entered]; i++)
		if (!race_knows_queued(&f->entrants[i]))
			return false;
	return true;
}

static void evaluate(const struct field *f, size_t rounds)
{
	enum race_figure figure = know_queues(f) ? RACE_UNQUEUED : RACE_WALL;

	f->s->unqueued = figure == RACE_UNQUEUED;
	for (size_t i = 0; i < f->count; i++) {
		compare(f, i, figure, rounds, &f->trials[i]->changes[SUGGEST_TIME]);
		compare(f, i, RACE_PEAK_RSS, rounds, &f->trials[i]->changes[SUGGEST_MEMORY]);
		f->trials[i]->timed = true;
	}
}

/* The one that failed has no part in the next race. 0: run it again without; 1: nothing can be raced. */
static int drop(struct field *f, const struct race_entrant *failed)
{
	size_t which = 0;

	while (f->first[which + 1] <= (size_t)(failed - f->entrants))
		which++;
	if (which == 0) {
		free(f->s->untimed);
		f->s->untimed = xstrdup("a run of the program failed");
		return 1;
	}
	f->trials[which]->state = SUGGEST_DIFFERS;
	free(f->trials[which]->why);
	f->trials[which]->why = xstrdup("a run of it failed");
	memmove(&f->trials[which], &f->trials[which + 1], (f->count - which - 1) * sizeof(void *));
	f->count--;
	return 0;
}

static int run_race(struct field *f, double share, struct err *err)
{
	struct race_options options = {.min_rounds = least_rounds(f),
				       .max_rounds = f->layouts > 1 ? ROUNDS_MOST : ALONE_MOST,
				       .warmup = 1,
				       .seed = 1,
				       .on_failure = RACE_DROP_ROUND,
				       .most_failures = 2,
				       .input = f->s->input,
				       .timeout_seconds = f->s->audit->options->timeout,
				       .progress = tell_round,
				       .context = f};
	struct race_result result;
	int status = 0, dropped = 0;

	while (status == 0 && dropped == 0 && f->count > 1) {
		enter(f);
		options.max_seconds = suggest_left(f->s, share) - cost_of(f);
		if (options.max_seconds <= 0)
			options.max_seconds = 1e-3;
		status = race(f->entrants, f->first[f->entered], &options, &result, err);
		if (status == 0 && result.interrupted)
			status = err_set(err, f->s->audit->subject.operand, NULL, "interrupted");
		if (status == 0 && result.failed) {
			dropped = drop(f, result.failed);
		} else if (status == 0) {
			evaluate(f, result.rounds);
			dropped = 1;
		}
		leave(f);
	}
	return status;
}

int suggest_time(struct suggest *s, struct suggest_trial **trials, size_t count, double share, struct err *err)
{
	struct field f = {.s = s, .layouts = SUGGEST_LAYOUTS, .trials = xcalloc(count + 1, sizeof(struct suggest_trial *))};
	int status = 0;

	for (size_t i = 0; i < count; i++) {
		if (trials[i]->state != SUGGEST_TRIED || !suggest_program(trials[i], 0))
			continue;
		f.trials[f.count++] = trials[i];
	}
	/* All have one alone: then that is what the rounds are for. */
	size_t most = 0;

	for (size_t i = 1; i < f.count; i++)
		most = layouts_of(&f, i) > most ? layouts_of(&f, i) : most;
	f.layouts = most;
	if (f.count > 1 && !s->untimed) {
		if (fit(&f, suggest_left(s, share)))
			status = run_race(&f, share, err);
		else
			s->out_of_time = true;
	}
	free(f.trials);
	return status;
}

void suggest_size(struct suggest_trial **trials, size_t count)
{
	double base = 0;

	for (size_t i = 0; i < count; i++) {
		const char *program = trials[i]->state == SUGGEST_TRIED ? suggest_program(trials[i], 0) : NULL;
		struct stat st;

		if (!program || stat(program, &st) != 0 || st.st_size <= 0)
			continue;
		if (i == 0)
			base = (double)st.st_size;
		if (base <= 0)
			continue;
		double ratio = (double)st.st_size / base;

		trials[i]->changes[SUGGEST_SIZE] =
		    (struct suggest_change){.known = true, .from = base, .to = (double)st.st_size, .ratio = {ratio, ratio, ratio}};
	}
}
