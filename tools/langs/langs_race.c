/* langs_race.c - the whole comparison: build, check, run in turn, count. */
#include "collect.h"
#include "langs_internal.h"
#include "race.h"

#include <stdlib.h>
#include <string.h>

#define START_ROUNDS  20
#define START_SECONDS 5
#define SEED	      9

static void on_race(void *context, const struct race_entrant *entrant, bool warmup, uint64_t round, double seconds)
{
	const struct lang_options *o = context;
	char *step = xasprintf(warmup ? "warming up" : "running (round %llu)", (unsigned long long)round + 1);

	(void)seconds;
	if (o->progress)
		o->progress(o->context, step, entrant->name);
	free(step);
}

static void on_tick(void *context)
{
	const struct lang_options *o = context;

	if (o->tick)
		o->tick(o->context);
}

/* One racer for each that takes part; `which` says whom. */
static size_t line_up(const struct lang_comparison *c, bool empty, struct race_entrant *racers, size_t *which)
{
	size_t count = 0;

	for (size_t i = 0; i < c->count; i++) {
		const struct lang_entrant *entrant = &c->entrants[i];

		if (entrant->absent || !(empty ? entrant->argv_empty : entrant->argv))
			continue;
		which[count] = i;
		racers[count++] = (struct race_entrant){.name = entrant->label,
							.argv = empty ? entrant->argv_empty : entrant->argv,
							.env = (char *const *)entrant->lang->variables};
	}
	return count;
}

static int tell_failure(const struct race_entrant *racer, const struct lang_options *o, struct err *err)
{
	if (racer->timed_out)
		return err_set(err, racer->name, "give --timeout more, or leave it out", "the program was stopped after %g s",
			       o->timeout_seconds);
	return err_set(err, racer->name, "it went well before; does it depend on time, or on what it leaves behind?",
		       "the program failed with %s", status_text(racer->failed_status));
}

static void keep(struct lang_entrant *entrant, const struct race_entrant *racer)
{
	double *cpu = race_figures(racer, RACE_CPU);

	entrant->wall = race_figures(racer, RACE_WALL);
	entrant->rounds = racer->count;
	entrant->cpu = stats_median(cpu, racer->count);
	for (size_t i = 0; i < racer->count; i++) {
		if (racer->samples[i].peak_rss_bytes > entrant->peak_rss)
			entrant->peak_rss = racer->samples[i].peak_rss_bytes;
	}
	free(cpu);
}

static int race_programs(struct lang_comparison *c, const struct lang_options *o, struct subprocess_stdin *input, struct err *err)
{
	struct race_options options = {.min_rounds = o->max_seconds > 0 ? 1 : o->runs,
				       .max_rounds = o->runs,
				       .warmup = o->warmup,
				       .max_seconds = o->max_seconds,
				       .timeout_seconds = o->timeout_seconds,
				       .seed = SEED,
				       .on_failure = o->ignore_failure ? RACE_COUNT_FAILURES : RACE_STOP,
				       .input = input,
				       .progress = on_race,
				       .tick = on_tick,
				       .context = (void *)(uintptr_t)o};
	struct race_entrant *racers = xcalloc(c->count + 1, sizeof *racers);
	size_t *which = xcalloc(c->count + 1, sizeof *which), count = line_up(c, false, racers, which);
	struct race_result result;
	int status = race(racers, count, &options, &result, err);

	if (status == 0 && result.failed)
		status = tell_failure(result.failed, o, err);
	for (size_t i = 0; status == 0 && i < count; i++)
		keep(&c->entrants[which[i]], &racers[i]);
	c->rounds = result.rounds;
	c->out_of_time = result.out_of_time;
	c->interrupted |= result.interrupted;
	race_free(racers, count);
	free(racers);
	free(which);
	return status;
}

