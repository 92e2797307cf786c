/*
 * bench_gate_layout.c - where the linker puts code alone changes the time of small loops by more than a threshold, and a change anywhere
 * in a program moves it. No number of runs of two binaries shows that. So a rise that the counts don't explain must show over several
 * layouts of both programs, too.
 */
#include "bench_gate.h"
#include "fs.h"
#include "strbuf.h"
#include "term.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LAYOUTS	      5 /* at a time, until they decide */
#define TIMES	      4
#define LEAST_LAYOUTS 3
#define ROUNDS	      6
#define LEVEL	      (1 - BENCH_ALPHA / TIMES)
#define EXPLAINS      0.25 /* of the rise in time, in shares of the executed lines */
#define NS_PER_LINE   100  /* the most that one may cost */

static bool has_failed(const struct bench_line *line)
{
	return line->judged && line->verdict == BENCH_FAIL;
}

static const struct bench_line *failed_line(const struct bench_report *r)
{
	return has_failed(&r->lines[METRIC_WALL])  ? &r->lines[METRIC_WALL]
	       : has_failed(&r->lines[METRIC_CPU]) ? &r->lines[METRIC_CPU]
						   : NULL;
}

/* It does so much more than before that the time is no wonder. */
static bool does_more(const struct bench_report *r, const struct bench_line *failed)
{
	const struct bench_line *lines = &r->lines[METRIC_LINES];

	return lines->present && lines->a > 0 && lines->b / lines->a - 1 >= EXPLAINS * (failed->ratio.value - 1) &&
	       lines->b - lines->a >= failed->shift / NS_PER_LINE;
}

/*
 * These two binaries are apart, that is shown already. Over the layouts the rise must be there, and as large; that all of the interval is
 * beyond the threshold would take many more of them, since layouts differ more than rounds.
 */
static void set_verdict(struct gate *g, enum bench_metric_id id, const struct stats_interval *ratio)
{
	struct bench_line *line = &g->report->lines[id];

	if (has_failed(line))
		line->verdict = ratio->lo > 1 && ratio->value > 1 + line->threshold ? BENCH_FAIL
				: ratio->hi < 1 + line->threshold		    ? BENCH_PASS
										    : BENCH_INCONCLUSIVE;
}

/* ---- what there is time for ------------------------------------------------------------------------------------------------------ */

/* How many layouts can be built and run in `left` seconds, `run` of which a run of both takes; 0: too few. */
static size_t layouts_within(const struct gate *g, double run, double left)
{
	const struct bench_report *r = g->report;
	double cpus = (double)sysconf(_SC_NPROCESSORS_ONLN), built = g->subjects[NEW].build->seconds[BUILD_PLAIN];
	double compile = (r->rustc.a >= 0 ? r->rustc.b / 1e9 : built > 0 ? built : 1) * 2 / fmin(cpus, 2);
	double most = left / (compile + (ROUNDS + 1) * run);

	return most < LEAST_LAYOUTS ? 0 : most < LAYOUTS ? (size_t)most : LAYOUTS;
}

/* ---- the programs ---------------------------------------------------------------------------------------------------------------- */

/* One side, over `layouts` layouts from the `first` on; 1: the linker can't. */
static int build_side(struct build *build, const char *rust, size_t size, struct bench_subject *subjects, size_t first, size_t layouts,
		      const struct bench_options *options, struct err *err)
{
	struct build_variant *variants = xcalloc(layouts, sizeof *variants);
	char *words[LAYOUTS][5] = {{0}};
	int status;

	for (size_t i = 0; i < layouts; i++) {
		words[i][0] = (char *)"-C";
		words[i][1] = xasprintf("link-arg=-Wl,--shuffle-sections=.text*=%zu", first + i + 1);
		variants[i] = (struct build_variant){.rust = rust, .rust_size = size, .flags = words[i]};
	}
	status = build_variants(build, variants, layouts, NULL, NULL, err);
	for (size_t i = 0; i < layouts; i++) {
		size_t bytes;
		char *program = NULL;

		if (status == 0 && !variants[i].program)
			status = 1;
		if (status == 0 && !(program = fs_read(variants[i].program, 0, &bytes, err)))
			status = -1;
		if (status == 0)
			status = bench_subject_take(&subjects[i], "program", program, bytes, options, err);
		free(program);
		free(words[i][1]);
		build_variant_free(&variants[i]);
	}
	free(variants);
	return status;
}

