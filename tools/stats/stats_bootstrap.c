/*
 * stats_bootstrap.c - intervals by drawing again from the samples. The plain percentile interval is too narrow for few samples; its
 * levels are widened by what Student's t and the missing factor n / (n - 1) of the variance would widen a mean's (Hesterberg's expanded
 * percentiles).
 */
#include "stats_internal.h"
#include "strbuf.h"

#include <math.h>
#include <stdlib.h>

#define DRAWS 4000
#define SEED  UINT64_C(0x5eed5eed5eed5eed)

static double expanded(double level, size_t n)
{
	double t = stats_t_quantile((1 - level) / 2, (double)(n - 1));

	return stats_normal_cdf(sqrt((double)n / (double)(n - 1)) * t);
}

/* From the statistics of the draws, which are sorted here. `n`: what the sampling error comes from. */
static struct stats_interval interval(double value, double *draws, size_t n, double level)
{
	double tail = expanded(level, n);
	struct stats_interval result = {.value = value};

	stats_sort(draws, DRAWS);
	result.lo = fmin(value, stats_sorted_quantile(draws, DRAWS, tail));
	result.hi = fmax(value, stats_sorted_quantile(draws, DRAWS, 1 - tail));
	return result;
}

/* The median of n draws from a sorted sample: counting is faster than sorting. */
static double draw_median(struct stats_rng *rng, const double *sorted, size_t n, uint32_t *counts)
{
	size_t seen = 0, low = (n - 1) / 2, high = n / 2, i = 0;
	double first;

	for (size_t k = 0; k < n; k++)
		counts[k] = 0;
	for (size_t k = 0; k < n; k++)
		counts[stats_rng_below(rng, n)]++;
	while ((seen += counts[i]) <= low)
		i++;
	first = sorted[i];
	while (seen <= high)
		seen += counts[++i];
	return first + (sorted[i] - first) / 2;
}

struct stats_interval stats_median_interval(const double *x, size_t n, double level)
{
	struct stats_rng rng = {SEED};
	struct stats_interval result = {stats_median(x, n), -INFINITY, INFINITY};
	double *sorted, *draws;
	uint32_t *counts;

	if (n < 2)
		return result;
	sorted = stats_sorted(x, n);
	draws = xcalloc(DRAWS, sizeof *draws);
	counts = xcalloc(n, sizeof *counts);
	for (size_t i = 0; i < DRAWS; i++)
		draws[i] = draw_median(&rng, sorted, n, counts);
	result = interval(result.value, draws, n, level);
	free(counts);
	free(draws);
	free(sorted);
	return result;
}

static double *ratios(const double *a, const double *b, size_t n)
{
	double *x = xcalloc(n + 1, sizeof *x);

	for (size_t i = 0; i < n; i++)
		x[i] = b[i] / a[i];
	return x;
}

struct stats_interval stats_ratio_paired(const double *a, const double *b, size_t n, double level)
{
	double *x = ratios(a, b, n);
	struct stats_interval result = stats_median_interval(x, n, level);

	result.lo = fmax(result.lo, 0);
	free(x);
	return result;
}

struct stats_interval stats_ratio_layered(const double *a, const double *b, size_t layouts, size_t rounds, double level)
{
	struct stats_rng rng = {SEED};
	struct stats_interval result = {NAN, 0, INFINITY};
	double *x, *draws, sum = 0;
	uint32_t *counts;

	if (layouts == 0 || rounds == 0)
		return result;
	if (layouts == 1)
		return stats_ratio_paired(a, b, rounds, level);
	x = ratios(a, b, layouts * rounds);
	draws = xcalloc(DRAWS, sizeof *draws);
	counts = xcalloc(rounds, sizeof *counts);
	for (size_t l = 0; l < layouts; l++) {
		stats_sort(x + l * rounds, rounds);
		sum += log(stats_sorted_quantile(x + l * rounds, rounds, 0.5));
	}
	for (size_t i = 0; i < DRAWS; i++) {
		double drawn = 0;

		for (size_t l = 0; l < layouts; l++)
			drawn += log(draw_median(&rng, x + stats_rng_below(&rng, layouts) * rounds, rounds, counts));
		draws[i] = exp(drawn / (double)layouts);
	}
	result = interval(exp(sum / (double)layouts), draws, layouts, level);
	free(counts);
	free(draws);
	free(x);
	return result;
}

struct stats_interval stats_ratio(const double *a, size_t na, const double *b, size_t nb, double level)
{
	struct stats_rng rng = {SEED};
	struct stats_interval result = {stats_median(b, nb) / stats_median(a, na), 0, INFINITY};
	double *of_a, *of_b, *draws;
	uint32_t *counts;

	if (na < 2 || nb < 2)
		return result;
	of_a = stats_sorted(a, na);
	of_b = stats_sorted(b, nb);
	draws = xcalloc(DRAWS, sizeof *draws);
	counts = xcalloc(na > nb ? na : nb, sizeof *counts);
	for (size_t i = 0; i < DRAWS; i++) {
		double median = draw_median(&rng, of_a, na, counts);

		draws[i] = draw_median(&rng, of_b, nb, counts) / median;
	}
	result = interval(result.value, draws, na < nb ? na : nb, level);
	free(counts);
	free(draws);
	free(of_b);
	free(of_a);
	return result;
}
