#include "bench_judge.h"
#include "strbuf.h"

#include <math.h>
#include <stdlib.h>

#define POWER 0.8

static double *logs(const double *x, size_t n, double shift)
{
	double *y = xcalloc(n + 1, sizeof *y);

	for (size_t i = 0; i < n; i++)
		y[i] = log(x[i]) + shift;
	return y;
}

/* One-sided p of "the ratio is not above 1 + threshold". */
static double p_above(const struct judged *m)
{
	double *a, *b, u, p, bound = 1 + m->threshold;

	if (m->paired)
		return stats_signed_rank_above(m->a, m->b, m->na, bound);
	a = logs(m->a, m->na, log(bound));
	b = logs(m->b, m->nb, 0);
	p = stats_mann_whitney(a, m->na, b, m->nb, &u) / 2; /* two-sided: half of it is on the side where u is */
	free(a);
	free(b);
	return u < (double)m->na * (double)m->nb / 2 ? p : 1 - p;
}

static struct stats_interval ratio(const struct judged *m, double level)
{
	struct stats_interval r;
	double *a, *b;

	if (m->paired)
		return stats_signed_rank(m->a, m->b, m->na, level);
	a = logs(m->a, m->na, 0);
	b = logs(m->b, m->nb, 0);
	r = stats_hodges_lehmann(a, m->na, b, m->nb, level);
	free(a);
	free(b);
	return (struct stats_interval){exp(r.value), exp(r.lo), exp(r.hi)};
}

/* Half the interval in standard errors, plus what chance may take away of the rest. */
static double detectable(const struct judged *m)
{
	double z = -stats_normal_quantile((1 - m->level) / 2);
	double error = (log(m->ratio.hi) - log(m->ratio.lo)) / (2 * z);

	return (1 + m->threshold) * exp((z + stats_normal_quantile(POWER)) * error) - 1;
}

static void judge_one(struct judged *m, double level)
{
	m->level = level;
	m->ratio = ratio(m, level);
	m->detectable = m->ratio.lo > 0 && isfinite(m->ratio.hi) ? detectable(m) : INFINITY;
	m->verdict = m->ratio.lo > 1 + m->threshold ? BENCH_FAIL : m->ratio.hi < 1 + m->threshold ? BENCH_PASS : BENCH_INCONCLUSIVE;
}

/*
 * Holm: the clearest failure must hold against all `count`, the next one against one less, and so on until one does not; it and those
 * behind it share the level.
 */
void judge(struct judged *metrics, size_t count, double alpha)
{
	double *p = xcalloc(count + 1, sizeof *p);
	double level = 1 - alpha;
	size_t rest = count;

	for (size_t i = 0; i < count; i++)
		p[i] = p_above(&metrics[i]);
	while (rest > 0) {
		size_t best = count;

		for (size_t i = 0; i < count; i++) {
			if (p[i] >= 0 && (best == count || p[i] < p[best]))
				best = i;
		}
		level = 1 - alpha / (double)rest;
		judge_one(&metrics[best], level);
		p[best] = -1;
		if (metrics[best].verdict != BENCH_FAIL)
			break;
		rest--;
	}
	for (size_t i = 0; rest > 0 && i < count; i++) {
		if (p[i] >= 0)
			judge_one(&metrics[i], level);
	}
	free(p);
}

enum bench_verdict judge_all(const enum bench_verdict *verdicts, size_t count)
{
	enum bench_verdict all = BENCH_PASS;

	for (size_t i = 0; i < count; i++) {
		if (verdicts[i] == BENCH_FAIL)
			return BENCH_FAIL;
		if (verdicts[i] == BENCH_INCONCLUSIVE)
			all = BENCH_INCONCLUSIVE;
	}
	return all;
}

struct looks looks_begin(double alpha, uint64_t first)
{
	return (struct looks){.alpha = alpha, .rounds = first};
}

/* Half as many rounds again at each, so that there are few; the share of the time since the last one is the share of alpha. */
bool looks_due(struct looks *looks, uint64_t rounds, double part, double *alpha)
{
	if (rounds < looks->rounds || part <= looks->part)
		return false;
	part = part > 1 ? 1 : part;
	*alpha = looks->alpha * (part - looks->part);
	looks->part = part;
	looks->rounds = rounds + rounds / 2 + 1;
	return true;
}

double looks_rest(const struct looks *looks)
{
	return looks->alpha * (1 - looks->part);
}
