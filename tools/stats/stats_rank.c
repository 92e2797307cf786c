/* stats_rank.c - two samples that were taken apart: the test of Mann and Whitney, and the shift that it implies. */
#include "stats_internal.h"
#include "strbuf.h"

#include <math.h>
#include <stdlib.h>

#define EXACT_SMALL 8	  /* AUTO counts arrangements up to here, as others do ... */
#define EXACT_PAIRS 20000 /* ... unless that takes seconds */
#define SHIFT_PAIRS 2500  /* the interval does up to here */

/* Pairs a > b, ties half. Both are sorted. */
static double pairs_above(const double *a, size_t na, const double *b, size_t nb)
{
	size_t below = 0, not_above = 0;
	double u = 0;

	for (size_t i = 0; i < na; i++) {
		while (below < nb && b[below] < a[i])
			below++;
		while (not_above < nb && b[not_above] <= a[i])
			not_above++;
		u += (double)below + (double)(not_above - below) / 2;
	}
	return u;
}

/* Sum of t^3 - t over the values that occur t times in both together. */
static double tie_sum(const double *a, size_t na, const double *b, size_t nb)
{
	size_t i = 0, j = 0;
	double sum = 0;

	while (i < na || j < nb) {
		double value = j >= nb || (i < na && a[i] <= b[j]) ? a[i] : b[j];
		double t = 0;

		for (; i < na && a[i] == value; i++)
			t++;
		for (; j < nb && b[j] == value; j++)
			t++;
		sum += t * t * t - t;
	}
	return sum;
}

static double deviation(size_t na, size_t nb, double ties)
{
	double m = (double)na, n = (double)nb, all = m + n;

	return sqrt(m * n / 12 * (all + 1 - ties / (all * (all - 1))));
}

/*
 * Probability of each U in 0 .. na * nb when neither is larger. The largest value of all is of `a` with probability na / (na + nb) and
 * then above all of b: sums of positive terms alone, so that nothing cancels.
 */
static double *arrangement_odds(size_t na, size_t nb)
{
	size_t width = na * nb + 1;
	double *table = xcalloc(na + 1, width * sizeof *table); /* row i: of i values against j so far */

	for (size_t i = 0; i <= na; i++)
		table[i * width] = 1;
	for (size_t j = 1; j <= nb; j++) {
		for (size_t i = 1; i <= na; i++) {
			double *row = table + i * width;
			const double *fewer = row - width;
			double share = (double)i / (double)(i + j);

			for (size_t u = i * j + 1; u-- > 0;)
				row[u] = (1 - share) * row[u] + (u >= j ? share * fewer[u - j] : 0);
		}
	}
	for (size_t u = 0; u < width; u++)
		table[u] = table[na * width + u];
	return table;
}

static double exact_p(size_t na, size_t nb, double larger)
{
	double *odds = arrangement_odds(na, nb), p = 0;

	for (size_t u = na * nb + 1; u-- > 0 && (double)u > larger - 1;)
		p += odds[u];
	free(odds);
	return fmin(1, 2 * p);
}

static double normal_p(size_t na, size_t nb, double larger, double ties)
{
	double scale = deviation(na, nb, ties);
	double z = (larger - (double)na * (double)nb / 2 - 0.5) / scale;

	return scale > 0 ? fmin(1, erfc(z * M_SQRT1_2)) : 1;
}

double stats_mann_whitney_by(const double *a, size_t na, const double *b, size_t nb, enum stats_method method, double *u)
{
	double *of_a = stats_sorted(a, na), *of_b = stats_sorted(b, nb);
	double above = pairs_above(of_a, na, of_b, nb), ties = tie_sum(of_a, na, of_b, nb);
	double larger = fmax(above, (double)na * (double)nb - above), p = 1;

	free(of_a);
	free(of_b);
	if (u)
		*u = above;
	if (method == STATS_AUTO)
		method = ties == 0 && (na <= EXACT_SMALL || nb <= EXACT_SMALL) && na * nb <= EXACT_PAIRS ? STATS_EXACT : STATS_NORMAL;
	if (na && nb)
		p = method == STATS_EXACT ? exact_p(na, nb, larger) : normal_p(na, nb, larger, ties);
	return p;
}

double stats_mann_whitney(const double *a, size_t na, const double *b, size_t nb, double *u)
{
	return stats_mann_whitney_by(a, na, b, nb, STATS_AUTO, u);
}

/* Differences b - a that are at most `value`, samples sorted. */
static size_t differences_to(const double *a, size_t na, const double *b, size_t nb, double value)
{
	size_t count = 0, j = 0;

	for (size_t i = 0; i < na; i++) {
		while (j < nb && b[j] - a[i] <= value)
			j++;
		count += j;
	}
	return count;
}

/* The k-th smallest difference, from 1, without making all of them: the least double that k of them do not pass. */
static double difference_at(const double *a, size_t na, const double *b, size_t nb, size_t k)
{
	double hi = b[nb - 1] - a[0], lo = nextafter(b[0] - a[na - 1], -INFINITY);

	for (;;) {
		double middle = lo + (hi - lo) / 2;

		if (middle <= lo || middle >= hi)
			return hi;
		if (differences_to(a, na, b, nb, middle) >= k)
			hi = middle;
		else
			lo = middle;
	}
}

/* The largest c with P(U <= c) <= tail; -1: none. */
static double critical(size_t na, size_t nb, double ties, double tail)
{
	double c = -1;

	if (na * nb <= SHIFT_PAIRS) {
		double *odds = arrangement_odds(na, nb), p = odds[0];

		while (p <= tail && c + 1 < (double)(na * nb))
			p += odds[(size_t)(++c) + 1];
		free(odds);
		return c;
	}
	return fmax(-1, floor((double)na * (double)nb / 2 + stats_normal_quantile(tail) * deviation(na, nb, ties) - 0.5));
}

struct stats_interval stats_hodges_lehmann(const double *a, size_t na, const double *b, size_t nb, double level)
{
	struct stats_interval result = {NAN, -INFINITY, INFINITY};
	double *of_a, *of_b, c, low;
	size_t pairs = na * nb;

	if (pairs == 0)
		return result;
	of_a = stats_sorted(a, na);
	of_b = stats_sorted(b, nb);
	low = difference_at(of_a, na, of_b, nb, (pairs + 1) / 2);
	result.value = pairs % 2 ? low : low + (difference_at(of_a, na, of_b, nb, pairs / 2 + 1) - low) / 2;
	c = critical(na, nb, tie_sum(of_a, na, of_b, nb), (1 - level) / 2);
	if (c >= 0 && 2 * c < (double)pairs) {
		result.lo = difference_at(of_a, na, of_b, nb, (size_t)c + 1);
		result.hi = difference_at(of_a, na, of_b, nb, pairs - (size_t)c);
	}
	free(of_a);
	free(of_b);
	return result;
}