/* The text of then, and what can build it with the flags of then. NULL: nothing can. */
static struct build *old_build(struct gate *g, char **rust, size_t *size)
{
	const struct bench_baseline *b = g->baseline;
	const char *flags = g->options->rustc_flags ? g->options->rustc_flags : "";
	char *store = bench_store_path(g->options->store, g->options->source);
	struct build *build = g->subjects[OLD].build;
	struct err ignored = {0};

	*rust = *b->rust && (build || strcmp(flags, b->rustc_flags) == 0) ? bench_store_get(store, b->rust, size, &ignored) : NULL;
	err_free(&ignored);
	free(store);
	return !*rust ? NULL : build ? build : g->subjects[NEW].build;
}

static int build_both(struct gate *g, struct bench_subject *subjects, size_t first, size_t layouts, struct err *err)
{
	struct build *now = g->subjects[NEW].build, *then;
	char *rust;
	size_t size;
	int status;

	term_progress("placing the code of %s anew", g->options->source);
	then = old_build(g, &rust, &size);
	status = then ? build_side(then, rust, size, subjects, first, layouts, g->options, err) : 1;
	if (status == 0)
		status = build_side(now, now->rust, now->rust_size, subjects + layouts, first, layouts, g->options, err);
	free(rust);
	return status;
}

/* ---- the race ------------------------------------------------------------------------------------------------------------------------ */

/* Times of both sides, the rounds of a layout together. */
struct layered {
	double *wall[2], *cpu[2];
	size_t layouts;
};

static void append(double **all, size_t layouts, const struct bench_subject *subject, const struct race_entrant *entrant,
		   enum race_figure figure)
{
	double *x = bench_figures(subject, entrant, figure);

	*all = xrealloc(*all, (layouts + 1) * ROUNDS, sizeof **all);
	for (size_t i = 0; i < ROUNDS; i++)
		(*all)[layouts * ROUNDS + i] = fmax(x[i], 1);
	free(x);
}

static void take(struct layered *all, const struct bench_subject *subjects, const struct race_entrant *entrants, size_t layouts)
{
	bool unqueued = true;

	for (size_t i = 0; i < 2 * layouts; i++)
		unqueued &= race_knows_queued(&entrants[i]);
	for (size_t i = 0; i < layouts; i++, all->layouts++) {
		for (size_t side = 0; side < 2; side++) {
			size_t k = side * layouts + i;

			append(&all->wall[side], all->layouts, &subjects[k], &entrants[k], unqueued ? RACE_UNQUEUED : RACE_WALL);
			append(&all->cpu[side], all->layouts, &subjects[k], &entrants[k], RACE_CPU);
		}
	}
}

static int race_layouts(struct gate *g, struct bench_subject *subjects, size_t layouts, struct layered *all, struct err *err)
{
	struct race_entrant entrants[2 * LAYOUTS] = {{0}};
	struct bench_options options = *g->options;
	struct race_result result = {0};
	int status = 0;

	options.runs = ROUNDS;
	options.warmup = 1;
	for (size_t i = 0; i < 2 * layouts; i++)
		entrants[i].name = i < layouts ? "the baseline, code placed anew" : "the current program, code placed anew";
	if (g->subjects[NEW].repeats > 1)
		status = bench_subjects_repeat(subjects, 2 * layouts, &options, options.input, err);
	if (status == 0)
		status = bench_measure(subjects, entrants, 2 * layouts, &options, NULL, NULL, &result, err);
	if (status == 0 && result.rounds < ROUNDS)
		status = err_set(err, options.source, NULL, "interrupted");
	if (status == 0)
		take(all, subjects, entrants, layouts);
	g->report->seconds += result.seconds;
	g->report->run_seconds += result.run_seconds;
	race_free(entrants, 2 * layouts);
	return status;
}

