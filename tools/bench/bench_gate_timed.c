/* bench_gate_timed.c - times and memory: samples of both sides, judged together. */
#include "bench_gate.h"
#include "strbuf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

double *gate_copy_of(const struct bench_samples *samples)
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
bool gate_is_unqueued(const struct gate *g)
{
	size_t count = g->stored ? 1 : 2;

	for (size_t i = 0; i < count; i++) {
		if (!race_knows_queued(&g->entrants[i]))
			return false;
	}
	return !g->stored || g->baseline->queued.n == g->baseline->wall.n;
}

double *gate_stored_figures(const struct gate *g, enum bench_metric_id id)
{
	if (id == METRIC_WALL && gate_is_unqueued(g))
		return bench_baseline_times(g->baseline);
	return gate_copy_of(stored_samples(g->baseline, id));
}

double *gate_run_figures(const struct gate *g, size_t subject, const struct race_entrant *entrant, enum bench_metric_id id)
{
	double *x = id == METRIC_WALL ? bench_times(&g->subjects[subject], entrant, gate_is_unqueued(g))
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
		double *a = g->stored ? gate_stored_figures(g, id) : gate_run_figures(g, OLD, &g->entrants[OLD], id);
		double *b = gate_run_figures(g, NEW, now, id);

		m.a = t->owned[t->owned_count++] = a;
		m.b = t->owned[t->owned_count++] = b;
		m.na = g->stored ? stored_samples(g->baseline, id)->n : g->entrants[OLD].count;
		m.nb = now->count;
		m.paired = !g->stored;
	}
	/* The repeater is larger than what it runs. */
	if (m.na == 0 || m.nb == 0 || (id == METRIC_PEAK_RSS && (g->subjects[NEW].repeats > 1 || g->options->no_peaks)))
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
enum bench_verdict gate_judge_timed(struct gate *g, double alpha, bool keep)
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
		judge(&shown.judged[i], 1, BENCH_ALPHA);
		fill_line(&g->report->lines[shown.ids[i]], &shown.judged[i], false);
	}
	timed_free(&shown);
	return all;
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
	judge(&m, 1, BENCH_ALPHA);
	*part = (struct bench_part){stats_median(a, na), stats_median(b, nb), m.ratio, na < nb ? na : nb};
}

/* Both in turn where the old one was rebuilt; else the new one, against what the baseline took. */
int gate_time_compilers(struct gate *g, struct err *err)
{
	const struct bench_options *o = g->options;
	struct bench_subject *old = &g->subjects[OLD], *new = &g->subjects[NEW];
	bool judged = o->metrics & 1u << METRIC_COMPILE, both = !g->stored && old->build;
	double seconds = judged ? o->max_time / 2 : fmin(1, o->max_time / 10);
	const struct bench_baseline *b = g->baseline;
	size_t n;
	int status;

	if (o->no_compile && !judged)
		return 0;
	status = bench_subjects_compile(both ? g->subjects : new, both ? 2 : 1, seconds, err);
	if (status > 0) {
		bench_note(g->report, "compile times are not known: %s", err->what);
		err_free(err);
	}
	if (status != 0)
		return status < 0 ? -1 : 0;
	if (new->builds == 0)
		return 0;
	n = both ? old->builds : b->rustc.n;
	if (!both && !g->report->same_host)
		return 0;
	g->compile_paired = both;
	g->compile_n[OLD] = n;
	g->compile_n[NEW] = new->builds;
	if (n == 0)
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
