/* bench_gate.c - a baseline against the program of today. */
#include "bench.h"
#include "bench_exact.h"
#include "bench_old.h"
#include "bench_store.h"
#include "fs.h"
#include "shellquote.h"
#include "strbuf.h"
#include "subprocess.h"
#include "term.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ALPHA	    0.05
#define FIRST_LOOK  10
#define ROUNDS_MOST 5000.0
#define OLD	    0
#define NEW	    1

struct gate {
	const struct bench_options *options;
	struct bench_report *report;
	struct bench_baseline *baseline;
	struct bench_subject subjects[2];
	struct race_entrant entrants[2];
	bool stored; /* the old one can't run: entrants[0] is the new one alone */
	struct profile *before;
	struct looks looks;
	double *compile[2];
	size_t compile_n[2];
	bool compile_paired;
};

/* ---- timed metrics ------------------------------------------------------------------------------------------------------------------ */

struct timed {
	enum bench_metric_id ids[METRICS];
	struct judged judged[METRICS];
	double *owned[2 * METRICS];
	size_t count, owned_count;
};

/* Logarithms are taken: a CPU time that the kernel rounded to nothing is a nanosecond. */
static double *at_least_one(double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = fmax(x[i], 1);
	return x;
}

static double *copy_of(const struct bench_samples *samples)
{
	double *x = xcalloc(samples->n + 1, sizeof *x);

	memcpy(x, samples->x, samples->n * sizeof *x);
	return at_least_one(x, samples->n);
}

static const struct bench_samples *stored_samples(const struct bench_baseline *baseline, enum bench_metric_id id)
{
	return id == METRIC_WALL ? &baseline->wall : id == METRIC_CPU ? &baseline->cpu : &baseline->rss;
}

/* Both sides tell how long they waited for a CPU: then that is left out of both. */
static bool is_unqueued(const struct gate *g)
{
	size_t count = g->stored ? 1 : 2;

	for (size_t i = 0; i < count; i++) {
		if (!race_knows_queued(&g->entrants[i]))
			return false;
	}
	return !g->stored || g->baseline->queued.n == g->baseline->wall.n;
}

static double *stored_figures(const struct gate *g, enum bench_metric_id id)
{
	if (id == METRIC_WALL && is_unqueued(g))
		return bench_baseline_times(g->baseline);
	return copy_of(stored_samples(g->baseline, id));
}

static double *run_figures(const struct gate *g, size_t subject, const struct race_entrant *entrant, enum bench_metric_id id)
{
	double *x = id == METRIC_WALL ? bench_times(&g->subjects[subject], entrant, is_unqueued(g))
				      : bench_figures(&g->subjects[subject], entrant, bench_metrics[id].figure);

	return at_least_one(x, entrant->count);
}

static void add_timed(struct gate *g, struct timed *t, enum bench_metric_id id)
{
	struct judged m = {.threshold = g->options->threshold};
	const struct race_entrant *now = &g->entrants[g->stored ? 0 : NEW];

	if (id == METRIC_COMPILE) {
		m.a = g->compile[OLD];
		m.b = g->compile[NEW];
		m.na = g->compile_n[OLD];
		m.nb = g->compile_n[NEW];
		m.paired = g->compile_paired;
	} else if (id == METRIC_COLD_START) {
		m.a = g->stored ? g->baseline->cold.x : g->subjects[OLD].cold_ns;
		m.na = g->stored ? g->baseline->cold.n : g->subjects[OLD].colds;
		m.b = g->subjects[NEW].cold_ns;
		m.nb = g->subjects[NEW].colds;
		m.paired = !g->stored;
	} else {
		double *a = g->stored ? stored_figures(g, id) : run_figures(g, OLD, &g->entrants[OLD], id);
		double *b = run_figures(g, NEW, now, id);

		m.a = t->owned[t->owned_count++] = a;
		m.b = t->owned[t->owned_count++] = b;
		m.na = g->stored ? stored_samples(g->baseline, id)->n : g->entrants[OLD].count;
		m.nb = now->count;
		m.paired = !g->stored;
	}
	/* The repeater is larger than what it runs. */
	if (m.na == 0 || m.nb == 0 || (id == METRIC_PEAK_RSS && g->subjects[NEW].repeats > 1))
		return;
	t->ids[t->count] = id;
	t->judged[t->count++] = m;
}

static void timed_free(struct timed *t)
{
	for (size_t i = 0; i < t->owned_count; i++)
		free(t->owned[i]);
}

