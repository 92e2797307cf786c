/*
 * stats_signed_rank.c - rounds that ran both programs: Wilcoxon's signed ranks on log(b/a), seen as the means of all pairs of rounds
 * (Walsh averages): as many of them lie above a bound as the ranks of the rounds above it sum up to.
 */
#include "stats_internal.h"
#include "strbuf.h"

#include <math.h>
#include <stdlib.h>

#define EXACT_ROUNDS 100

/* Sums x[i] + x[j], i <= j, that are at most `value`, x sorted. */
static size_t sums_to(const double *x, size_t n, double value)
{
	size_t count = 0, j = n;

	for (size_t i = 0; i < n; i++) {
		while (j > i && x[i] + x[j - 1] > value)
			j--;
		if (j <= i)
			break;
		count += j - i;
	}
	return count;
}

/* The k-th smallest sum, from 1: the least double that k of them do not pass. */
static double sum_at(const double *x, size_t n, size_t k)
{
	double hi = x[n - 1] + x[n - 1], lo = nextafter(x[0] + x[0], -INFINITY);

	for (;;) {
		double middle = lo + (hi - lo) / 2;

		if (middle <= lo || middle >= hi)
			return hi;
		if (sums_to(x, n, middle) >= k)
			hi = middle;
		else
			lo = middle;
	}
}

/* Probability of each sum of the ranks 1 .. n of which every one counts or not, evenly. */
static double *rank_odds(size_t n)
{
	size_t width = n * (n + 1) / 2 + 1, reach = 0;
	double *odds = xcalloc(width, sizeof *odds);

	odds[0] = 1;
	for (size_t rank = 1; rank <= n; rank++) {
		reach += rank;
		for (size_t sum = reach + 1; sum-- > 0;)
			odds[sum] = odds[sum] / 2 + (sum >= rank ? odds[sum - rank] / 2 : 0);
	}
	return odds;
}

static double rank_deviation(size_t n)
{
	double m = (double)n;

	return sqrt(m * (m + 1) * (2 * m + 1) / 24);
}

/* P(sum of ranks <= c). */
static double tail_to(size_t n, double c)
{
	double *odds, p = 0;

	if (n > EXACT_ROUNDS)
		return stats_normal_cdf((c + 0.5 - (double)n * (double)(n + 1) / 4) / rank_deviation(n));
	odds = rank_odds(n);
	for (size_t sum = 0; (double)sum <= c; sum++)
		p += odds[sum];
	free(odds);
	return p;
}

/* The largest c with P(sum <= c) <= tail; -1: none. */
static double critical(size_t n, double tail)
{
	size_t most = n * (n + 1) / 2;
	double c = -1, p, *odds;

	if (n > EXACT_ROUNDS)
		return floor((double)n * (double)(n + 1) / 4 + stats_normal_quantile(tail) * rank_deviation(n) - 0.5);
	odds = rank_odds(n);
	for (p = odds[0]; p <= tail && c + 1 < (double)most; p += odds[(size_t)c + 1])
		c++;
	free(odds);
	return c;
}

static double *sorted_logs(const double *a, const double *b, size_t n)
{
	double *x = xcalloc(n + 1, sizeof *x);

	for (size_t i = 0; i < n; i++)
		x[i] = log(b[i] / a[i]);
	stats_sort(x, n);
	return x;
}

struct stats_interval stats_signed_rank(const double *a, const double *b, size_t n, double level)
{
	struct stats_interval result = {NAN, 0, INFINITY};
	size_t means = n * (n + 1) / 2;
	double *x, c, low;

	if (n == 0)
		return result;
	x = sorted_logs(a, b, n);
	low = sum_at(x, n, (means + 1) / 2);
	result.value = exp((means % 2 ? low : low + (sum_at(x, n, means / 2 + 1) - low) / 2) / 2);
	c = critical(n, (1 - level) / 2);
	if (c >= 0 && 2 * c < (double)means) {
		result.lo = exp(sum_at(x, n, (size_t)c + 1) / 2);
		result.hi = exp(sum_at(x, n, means - (size_t)c) / 2);
	}
	free(x);
	return result;
}

double stats_signed_rank_above(const double *a, const double *b, size_t n, double bound)
{
	double *x, p;
	size_t not_above;

	if (n == 0)
		return 1;
	x = sorted_logs(a, b, n);
	not_above = sums_to(x, n, 2 * log(bound));
	p = tail_to(n, (double)not_above);
	free(x);
	return fmin(1, p);
}
