/*
 * suggest_interval.c - how sure is a ratio of run times?
 *
 * Builds that differ in nothing but the place of their functions differ in time, often by more than flags do, and no number of rounds takes
 * that out. So the layouts are the samples: the mean of their median ratios, on logarithms, with Student's interval. Of fewer than three,
 * one is taken: then the interval is of the rounds alone (Wilcoxon), and the layout may be all of a difference.
 */
#include "strbuf.h"
#include "suggest.h"

#include <math.h>
#include <stdlib.h>

size_t suggest_usable_layouts(size_t layouts)
{
	return layouts < 3 ? layouts > 0 : layouts;
}

struct stats_interval suggest_interval(const double *a, const double *b, size_t layouts, size_t rounds, double level)
{
	double *medians, *ratios, mean, half;

	if (layouts < 3)
		return stats_signed_rank(a, b, rounds, level);
	medians = xcalloc(layouts, sizeof *medians);
	ratios = xcalloc(rounds + 1, sizeof *ratios);
	for (size_t k = 0; k < layouts; k++) {
		for (size_t r = 0; r < rounds; r++)
			ratios[r] = log(b[k * rounds + r] / a[k * rounds + r]);
		medians[k] = stats_median(ratios, rounds);
	}
	mean = stats_mean(medians, layouts);
	half = stats_t_quantile(1 - (1 - level) / 2, (double)layouts - 1) * stats_stddev(medians, layouts) / sqrt((double)layouts);
	free(medians);
	free(ratios);
	return (struct stats_interval){exp(mean), exp(mean - half), exp(mean + half)};
}