static bool is_timed(unsigned mask, int id)
{
	return mask & 1u << id && !bench_metrics[id].exact;
}

static struct timed timed_of(struct gate *g, unsigned mask)
{
	struct timed t = {0};

	for (int id = 0; id < METRICS; id++) {
		if (is_timed(mask, id))
			add_timed(g, &t, (enum bench_metric_id)id);
	}
	return t;
}

static void fill_line(struct bench_line *line, const struct judged *m, bool judged)
{
	struct stats_interval shift = stats_hodges_lehmann(m->a, m->na, m->b, m->nb, 0.95);

	line->present = true;
	line->judged = judged;
	line->a = stats_median(m->a, m->na);
	line->b = stats_median(m->b, m->nb);
	line->ratio = m->ratio;
	line->level = m->level;
	line->threshold = m->threshold;
	line->p = stats_mann_whitney(m->a, m->na, m->b, m->nb, NULL);
	line->bootstrap = m->paired ? stats_ratio_paired(m->a, m->b, m->na, 0.95) : stats_ratio(m->a, m->na, m->b, m->nb, 0.95);
	line->shift = shift.value;
	line->detectable = isfinite(m->detectable) ? m->detectable : NAN;
	line->verdict = judged ? m->verdict : BENCH_UNJUDGED;
	line->na = m->na;
	line->nb = m->nb;
}

/* Judge what was asked for together; what is only shown has no part in the correction. */
static enum bench_verdict judge_timed(struct gate *g, double alpha, bool keep)
{
	struct timed t = timed_of(g, g->options->metrics), shown;
	enum bench_verdict verdicts[METRICS], all;

	judge(t.judged, t.count, alpha);
	for (size_t i = 0; i < t.count; i++) {
		verdicts[i] = t.judged[i].verdict;
		if (keep)
			fill_line(&g->report->lines[t.ids[i]], &t.judged[i], true);
	}
	all = judge_all(verdicts, t.count);
	timed_free(&t);
	shown = timed_of(g, keep ? ~g->options->metrics & ~(1u << METRIC_COMPILE) : 0);
	for (size_t i = 0; i < shown.count; i++) {
		judge(&shown.judged[i], 1, ALPHA);
		fill_line(&g->report->lines[shown.ids[i]], &shown.judged[i], false);
	}
	timed_free(&shown);
	return all;
}

static bool decide(void *context, const struct race_entrant *entrants, size_t count, uint64_t rounds, double seconds)
{
	struct gate *g = context;
	double alpha, part = fmax(seconds / g->options->max_time, (double)rounds / ROUNDS_MOST);

	(void)entrants;
	(void)count;
	if (!looks_due(&g->looks, rounds, part, &alpha))
		return false;
	if (judge_timed(g, alpha, false) == BENCH_INCONCLUSIVE)
		return false;
	judge_timed(g, alpha, true);
	return true;
}

/* ---- compile times ------------------------------------------------------------------------------------------------------------------- */

static double *sums(const double *transpile, const double *rustc, size_t n)
{
	double *x = xcalloc(n + 1, sizeof *x);

	for (size_t i = 0; i < n; i++)
		x[i] = fmax(rustc[i] + (transpile ? transpile[i] : 0), 1);
	return x;
}

static void fill_part(struct bench_part *part, const double *a, size_t na, const double *b, size_t nb, bool paired)
{
	struct judged m = {.a = a, .b = b, .na = na, .nb = nb, .paired = paired};

	if (!a || !b || na == 0 || nb == 0)
		return;
	judge(&m, 1, ALPHA);
	*part = (struct bench_part){stats_median(a, na), stats_median(b, nb), m.ratio, na < nb ? na : nb};
}

