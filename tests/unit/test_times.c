/* Durations: buckets, quantiles, sums of squares, the interval of the mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "profile.h"
#include "profile_times.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 88172645463325252u;

static uint64_t next_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void add_all(struct profile_times *times, const uint64_t *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		profile_times_add(times, values[i]);
}

static void done(struct profile_times *times)
{
	free(times->buckets);
	*times = (struct profile_times){0};
}

static void assert_near(double value, double expected, double tolerance)
{
	if (fabs(value - expected) > tolerance)
		fail_msg("%.12g is not %.12g", value, expected);
}

static const struct {
	uint64_t ns;
	uint32_t key;
} keys[] = {
    {0, 0},
    {1, 1},
    {127, 127},
    {128, 128},
    {255, 255},
    {256, 256},
    {257, 256},
    {258, 257},
    {511, 383},
    {512, 384},
    {UINT64_C(1) << 63, 57 * 128},
    {UINT64_MAX, 58 * 128 - 1},
};

static void test_keys(void **context)
{
	uint32_t last = 0;

	(void)context;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		assert_int_equal(profile_bucket_key(keys[i].ns), keys[i].key);
	for (uint64_t ns = 0; ns < 100000; ns++) {
		assert_in_range(profile_bucket_key(ns), last, last + 1);
		last = profile_bucket_key(ns);
	}
}

/* The definition of a quantile, on the values themselves. */
static double exact_quantile(const uint64_t *sorted, size_t count, double q)
{
	double place = q * (double)(count - 1);
	size_t rank = (size_t)place;

	if (rank + 1 >= count)
		return (double)sorted[count - 1];
	return (double)sorted[rank] + ((double)sorted[rank + 1] - (double)sorted[rank]) * (place - (double)rank);
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void check_quantiles(uint64_t *values, size_t count)
{
	struct profile_times times = {0};

	add_all(&times, values, count);
	qsort(values, count, sizeof *values, ascending);
	for (int percent = 0; percent <= 100; percent++) {
		double expected = exact_quantile(values, count, percent / 100.0);

		assert_near((double)profile_times_quantile(&times, percent / 100.0), expected, expected * 0.004 + 1);
	}
	assert_int_equal(profile_times_quantile(&times, 0), values[0]);
	assert_int_equal(profile_times_quantile(&times, 1), values[count - 1]);
	done(&times);
}

static void test_quantiles(void **context)
{
	uint64_t values[1000];

	(void)context;
	for (unsigned width = 1; width < 64; width++) {
		size_t count = 1 + (size_t)(next_random() % 1000);

		for (size_t i = 0; i < count; i++)
			values[i] = next_random() >> (64 - width);
		check_quantiles(values, count);
	}
}

static void test_few(void **context)
{
	struct profile_times times = {0};
	double lo, hi;

	(void)context;
	assert_int_equal(profile_times_quantile(&times, 0.5), 0);
	profile_times_ci95(&times, &lo, &hi);
	assert_true(lo == 0 && hi == 0);
	profile_times_add(&times, 1000003);
	assert_int_equal(profile_times_quantile(&times, 0.5), 1000003);
	profile_times_ci95(&times, &lo, &hi);
	assert_true(lo == 1000003 && hi == 1000003);
	profile_times_add(&times, 2000005);
	assert_int_equal(profile_times_quantile(&times, 0), 1000003);
	assert_int_equal(profile_times_quantile(&times, 0.5), 1500004);
	assert_int_equal(profile_times_quantile(&times, 1), 2000005);
	done(&times);
}

/* Half width of the interval for `n` values, half of them `centre` - 1, half `centre` + 1: Student's t by the square root of n - 1. */
static const struct {
	uint64_t n, centre;
	double t;
} intervals[] = {
    {2, 1000, 12.706205},
    {4, 1000, 3.182446},
    {10, 1000, 2.262157},
    {30, 1000, 2.045230},
    {32, 1000, 2.039513},
    {42, 1000, 2.019541},
    {102, 1000, 1.983731},
    {1002, 1000, 1.962336},
    {100000, 1000, 1.959988},
    /* the squares agree in their first 30 digits: sums of doubles would find 0 or nonsense */
    {10, UINT64_C(1000000000000000), 2.262157},
};

static void test_interval(void **context)
{
	(void)context;
	for (size_t i = 0; i < sizeof intervals / sizeof *intervals; i++) {
		struct profile_times times = {0};
		double lo, hi, half = intervals[i].t / sqrt((double)(intervals[i].n - 1));

		for (uint64_t j = 0; j < intervals[i].n; j++)
			profile_times_add(&times, intervals[i].centre - 1 + j % 2 * 2);
		profile_times_ci95(&times, &lo, &hi);
		assert_near(profile_times_mean(&times), (double)intervals[i].centre, 0);
		/* ends near 10^15 are rounded to an eighth */
		assert_near(hi - lo, 2 * half, intervals[i].centre > 1000 ? 0.25 : 2e-5 * half);
		done(&times);
	}
}

static void assert_same(const struct profile_times *a, const struct profile_times *b)
{
	assert_int_equal(a->n, b->n);
	assert_int_equal(a->sum_ns, b->sum_ns);
	assert_int_equal(a->min_ns, b->min_ns);
	assert_int_equal(a->max_ns, b->max_ns);
	assert_int_equal(a->square_hi, b->square_hi);
	assert_int_equal(a->square_lo, b->square_lo);
	assert_int_equal(a->bucket_count, b->bucket_count);
	for (size_t i = 0; i < a->bucket_count; i++) {
		assert_int_equal(a->buckets[i].key, b->buckets[i].key);
		assert_int_equal(a->buckets[i].n, b->buckets[i].n);
	}
}

static void test_merge(void **context)
{
	(void)context;
	for (int round = 0; round < 200; round++) {
		struct profile_times all = {0}, part[3] = {{0}};
		size_t order = (size_t)(next_random() % 3);

		for (size_t i = next_random() % 50; i > 0; i--) {
			uint64_t ns = next_random() >> (8 + next_random() % 50);

			profile_times_add(&all, ns);
			profile_times_add(&part[next_random() % 3], ns);
		}
		assert_int_equal(profile_times_merge(&part[order], &part[(order + 1) % 3]), 0);
		assert_int_equal(profile_times_merge(&part[(order + 2) % 3], &part[order]), 0);
		assert_same(&part[(order + 2) % 3], &all);
		for (size_t i = 0; i < 3; i++)
			done(&part[i]);
		done(&all);
	}
}

static void test_overflow(void **context)
{
	struct profile_times times = {0}, copy = {0};

	(void)context;
	for (int i = 0; i < 3; i++) {
		profile_times_add(&times, UINT64_MAX);
		profile_times_add(&copy, UINT64_MAX);
	}
	assert_int_equal(times.n, 3);
	assert_int_equal(times.sum_ns, UINT64_MAX);
	assert_int_equal(times.square_hi, UINT64_MAX);
	assert_int_equal(profile_times_quantile(&times, 0.5), UINT64_MAX);
	assert_int_equal(profile_times_merge(&times, &copy), -1);
	assert_same(&times, &copy);
	done(&times);
	done(&copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_keys),     cmocka_unit_test(test_quantiles), cmocka_unit_test(test_few),
	    cmocka_unit_test(test_interval), cmocka_unit_test(test_merge),     cmocka_unit_test(test_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
