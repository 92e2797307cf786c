#include "stats_internal.h"
#include "strbuf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void stats_sort(double *x, size_t n)
{
	if (n > 1)
		qsort(x, n, sizeof *x, ascending);
}

double *stats_sorted(const double *x, size_t n)
{
	double *copy = xcalloc(n + 1, sizeof *copy);

	if (n)
		memcpy(copy, x, n * sizeof *copy);
	stats_sort(copy, n);
	return copy;
}

double stats_sorted_quantile(const double *x, size_t n, double q)
{
	double place, part;
	size_t low;

	if (n == 0)
		return NAN;
	place = (q < 0 ? 0 : q > 1 ? 1 : q) * (double)(n - 1);
	low = (size_t)place;
	part = place - (double)low;
	return low + 1 < n && part > 0 ? x[low] + part * (x[low + 1] - x[low]) : x[low];
}

double stats_quantile(const double *x, size_t n, double q)
{
	double *sorted = stats_sorted(x, n);
	double value = stats_sorted_quantile(sorted, n, q);

	free(sorted);
	return value;
}

double stats_median(const double *x, size_t n)
{
	return stats_quantile(x, n, 0.5);
}

double stats_mad(const double *x, size_t n)
{
	double middle = stats_median(x, n);
	double *distances = xcalloc(n + 1, sizeof *distances);
	double value;

	for (size_t i = 0; i < n; i++)
		distances[i] = fabs(x[i] - middle);
	stats_sort(distances, n);
	value = stats_sorted_quantile(distances, n, 0.5);
	free(distances);
	return value;
}

double stats_mean(const double *x, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += x[i];
	return n ? sum / (double)n : NAN;
}

double stats_stddev(const double *x, size_t n)
{
	double mean = stats_mean(x, n), sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (x[i] - mean) * (x[i] - mean);
	return n > 1 ? sqrt(sum / (double)(n - 1)) : NAN;
}

double stats_geomean(const double *x, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += log(x[i]);
	return n ? exp(sum / (double)n) : NAN;
}