/* Both in turn where the old one was rebuilt; else the new one, against what the baseline took. */
static int time_compilers(struct gate *g, struct err *err)
{
	const struct bench_options *o = g->options;
	struct bench_subject *old = &g->subjects[OLD], *new = &g->subjects[NEW];
	bool judged = o->metrics & 1u << METRIC_COMPILE, both = !g->stored && old->build;
	double seconds = judged ? o->max_time / 2 : fmin(1, o->max_time / 10);
	const struct bench_baseline *b = g->baseline;
	size_t n;

	if (o->no_compile && !judged)
		return 0;
	if (bench_subjects_compile(both ? g->subjects : new, both ? 2 : 1, seconds, err) != 0)
		return -1;
	n = both ? old->builds : b->rustc.n;
	if (!both && !g->report->same_host)
		return 0;
	g->compile_paired = both;
	g->compile_n[OLD] = n;
	g->compile_n[NEW] = new->builds;
	if (n == 0 || new->builds == 0)
		return 0;
	if (both) {
		fill_part(&g->report->transpile, old->transpile_ns, n, new->transpile_ns, n, true);
		fill_part(&g->report->rustc, old->rustc_ns, n, new->rustc_ns, n, true);
		g->compile[OLD] = sums(old->transpile_ns, old->rustc_ns, n);
	} else {
		if (b->transpile.n == b->rustc.n)
			fill_part(&g->report->transpile, b->transpile.x, n, new->transpile_ns, new->builds, false);
		fill_part(&g->report->rustc, b->rustc.x, n, new->rustc_ns, new->builds, false);
		g->compile[OLD] = sums(b->transpile.n == n ? b->transpile.x : NULL, b->rustc.x, n);
	}
	g->compile[NEW] = sums(new->transpile_ns, new->rustc_ns, new->builds);
	return 0;
}

/* ---- exact metrics ------------------------------------------------------------------------------------------------------------------- */

static void judge_exact(struct gate *g, struct bench_line *line)
{
	const struct bench_options *o = g->options;

	line->judged = o->metrics & 1u << line->id;
	line->threshold = o->count_threshold;
	line->verdict = BENCH_UNJUDGED;
	line->p = line->detectable = NAN;
	if (line->present)
		line->ratio.value = line->ratio.lo = line->ratio.hi = line->a > 0 ? line->b / line->a : line->b > 0 ? INFINITY : 1;
	if (!line->judged)
		return;
	if (!line->present || line->varies) {
		bench_note(g->report, line->present ? "%s differ from run to run, so they are not judged" : "%s could not be compared",
			   bench_metrics[line->id].title);
		line->verdict = BENCH_INCONCLUSIVE;
		return;
	}
	line->verdict = line->b > line->a * (1 + o->count_threshold) ? BENCH_FAIL : BENCH_PASS;
}

static bool wants_counts(const struct bench_options *o)
{
	return !o->no_counts || o->metrics & (1u << METRIC_CALLS | 1u << METRIC_LINES | 1u << METRIC_ALLOCATIONS);
}

static bool same_input(struct gate *g)
{
	char *input = bench_input_hash(g->options);
	bool same = strcmp(input, g->baseline->input) == 0;

	free(input);
	if (!same)
		bench_note(g->report, "the baseline read another standard input, so counts are not compared");
	return same;
}

/* What can't be counted is told, and no reason to fail. */
static void compare_exact(struct gate *g)
{
	struct bench_line *size = &g->report->lines[METRIC_SIZE];
	struct err problem = {0};
	bool same_tools = strcmp(g->baseline->rustc_version, g->subjects[NEW].build->rustc_version) == 0;
	static const enum bench_metric_id counted[] = {METRIC_CALLS, METRIC_LINES, METRIC_ALLOCATIONS};

	size->a = same_tools || !g->subjects[OLD].size_bytes ? (double)g->baseline->size_bytes : (double)g->subjects[OLD].size_bytes;
	size->b = (double)g->subjects[NEW].size_bytes;
	size->present = size->a > 0 && size->b > 0;
	judge_exact(g, size);
	if (wants_counts(g->options) && bench_wants_runs(g->options) && g->before && same_input(g) && !g->options->ignore_failure) {
		const struct bench_line *wall = &g->report->lines[METRIC_WALL];
		bool changed = wall->present && (wall->ratio.lo > 1 || wall->ratio.hi < 1);

		if (bench_subject_count(&g->subjects[NEW], g->options, changed, g->options->input, &problem) != 0)
			bench_note(g->report, "no counts: %s", problem.what);
	}
	for (size_t i = 0; i < sizeof counted / sizeof *counted; i++) {
		struct bench_line *line = &g->report->lines[counted[i]];

		if (g->subjects[NEW].profile)
			bench_exact_compare(line, g->before, g->subjects[NEW].profile, g->options->source);
		judge_exact(g, line);
	}
	if (g->subjects[NEW].profile && g->subjects[NEW].profile->samples)
		bench_shares(g->report, g->before, g->subjects[NEW].profile);
	err_free(&problem);
}

/* ---- the whole --------------------------------------------------------------------------------------------------------------------------
 */

