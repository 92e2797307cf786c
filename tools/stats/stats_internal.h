/* stats_internal.h - shared by the stats_*.c files alone. */
#ifndef STATS_INTERNAL_H
#define STATS_INTERNAL_H

#include "stats.h"

void stats_sort(double *x, size_t n);
/* A sorted copy; the caller frees. */
double *stats_sorted(const double *x, size_t n);
/* Of a sorted sample. */
double stats_sorted_quantile(const double *x, size_t n, double q);

#endif
