#include "profile_times.h"

#include "profile.h"
#include "profile_shape.h"
#include "strbuf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 u128;

uint32_t profile_bucket_key(uint64_t ns)
{
	int power;

	if (ns < 128)
		return (uint32_t)ns;
	power = 63 - __builtin_clzll(ns);
	return (uint32_t)(power - 6) << 7 | (uint32_t)(ns >> (power - 7) & 127);
}

/* Middle of a bucket: at most 1/256 (0.39 %) away from any value in it. */
static uint64_t bucket_middle(uint32_t key)
{
	unsigned shift;

	if (key < 256)
		return key;
	shift = (key >> 7) - 1;
	return ((uint64_t)(key & 127) + 128) << shift | (uint64_t)1 << shift >> 1;
}

/* Index of the first bucket whose key is not below `key`. */
static size_t find_bucket(const struct profile_times *times, uint32_t key)
{
	size_t low = 0, high = times->bucket_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (times->buckets[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void add_bucket(struct profile_times *times, uint32_t key)
{
	size_t at = find_bucket(times, key);

	if (at == times->bucket_count || times->buckets[at].key != key) {
		times->buckets = xrealloc(times->buckets, times->bucket_count + 1, sizeof *times->buckets);
		memmove(&times->buckets[at + 1], &times->buckets[at], (times->bucket_count - at) * sizeof *times->buckets);
		times->bucket_count++;
		times->buckets[at] = (struct profile_bucket){.key = key};
	}
	times->buckets[at].n++;
}

static u128 squares(const struct profile_times *times)
{
	return (u128)times->square_hi << 64 | times->square_lo;
}

static void set_squares(struct profile_times *times, u128 value)
{
	times->square_hi = (uint64_t)(value >> 64);
	times->square_lo = (uint64_t)value;
}

/* Sums stop at the largest number: that is 584 years, and stopping keeps the order of additions without influence. */
void profile_times_add(struct profile_times *times, uint64_t ns)
{
	u128 square;

	if (times->n == UINT64_MAX)
		return;
	times->min_ns = times->n == 0 || ns < times->min_ns ? ns : times->min_ns;
	times->max_ns = ns > times->max_ns ? ns : times->max_ns;
	times->n++;
	if (__builtin_add_overflow(times->sum_ns, ns, &times->sum_ns))
		times->sum_ns = UINT64_MAX;
	if (__builtin_add_overflow(squares(times), (u128)ns * ns, &square))
		square = ~(u128)0;
	set_squares(times, square);
	add_bucket(times, profile_bucket_key(ns));
}

/* Both lists ascend; so does the result. Counts cannot overflow where the sum of all of them, `n`, does not. */
static void merge_buckets(struct profile_times *into, const struct profile_times *from)
{
	struct profile_bucket *merged = xmalloc((into->bucket_count + from->bucket_count) * sizeof *merged);
	size_t i = 0, j = 0, count = 0;

	while (i < into->bucket_count && j < from->bucket_count) {
		const struct profile_bucket *a = &into->buckets[i], *b = &from->buckets[j];

		merged[count++] = (struct profile_bucket){a->key < b->key ? a->key : b->key,
							  (a->key <= b->key ? a->n : 0) + (b->key <= a->key ? b->n : 0)};
		i += a->key <= b->key;
		j += b->key <= a->key;
	}
	while (i < into->bucket_count)
		merged[count++] = into->buckets[i++];
	while (j < from->bucket_count)
		merged[count++] = from->buckets[j++];
	free(into->buckets);
	into->buckets = xrealloc(merged, count, sizeof *merged);
	into->bucket_count = count;
}

int profile_times_merge(struct profile_times *into, const struct profile_times *from)
{
	uint64_t n, sum;
	u128 square;

	if (from->n == 0)
		return 0;
	if (__builtin_add_overflow(into->n, from->n, &n) || __builtin_add_overflow(into->sum_ns, from->sum_ns, &sum) ||
	    __builtin_add_overflow(squares(into), squares(from), &square))
		return -1;
	into->min_ns = into->n == 0 || from->min_ns < into->min_ns ? from->min_ns : into->min_ns;
	into->max_ns = from->max_ns > into->max_ns ? from->max_ns : into->max_ns;
	into->n = n;
	into->sum_ns = sum;
	set_squares(into, square);
	merge_buckets(into, from);
	return 0;
}

/* Value of the `rank`-th smallest, from 0. */
static uint64_t at_rank(const struct profile_times *times, uint64_t rank)
{
	uint64_t seen = 0, value;
	size_t i = 0;

	if (rank == 0)
		return times->min_ns;
	if (rank >= times->n - 1)
		return times->max_ns;
	for (; i + 1 < times->bucket_count; i++) {
		seen += times->buckets[i].n;
		if (seen > rank)
			break;
	}
	value = bucket_middle(times->buckets[i].key);
	value = value < times->min_ns ? times->min_ns : value;
	return value > times->max_ns ? times->max_ns : value;
}

/* Between two ranks, interpolate: the median of an even number is the mean of the two in the middle. */
uint64_t profile_times_quantile(const struct profile_times *times, double q)
{
	uint64_t rank, low, high, step;
	double place;

	if (times->n == 0)
		return 0;
	if (!(q > 0))
		return times->min_ns;
	if (q >= 1)
		return times->max_ns;
	place = q * (double)(times->n - 1);
	rank = (uint64_t)place;
	low = at_rank(times, rank);
	high = at_rank(times, rank + 1);
	step = (uint64_t)((double)(high - low) * (place - (double)rank) + 0.5);
	return step < high - low ? low + step : high;
}

double profile_times_mean(const struct profile_times *times)
{
	return times->n ? (double)times->sum_ns / (double)times->n : 0;
}

/*
 * 97.5 % point of Student's distribution. A table where it bends; above, the expansion around the normal distribution, which
 * at 31 degrees is right to six digits.
 */
static double student(uint64_t degrees)
{
	static const double table[] = {12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157, 2.228139,
				       2.200985,  2.178813, 2.160369, 2.144787, 2.131450, 2.119905, 2.109816, 2.100922, 2.093024, 2.085963,
				       2.079614,  2.073873, 2.068658, 2.063899, 2.059539, 2.055529, 2.051831, 2.048407, 2.045230, 2.042272};
	const double z = 1.959963985, z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;
	double d = (double)degrees;

	if (degrees <= sizeof table / sizeof *table)
		return table[degrees - 1];
	return z + (z3 + z) / (4 * d) + (5 * z5 + 16 * z3 + 3 * z) / (96 * d * d) +
	       (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * d * d * d);
}

/*
 * Sum of squared deviations = (n * squares - sum^2) / n. The difference of two nearly equal numbers is taken in integers, where it is
 * exact; only totals of centuries do not fit, and there long double must do.
 */
static double variance(const struct profile_times *times)
{
	u128 left, right = (u128)times->sum_ns * times->sum_ns;
	long double difference;

	if (!__builtin_mul_overflow(squares(times), (u128)times->n, &left))
		difference = left > right ? (long double)(left - right) : 0;
	else
		difference = (long double)squares(times) * (long double)times->n - (long double)right;
	if (difference < 0)
		difference = 0;
	return (double)(difference / (long double)times->n / (long double)(times->n - 1));
}

void profile_times_ci95(const struct profile_times *times, double *lo, double *hi)
{
	double mean = profile_times_mean(times), half = 0;

	if (times->n >= 2)
		half = student(times->n - 1) * sqrt(variance(times) / (double)times->n);
	*lo = mean - half;
	*hi = mean + half;
}