/* 1: it can't be done, which is no error. */
static int more_layouts(struct gate *g, size_t layouts, struct layered *all, struct err *err)
{
	struct bench_subject subjects[2 * LAYOUTS] = {{0}};
	int status = build_both(g, subjects, all->layouts, layouts, err);

	if (status == 0)
		status = race_layouts(g, subjects, layouts, all, err);
	for (size_t i = 0; i < 2 * layouts; i++)
		bench_subject_free(&subjects[i]);
	return status;
}

/* ---- what it says ------------------------------------------------------------------------------------------------------------------- */

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void conclude(struct gate *g, const struct layered *all)
{
	struct bench_report *r = g->report;

	r->layouts = (struct bench_layouts){.count = all->layouts, .rounds = ROUNDS, .level = LEVEL};
	r->layouts.wall = stats_ratio_layered(all->wall[OLD], all->wall[NEW], all->layouts, ROUNDS, LEVEL);
	r->layouts.cpu = stats_ratio_layered(all->cpu[OLD], all->cpu[NEW], all->layouts, ROUNDS, LEVEL);
	for (int i = 0; i < METRICS; i++)
		r->lines[i].verdict = r->lines[i].at_first;
	set_verdict(g, METRIC_WALL, &r->layouts.wall);
	set_verdict(g, METRIC_CPU, &r->layouts.cpu);
}

static bool is_decided(const struct bench_report *r)
{
	return r->lines[METRIC_WALL].verdict != BENCH_INCONCLUSIVE && r->lines[METRIC_CPU].verdict != BENCH_INCONCLUSIVE;
}

static void look(struct gate *g)
{
	struct bench_report *r = g->report;
	struct layered all = {0};
	struct err problem = {0};
	double end = now_seconds() + g->options->max_time - r->seconds;
	double run = r->rounds ? r->run_seconds / (double)r->rounds : 0; /* waits for a CPU included */
	double begin, took = 0;
	size_t layouts;
	int status = 0;

	for (int i = 0; status == 0 && i < TIMES && (i == 0 || !is_decided(r)); i++) {
		begin = now_seconds();
		layouts = end - begin < took ? 0 : layouts_within(g, run, end - begin);
		if (layouts == 0)
			break;
		status = more_layouts(g, layouts, &all, &problem);
		if (status == 0)
			conclude(g, &all);
		took = now_seconds() - begin;
	}
	if (status != 0)
		bench_note(r, "where the code lies may be the reason: other layouts of it could not be made%s%s", problem.set ? ": " : "",
			   problem.set ? problem.what : "");
	else if (all.layouts == 0)
		bench_note(r, "where the code lies may be the reason; to look at several layouts of it, give --max-time more");
	err_free(&problem);
	for (size_t side = 0; side < 2; side++) {
		free(all.wall[side]);
		free(all.cpu[side]);
	}
}

void gate_confirm(struct gate *g)
{
	struct bench_report *r = g->report;
	const struct bench_line *failed;

	for (int i = 0; i < METRICS; i++)
		r->lines[i].at_first = r->lines[i].verdict;
	failed = failed_line(r);
	if (!failed || g->stored || does_more(r, failed))
		return;
	if (strcmp(g->subjects[OLD].hash, g->subjects[NEW].hash) == 0) {
		set_verdict(g, METRIC_WALL, &(struct stats_interval){1, 0, 0});
		set_verdict(g, METRIC_CPU, &(struct stats_interval){1, 0, 0});
		bench_note(r, "a program can't be slower than itself: that is noise, and no failure");
	} else if (g->options->no_counts && !r->lines[METRIC_LINES].present) {
		bench_note(r, "where the code lies may be the reason; that is looked into where counts are not left out (--no-counts)");
	} else if (g->subjects[NEW].build) {
		look(g);
	} else {
		bench_note(r, "where the code lies may be the reason: other layouts are made of single files alone");
	}
}
