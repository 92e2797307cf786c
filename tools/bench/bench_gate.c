/* bench_gate.c - a baseline against the program of today. */
#include "bench_gate.h"
#include "bench_old.h"
#include "shellquote.h"
#include "strbuf.h"
#include "term.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_LOOK  10
#define ROUNDS_MOST 5000.0
#define TINY	    0.002

static bool decide(void *context, const struct race_entrant *entrants, size_t count, uint64_t rounds, double seconds)
{
	struct gate *g = context;
	double alpha, part = fmax(seconds / g->options->max_time, (double)rounds / ROUNDS_MOST);

	(void)entrants;
	(void)count;
	if (!looks_due(&g->looks, rounds, part, &alpha))
		return false;
	if (gate_judge_timed(g, alpha, false) == BENCH_INCONCLUSIVE)
		return false;
	gate_judge_timed(g, alpha, true);
	return true;
}

static int find_baseline(struct gate *g, struct err *err)
{
	const struct bench_options *o = g->options;
	char *store = bench_store_path(o->store, o->source), *file = bench_store_file(store, o->source, o->bin);
	char *arguments = shellquote_join(o->args), *problems = NULL, *rest, *line;

	g->baseline = bench_store_find(store, file, o->baseline, &problems, err);
	for (rest = problems; g->baseline && (line = strsep(&rest, "\n")) && *line;)
		bench_warn(g->report, "a baseline can't be read, and is left out: %s", line);
	if (g->baseline && strcmp(g->baseline->command, arguments) != 0)
		err_usage(err, g->baseline->path, "give the program the same arguments", "the baseline was taken with %s",
			  *g->baseline->command ? g->baseline->command : "no arguments");
	if (g->baseline && *g->baseline->profile) {
		struct err problem = {0};

		g->before = bench_store_profile(store, g->baseline, &problem);
		if (!g->before)
			bench_note(g->report, "no counts: %s", problem.what);
		err_free(&problem);
	}
	if (g->baseline)
		gate_tell_inputs(g, store);
	if (!err->set && !o->stored_only)
		g->stored = bench_old_program(&g->subjects[OLD], &(struct old_place){store, g->subjects[NEW].build}, g->baseline, o,
					      g->report) != 0;
	else
		g->stored = true;
	free(problems);
	free(arguments);
	free(file);
	free(store);
	return err->set ? -1 : 0;
}

static int check_host(struct gate *g, struct err *err)
{
	struct bench_host host = {0};
	int status = 0;

	bench_host_fill(&host);
	g->report->host = bench_host_text(&host);
	g->report->baseline_host = bench_host_text(&g->baseline->host);
	g->report->same_host = strcmp(host.fingerprint, g->baseline->host.fingerprint) == 0;
	if (g->stored)
		g->report->how = HOW_STORED;
	if (g->stored && !g->report->same_host && !g->options->allow_other_host)
		status = err_set(err, g->baseline->path, "make a baseline here, or give --allow-other-host",
				 "the stored samples are of another machine: %s", g->report->baseline_host);
	bench_host_free(&host);
	return status;
}

static void keep_samples(struct gate *g)
{
	struct bench_report *r = g->report;
	const struct race_entrant *now = &g->entrants[g->stored ? 0 : NEW];
	const struct bench_subject *old = &g->subjects[OLD], *new = &g->subjects[NEW];

	r->b_wall = bench_figures(new, now, RACE_WALL);
	r->b_user = bench_figures(new, now, RACE_USER);
	r->b_system = bench_figures(new, now, RACE_SYSTEM);
	r->b_codes = bench_codes(now);
	r->b_rss = new->repeats == 1 && !g->options->no_peaks ? bench_figures(new, now, RACE_PEAK_RSS) : NULL;
	r->b_count = now->count;
	if (g->stored) {
		const struct bench_baseline *b = g->baseline;

		r->a_count = b->wall.n;
		r->a_wall = gate_copy_of(&b->wall);
		r->a_user = b->user.n == b->wall.n ? gate_copy_of(&b->user) : NULL;
		r->a_system = b->system.n == b->wall.n ? gate_copy_of(&b->system) : NULL;
		r->a_rss = b->rss.n == b->wall.n ? gate_copy_of(&b->rss) : NULL;
		return;
	}
	r->a_wall = bench_figures(old, &g->entrants[OLD], RACE_WALL);
	r->a_user = bench_figures(old, &g->entrants[OLD], RACE_USER);
	r->a_system = bench_figures(old, &g->entrants[OLD], RACE_SYSTEM);
	r->a_codes = bench_codes(&g->entrants[OLD]);
	r->a_rss = old->repeats == 1 && !g->options->no_peaks ? bench_figures(old, &g->entrants[OLD], RACE_PEAK_RSS) : NULL;
	r->a_count = g->entrants[OLD].count;
}

static void warn_of(struct gate *g, size_t subject, const struct race_entrant *entrant, const char *who)
{
	double *times = gate_run_figures(g, subject, entrant, METRIC_WALL), *cpu = gate_run_figures(g, subject, entrant, METRIC_CPU);

	bench_warn_samples(g->report, who, times, cpu, entrant->count);
	free(times);
	free(cpu);
}

