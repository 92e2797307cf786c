#include "stats.h"
#include "strbuf.h"

#include <math.h>
#include <stdlib.h>

double stats_normal_cdf(double z)
{
	return 0.5 * erfc(-z * M_SQRT1_2);
}

/* Quantiles are not asked for often: bisection of the distribution is exact enough and has no constants to get wrong. */
static double invert(double (*cdf)(double x, double parameter), double parameter, double p)
{
	double lo = -1, hi = 1;

	while (cdf(lo, parameter) > p && lo > -1e15)
		lo *= 2;
	while (cdf(hi, parameter) < p && hi < 1e15)
		hi *= 2;
	for (int i = 0; i < 200; i++) {
		double middle = lo + (hi - lo) / 2;

		if (middle <= lo || middle >= hi)
			break;
		if (cdf(middle, parameter) < p)
			lo = middle;
		else
			hi = middle;
	}
	return lo + (hi - lo) / 2;
}

static double normal(double x, double unused)
{
	(void)unused;
	return stats_normal_cdf(x);
}

/* The half where the distribution is near 0, not near 1: that is where doubles are dense. */
double stats_normal_quantile(double p)
{
	return p <= 0.5 ? invert(normal, 0, p) : -invert(normal, 0, 1 - p);
}

/* Continued fraction of the incomplete beta function (Lentz). */
static double beta_fraction(double x, double a, double b)
{
	const double tiny = 1e-300;
	double c = 1, d = 1 - (a + b) * x / (a + 1), f;

	d = 1 / (fabs(d) < tiny ? tiny : d);
	f = d;
	for (int m = 1; m <= 500; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		double step = 1;

		for (int half = 0; half < 2; half++) {
			double k = half ? odd : even;

			d = 1 + k * d;
			c = 1 + k / c;
			d = 1 / (fabs(d) < tiny ? tiny : d);
			c = fabs(c) < tiny ? tiny : c;
			step = c * d;
			f *= step;
		}
		if (fabs(step - 1) < 1e-15)
			break;
	}
	return f;
}

static double beta_part(double x, double a, double b)
{
	double front;

	if (x <= 0 || x >= 1)
		return x <= 0 ? 0 : 1;
	front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
	return x < (a + 1) / (a + b + 2) ? front * beta_fraction(x, a, b) / a : 1 - front * beta_fraction(1 - x, b, a) / b;
}

static double student(double t, double degrees)
{
	double square = t * t;
	/* either of the two, by which argument is not near 1 */
	double tail = square < degrees ? (1 - beta_part(square / (degrees + square), 0.5, degrees / 2)) / 2
				       : beta_part(degrees / (degrees + square), degrees / 2, 0.5) / 2;

	return t < 0 ? tail : 1 - tail;
}

double stats_t_quantile(double p, double degrees)
{
	return p <= 0.5 ? invert(student, degrees, p) : -invert(student, degrees, 1 - p);
}

struct ranked {
	double p;
	size_t index;
};

static int by_p(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return (x->p > y->p) - (x->p < y->p);
}

void stats_holm(double *p, size_t n)
{
	struct ranked *order = xcalloc(n + 1, sizeof *order);
	double worst = 0;

	for (size_t i = 0; i < n; i++)
		order[i] = (struct ranked){p[i], i};
	qsort(order, n, sizeof *order, by_p);
	for (size_t i = 0; i < n; i++) {
		worst = fmax(worst, order[i].p * (double)(n - i));
		p[order[i].index] = fmin(worst, 1);
	}
	free(order);
}