static int find_baseline(struct gate *g, struct err *err)
{
	const struct bench_options *o = g->options;
	char *store = bench_store_path(o->store, o->source), *file = bench_store_file(store, o->source);
	char *arguments = shellquote_join(o->args);

	g->baseline = bench_store_find(store, file, o->baseline, err);
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
	if (!err->set && !o->stored_only)
		g->stored = bench_old_program(&g->subjects[OLD], &(struct old_place){store, g->subjects[NEW].build}, g->baseline, o,
					      g->report) != 0;
	else
		g->stored = true;
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
	r->b_rss = new->repeats == 1 ? bench_figures(new, now, RACE_PEAK_RSS) : NULL;
	r->b_count = now->count;
	if (g->stored) {
		const struct bench_baseline *b = g->baseline;

		r->a_count = b->wall.n;
		r->a_wall = copy_of(&b->wall);
		r->a_user = b->user.n == b->wall.n ? copy_of(&b->user) : NULL;
		r->a_system = b->system.n == b->wall.n ? copy_of(&b->system) : NULL;
		r->a_rss = b->rss.n == b->wall.n ? copy_of(&b->rss) : NULL;
		return;
	}
	r->a_wall = bench_figures(old, &g->entrants[OLD], RACE_WALL);
	r->a_user = bench_figures(old, &g->entrants[OLD], RACE_USER);
	r->a_system = bench_figures(old, &g->entrants[OLD], RACE_SYSTEM);
	r->a_rss = old->repeats == 1 ? bench_figures(old, &g->entrants[OLD], RACE_PEAK_RSS) : NULL;
	r->a_count = g->entrants[OLD].count;
}

static void warn_of(struct gate *g, size_t subject, const struct race_entrant *entrant, const char *who)
{
	double *times = run_figures(g, subject, entrant, METRIC_WALL), *cpu = run_figures(g, subject, entrant, METRIC_CPU);

	bench_warn_samples(g->report, who, times, cpu, entrant->count);
	free(times);
	free(cpu);
}

static void warn(struct gate *g)
{
	struct bench_report *r = g->report;
	const struct race_entrant *now = &g->entrants[g->stored ? 0 : NEW];
	double *times = run_figures(g, NEW, now, METRIC_WALL);

	warn_of(g, NEW, now, "the current program");
	if (!g->stored)
		warn_of(g, OLD, &g->entrants[OLD], "the baseline");
	r->queued = is_unqueued(g) && now->count ? 1 - stats_mean(times, now->count) / stats_mean(r->b_wall, now->count) : -1;
	if (r->queued >= 0.005)
		bench_note(r, "no CPU was free for %.0f%% of the wall time; that is left out", 100 * r->queued);
	r->b_times = times;
	r->a_times = g->stored ? stored_figures(g, METRIC_WALL) : run_figures(g, OLD, &g->entrants[OLD], METRIC_WALL);
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
		judge_timed(g, ALPHA, true);
		return 0;
	}
	if (status == 0 && !g->options->ignore_failure && !(g->options->metrics & 1u << METRIC_PEAK_RSS))
		status = bench_subjects_repeat(subjects, count, g->options, g->options->input, err);
	g->looks = looks_begin(ALPHA, FIRST_LOOK);
	if (status == 0)
		status = bench_measure(subjects, g->entrants, count, g->options, decide, g, &result, err);
	g->report->rounds = result.rounds;
	g->report->repeats = g->subjects[NEW].repeats;
	g->report->seconds = result.seconds;
	g->report->run_seconds = result.run_seconds;
	if (status == 0 && result.interrupted)
		return err_set(err, g->options->source, NULL, "interrupted");
	if (status == 0 && !result.decided)
		judge_timed(g, looks_rest(&g->looks), true);
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

	subprocess_warm_up();
	report->mode = options->ci ? "ci" : "compare";
	report->source = options->source;
	report->threshold = options->threshold;
	report->command = shellquote_join(options->args);
	for (int i = 0; i < METRICS; i++)
		report->lines[i] =
		    (struct bench_line){.id = (enum bench_metric_id)i, .verdict = BENCH_UNJUDGED, .p = NAN, .detectable = NAN};
	report->transpile.a = report->rustc.a = report->execution.a = -1;
	if (bench_subject_build(&g.subjects[NEW], options->source, options, err) == 0 && find_baseline(&g, err) == 0 &&
	    check_host(&g, err) == 0 && time_compilers(&g, err) == 0 && run_race(&g, err) == 0) {
		report->baseline = xstrdup(g.baseline->version);
		report->current = xstrdup(options->version ? options->version : "working copy");
		keep_samples(&g);
		warn(&g);
		compare_exact(&g);
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