static void warn(struct gate *g)
{
	struct bench_report *r = g->report;
	const struct race_entrant *now = &g->entrants[g->stored ? 0 : NEW];
	double *times = gate_run_figures(g, NEW, now, METRIC_WALL);

	warn_of(g, NEW, now, "the current program");
	if (!g->stored)
		warn_of(g, OLD, &g->entrants[OLD], "the baseline");
	r->queued = gate_is_unqueued(g) && now->count ? 1 - stats_mean(times, now->count) / stats_mean(r->b_wall, now->count) : -1;
	if (r->queued >= 0.005)
		bench_note(r, "no CPU was free for %.0f%% of the wall time; that is left out", 100 * r->queued);
	r->b_times = times;
	r->a_times = g->stored ? gate_stored_figures(g, METRIC_WALL) : gate_run_figures(g, OLD, &g->entrants[OLD], METRIC_WALL);
	if (r->b_count)
		bench_warn_short(r, "the current program", stats_median(times, r->b_count), g->subjects[NEW].repeats);
	bench_warn_machine(r);
	if (g->subjects[NEW].repeats > 1)
		bench_note(r, "a run is too short to be timed alone: %llu in a row are one sample",
			   (unsigned long long)g->subjects[NEW].repeats);
	if (!g->stored && strcmp(g->subjects[OLD].hash, g->subjects[NEW].hash) == 0)
		bench_note(r, "both programs are the same, byte for byte: what differs is noise");
}

static int run_race(struct gate *g, struct err *err)
{
	struct bench_subject *subjects = g->stored ? &g->subjects[NEW] : g->subjects;
	size_t count = g->stored ? 1 : 2;
	struct race_result result = {0};
	int status = 0;

	g->entrants[g->stored ? 0 : NEW].name = "the current program";
	if (!g->stored)
		g->entrants[OLD].name = "the baseline";
	if (g->options->metrics & 1u << METRIC_COLD_START)
		status = bench_subjects_cold(subjects, count, g->options, g->options->max_time / 2, err);
	if (status == 0 && !bench_wants_runs(g->options)) {
		g->report->rounds = g->subjects[NEW].colds;
		g->report->repeats = 1;
		gate_judge_timed(g, BENCH_ALPHA, true);
		return 0;
	}
	if (status == 0 && !g->options->ignore_failure && !(g->options->metrics & 1u << METRIC_PEAK_RSS))
		status = bench_subjects_repeat(subjects, count, g->options, g->options->input, err);
	g->looks = looks_begin(BENCH_ALPHA, FIRST_LOOK);
	if (status == 0)
		status = bench_measure(subjects, g->entrants, count, g->options, decide, g, &result, err);
	g->report->rounds = result.rounds;
	g->report->repeats = g->subjects[NEW].repeats;
	g->report->seconds = result.seconds;
	g->report->run_seconds = result.run_seconds;
	if (status == 0 && result.interrupted)
		return err_set(err, g->options->source, NULL, "interrupted");
	if (status == 0 && !result.decided)
		gate_judge_timed(g, looks_rest(&g->looks), true);
	return status == 0 ? 0 : -1;
}

static void finish(struct gate *g)
{
	struct bench_report *r = g->report;
	enum bench_verdict verdicts[METRICS];
	size_t count = 0;

	if (r->lines[METRIC_WALL].present)
		r->execution = (struct bench_part){r->lines[METRIC_WALL].a, r->lines[METRIC_WALL].b, r->lines[METRIC_WALL].ratio,
						   r->lines[METRIC_WALL].nb};
	for (int i = 0; i < METRICS; i++) {
		if (g->options->metrics & 1u << i && !r->lines[i].present && !bench_metrics[i].exact) {
			r->lines[i].judged = true;
			r->lines[i].verdict = BENCH_INCONCLUSIVE;
			bench_note(r, "%s could not be compared", bench_metrics[i].title);
		}
		if (r->lines[i].judged)
			verdicts[count++] = r->lines[i].verdict;
	}
	r->verdict = judge_all(verdicts, count);
}

int bench_gate(const struct bench_options *options, struct bench_report *report, struct err *err)
{
	struct gate g = {.options = options, .report = report};
	int status = -1;

	if (!options->no_peaks)
		subprocess_warm_up();
	report->mode = options->ci ? "ci" : "compare";
	report->source = options->source;
	report->threshold = options->threshold;
	if (options->threshold > 0 && options->threshold < TINY)
		bench_warn(report, "a threshold of %g%% is less than clocks can tell; for five in a hundred say 5%%",
			   100 * options->threshold);
	report->command = shellquote_join(options->args);
	for (int i = 0; i < METRICS; i++)
		report->lines[i] =
		    (struct bench_line){.id = (enum bench_metric_id)i, .verdict = BENCH_UNJUDGED, .p = NAN, .detectable = NAN};
	report->transpile.a = report->rustc.a = report->execution.a = -1;
	if (bench_subject_build(&g.subjects[NEW], options->source, options, err) == 0 && find_baseline(&g, err) == 0 &&
	    check_host(&g, err) == 0 && gate_time_compilers(&g, err) == 0 && run_race(&g, err) == 0) {
		report->baseline = xstrdup(g.baseline->version);
		report->current = xstrdup(options->version ? options->version : "working copy");
		keep_samples(&g);
		warn(&g);
		gate_compare_exact(&g);
		gate_confirm(&g);
		finish(&g);
		status = 0;
	}
	term_progress_clear();
	for (int i = 0; i < 2; i++) {
		bench_subject_free(&g.subjects[i]);
		free(g.compile[i]);
	}
	race_free(g.entrants, 2);
	profile_free(g.before);
	bench_baseline_free(g.baseline);
	return status;
}
