/*
 * stats.h - what samples of run times say. Pure: no I/O, no clock, no allocation that outlives a call; the same samples, the same result,
 * since the bootstrap draws from a generator with a fixed seed. Samples are doubles of any one unit, none of them NaN; n may be 0 unless
 * said otherwise.
 *
 * Which interval? Rounds that ran both programs: stats_signed_rank() (exact also for few rounds, bears outliers) or, for the median
 * alone, stats_ratio_paired(). Several builds of each program that differ in nothing but code placement: stats_ratio_layered(). Samples
 * that were not taken together: stats_ratio() or, sharper, stats_hodges_lehmann() of logarithms.
 */
#ifndef STATS_H
#define STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* lo <= value <= hi. Where the samples are too few for the level, lo is -INFINITY (0 for a ratio) and hi INFINITY. */
struct stats_interval {
	double value, lo, hi;
};

/* --- stats_order.c ----------------------------------------------------------------------------------------------------------- */
/* All of these are NAN for n == 0, stddev also for n == 1. */
double stats_median(const double *x, size_t n);
/* Median of the distances from the median, not scaled. */
double stats_mad(const double *x, size_t n);
/* Interpolated between the two nearest (the usual definition, number 7 of Hyndman and Fan). q in 0 .. 1. */
double stats_quantile(const double *x, size_t n, double q);
double stats_mean(const double *x, size_t n);
double stats_stddev(const double *x, size_t n);	 /* of the sample: n - 1 */
double stats_geomean(const double *x, size_t n); /* of positive numbers */

/* --- stats_bootstrap.c: medians, level such as 0.95. Ratios are b over a; samples must be positive ------------------------------ */
/* Median of b[i] / a[i]; round i ran both. */
struct stats_interval stats_ratio_paired(const double *a, const double *b, size_t n, double level);
/*
 * a, b: [layouts * rounds], the rounds of a layout together. Geometric mean over the layouts of the median ratio in each; the interval
 * covers both what the layouts and what the rounds differ.
 */
struct stats_interval stats_ratio_layered(const double *a, const double *b, size_t layouts, size_t rounds, double level);
/* Median of b over median of a, samples that were taken apart. */
struct stats_interval stats_ratio(const double *a, size_t na, const double *b, size_t nb, double level);
/* The median of one sample. */
struct stats_interval stats_median_interval(const double *x, size_t n, double level);

/* --- stats_rank.c: free of any assumption on the shape of the noise ---------------------------------------------------------------- */
enum stats_method { STATS_AUTO, STATS_EXACT, STATS_NORMAL };
/*
 * Two-sided p of "neither sample tends to be larger"; *u (may be NULL): pairs with a > b, ties half. AUTO: exact when one sample has at
 * most 8 values and there are no ties, else normal with corrections for ties and continuity. EXACT counts arrangements as if there were no
 * ties. 1 when a sample is empty.
 */
double stats_mann_whitney(const double *a, size_t na, const double *b, size_t nb, double *u);
double stats_mann_whitney_by(const double *a, size_t na, const double *b, size_t nb, enum stats_method method, double *u);
/* How far b lies above a: median of all differences b[j] - a[i], with the interval of the test above. */
struct stats_interval stats_hodges_lehmann(const double *a, size_t na, const double *b, size_t nb, double level);
/*
 * Of paired rounds: median of b[i] / a[i] over all pairs of rounds (Hodges and Lehmann, on logarithms), with the interval of Wilcoxon's
 * signed ranks. When the order within a round is random, what noise does to log(b/a) is symmetric, as this needs.
 */
struct stats_interval stats_signed_rank(const double *a, const double *b, size_t n, double level);
/* One-sided p of "the ratio b/a is not above `bound`", by the same test. 1 for n == 0. */
double stats_signed_rank_above(const double *a, const double *b, size_t n, double bound);

/* --- stats_distribution.c -------------------------------------------------------------------------------------------------------- */
double stats_normal_cdf(double z);
double stats_normal_quantile(double p);		   /* p in 0 .. 1, both excluded */
double stats_t_quantile(double p, double degrees); /* degrees >= 1 */
/* Holm's correction: p[i] becomes what it is worth among n tests. */
void stats_holm(double *p, size_t n);

/* --- stats_rng.c: splitmix64 ------------------------------------------------------------------------------------------------------ */
struct stats_rng {
	uint64_t state; /* any seed */
};
uint64_t stats_rng_next(struct stats_rng *rng);
size_t stats_rng_below(struct stats_rng *rng, size_t n); /* 0 .. n - 1, n > 0, without bias */
double stats_rng_unit(struct stats_rng *rng);		 /* 0 <= x < 1 */
void stats_rng_shuffle(struct stats_rng *rng, size_t *items, size_t n);

#endif