/* Start-up: what cannot be run is not known, and no error. */
static int race_empty(struct lang_comparison *c, const struct lang_options *o, struct err *err)
{
	struct race_options options = {.min_rounds = 5,
				       .max_rounds = START_ROUNDS,
				       .warmup = 1,
				       .max_seconds = START_SECONDS,
				       .timeout_seconds = 60,
				       .seed = SEED,
				       .progress = on_race,
				       .tick = on_tick,
				       .context = (void *)(uintptr_t)o};
	struct race_entrant *racers = xcalloc(c->count + 1, sizeof *racers);
	size_t *which = xcalloc(c->count + 1, sizeof *which), count = line_up(c, true, racers, which);
	struct race_result result = {0};
	int status = count ? race(racers, count, &options, &result, err) : 0;

	for (size_t i = 0; status == 0 && !result.failed && i < count; i++) {
		c->entrants[which[i]].empty_wall = race_figures(&racers[i], RACE_WALL);
		c->entrants[which[i]].empty_rounds = racers[i].count;
	}
	c->empty_rounds = result.failed ? 0 : result.rounds;
	c->interrupted |= result.interrupted;
	race_free(racers, count);
	free(racers);
	free(which);
	return status;
}

static int run_all(struct lang_comparison *c, const struct lang_options *o, struct err *err)
{
	struct subprocess_stdin *input = subprocess_stdin_open(err);
	int status = input ? lang_check_outputs(c, o, input, err) : -1;

	if (status == 0 && !c->interrupted)
		status = race_programs(c, o, input, err);
	if (status == 0 && !c->interrupted && !o->no_start)
		status = race_empty(c, o, err);
	for (size_t i = 0; status == 0 && !c->interrupted && !o->no_counts && i < c->count; i++) {
		if (!c->entrants[i].absent)
			lang_count(&c->entrants[i], o, input);
	}
	if (input)
		subprocess_stdin_close(input);
	if (status == 0 && c->rounds > 0)
		lang_figures(c, o);
	return status;
}

/* Those that take part first, in the order given. */
static int count_present(struct lang_comparison *c, struct err *err)
{
	for (size_t i = 0; i < c->count; i++)
		c->present += !c->entrants[i].absent;
	if (c->entrants[0].absent)
		return err_set(err, c->entrants[0].source, c->entrants[0].get, "%s", c->entrants[0].absent);
	if (c->present >= 2)
		return 0;
	for (size_t i = 1; i < c->count; i++) {
		const struct lang_entrant *entrant = &c->entrants[i];

		if (entrant->absent)
			return err_set(err, entrant->label, entrant->get, "there is nothing to compare with: %s", entrant->absent);
	}
	return 0;
}

int lang_compare(const struct lang_options *o, struct lang_comparison *c, struct err *err)
{
	struct lang_builds builds = {0};
	int status;

	c->warmup = o->warmup;
	lang_find_tools(c);
	status = count_present(c, err);
	if (status == 0)
		status = lang_builds_open(&builds, c->count, err);
	for (size_t i = 0; status == 0 && i < c->count; i++) {
		if (!c->entrants[i].absent)
			status = lang_build(&builds, &c->entrants[i], i, o, err);
	}
	if (status == 0)
		status = run_all(c, o, err);
	lang_builds_close(&builds);
	return status;
}

static void free_words(char **words)
{
	for (size_t i = 0; words && words[i]; i++)
		free(words[i]);
	free(words);
}

void lang_entrant_free(struct lang_entrant *e)
{
	void *const owned[] = {e->source,  e->label, e->how,	    e->absent,	  e->get,    e->tool,
			       e->version, e->wall,  e->empty_wall, e->uncounted, e->command};

	for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
		free(owned[i]);
	free_words(e->argv);
	free_words(e->argv_empty);
	lang_needs_free(&e->needs);
}

void lang_comparison_free(struct lang_comparison *c)
{
	for (size_t i = 0; i < c->count; i++)
		lang_entrant_free(&c->entrants[i]);
	free(c->entrants);
	*c = (struct lang_comparison){0};
}
