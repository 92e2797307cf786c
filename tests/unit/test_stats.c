/* tools/stats against SciPy's results (tests/stats/golden.txt), against what follows by counting, and against simulated truth. */
#include "fs.h"
#include "stats.h"
#include "strbuf.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- golden.txt ---------------------------------------------------------------------------------------------------------------- */

struct golden {
	double results[3], a[512], b[512];
	size_t results_n, na, nb;
};

static size_t numbers(char *text, double *into, size_t most)
{
	size_t n = 0;
	char *end;

	for (; text && n < most; text = end, n++) {
		into[n] = strtod(text, &end);
		if (end == text)
			break;
	}
	return n;
}

typedef double (*by_sample)(const double *x, size_t n);
static const struct {
	const char *what;
	by_sample of;
} one_sample[] = {{"median", stats_median}, {"mad", stats_mad}, {"mean", stats_mean}, {"geomean", stats_geomean}, {"stddev", stats_stddev}};

static double mann_whitney(const struct golden *g, enum stats_method method)
{
	double u, p = stats_mann_whitney_by(g->a, g->na, g->b, g->nb, method, &u);

	assert_true(u == g->results[1]);
	return p;
}

static double ours(const char *what, const struct golden *g)
{
	for (size_t i = 0; i < sizeof one_sample / sizeof *one_sample; i++) {
		if (strcmp(what, one_sample[i].what) == 0)
			return one_sample[i].of(g->a, g->na);
	}
	if (strcmp(what, "quantile") == 0)
		return stats_quantile(g->a, g->na, g->results[1]);
	if (strcmp(what, "mann_whitney_auto") == 0)
		return mann_whitney(g, STATS_AUTO);
	if (strcmp(what, "mann_whitney_exact") == 0)
		return mann_whitney(g, STATS_EXACT);
	if (strcmp(what, "mann_whitney_asymptotic") == 0)
		return mann_whitney(g, STATS_NORMAL);
	if (strcmp(what, "hodges_lehmann") == 0)
		return stats_hodges_lehmann(g->a, g->na, g->b, g->nb, 0.95).value;
	if (strcmp(what, "signed_rank_above") == 0)
		return stats_signed_rank_above(g->a, g->b, g->na, g->results[1]);
	if (strcmp(what, "signed_rank_value") == 0)
		return stats_signed_rank(g->a, g->b, g->na, 0.95).value;
	if (strcmp(what, "normal_quantile") == 0)
		return stats_normal_quantile(g->results[1]);
	if (strcmp(what, "normal_cdf") == 0)
		return stats_normal_cdf(g->results[1]);
	if (strcmp(what, "t_quantile") == 0)
		return stats_t_quantile(g->results[1], g->results[2]);
	fail_msg("golden.txt asks for %s", what);
	return NAN;
}

static void check_line(char *line)
{
	struct golden *g = xcalloc(1, sizeof *g);
	char *parts[4] = {0}, what[64];
	double got;

	for (size_t i = 0; i < 4 && line; i++) {
		parts[i] = line;
		line = strchr(line, '|');
		if (line)
			*line++ = '\0';
	}
	assert_int_equal(sscanf(parts[0], "%63s", what), 1);
	g->results_n = numbers(parts[1], g->results, 3);
	g->na = numbers(parts[2], g->a, 512);
	g->nb = numbers(parts[3], g->b, 512);
	assert_true(g->results_n > 0);
	got = ours(what, g);
	if (!(fabs(got - g->results[0]) <= 1e-9 * fmax(1, fabs(g->results[0]))))
		fail_msg("%s of %zu and %zu: %.17g, SciPy says %.17g", what, g->na, g->nb, got, g->results[0]);
	free(g);
}

static void agrees_with_scipy(void **state)
{
	struct err err = {0};
	size_t size, cases = 0;
	char *text = fs_read(TESTS "/stats/golden.txt", 0, &size, &err), *next;

	(void)state;
	assert_non_null(text);
	for (char *line = text; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (*line == '#')
			continue;
		check_line(line);
		cases++;
	}
	assert_true(cases > 150);
	free(text);
}

/* ---- intervals ------------------------------------------------------------------------------------------------------------------- */

/* With 6 rounds the outermost Walsh averages hold with 1 - 2/64; 95 % needs no less, 97 % has no interval. */
static void signed_rank_knows_what_few_rounds_say(void **state)
{
	const double a[] = {100, 100, 100, 100, 100, 100}, b[] = {101, 102, 103, 104, 105, 106};
	struct stats_interval r = stats_signed_rank(a, b, 6, 0.95);

	(void)state;
	assert_true(fabs(r.lo - 1.01) < 1e-12 && fabs(r.hi - 1.06) < 1e-12);
	assert_true(r.value > 1.034 && r.value < 1.036);
	r = stats_signed_rank(a, b, 6, 0.97);
	assert_true(r.lo == 0 && isinf(r.hi));
	assert_true(fabs(stats_signed_rank_above(a, b, 6, 1.005) - 1.0 / 64) < 1e-15);
	assert_true(stats_signed_rank_above(a, b, 6, 1.2) == 1);
}

/* Of the 70 arrangements of 4 and 4, one has U = 0 and one U = 1: at 95 % (1/70 <= 0.025 < 2/70) the interval ends at the outermost of the
 * 16 differences, at 94 % (2/70 <= 0.03) at the next ones. */
static void hodges_lehmann_interval_by_count(void **state)
{
	const double a[] = {1, 2, 3, 4}, b[] = {11, 12.5, 13.25, 14.125};
	struct stats_interval r = stats_hodges_lehmann(a, 4, b, 4, 0.95);

	(void)state;
	assert_true(r.lo == 7 && r.hi == 13.125);
	r = stats_hodges_lehmann(a, 4, b, 4, 0.94);
	assert_true(r.lo == 8 && r.hi == 12.25);
}

static void nothing_is_said_without_samples(void **state)
{
	const double one[] = {3};
	struct stats_interval r;

	(void)state;
	assert_true(isnan(stats_median(one, 0)) && isnan(stats_stddev(one, 1)) && isnan(stats_geomean(one, 0)));
	assert_true(stats_mann_whitney(one, 1, one, 0, NULL) == 1);
	assert_true(stats_mann_whitney(one, 1, one, 1, NULL) == 1);
	r = stats_ratio_paired(one, one, 1, 0.95);
	assert_true(r.value == 1 && r.lo == 0 && isinf(r.hi));
	r = stats_ratio(one, 1, one, 0, 0.95);
	assert_true(r.lo == 0 && isinf(r.hi));
	assert_true(isnan(stats_ratio_layered(one, one, 0, 0, 0.95).value));
	assert_true(isnan(stats_signed_rank(one, one, 0, 0.95).value));
	assert_true(isnan(stats_hodges_lehmann(one, 0, one, 1, 0.95).value));
}

static void equal_samples_are_equal_for_certain(void **state)
{
	double same[20];
	struct stats_interval r;

	(void)state;
	for (size_t i = 0; i < 20; i++)
		same[i] = 7;
	r = stats_signed_rank(same, same, 20, 0.95);
	assert_true(r.value == 1 && r.lo == 1 && r.hi == 1);
	r = stats_ratio_paired(same, same, 20, 0.95);
	assert_true(r.value == 1 && r.lo == 1 && r.hi == 1);
	r = stats_ratio_layered(same, same, 4, 5, 0.95);
	assert_true(r.value == 1 && r.lo == 1 && r.hi == 1);
	r = stats_hodges_lehmann(same, 20, same, 20, 0.95);
	assert_true(r.value == 0 && r.lo == 0 && r.hi == 0);
	assert_true(stats_mann_whitney(same, 20, same, 20, NULL) == 1);
}

/* ---- simulated truth: a log-normal time with a long tail, a machine that drifts, a true ratio of 1.07 ----------------------------- */

static double noise(struct stats_rng *rng)
{
	double tail = stats_rng_unit(rng) < 0.1 ? stats_rng_unit(rng) : 0;
	double sum = 0;

	for (int i = 0; i < 12; i++)
		sum += stats_rng_unit(rng);
	return exp(0.03 * (sum - 6) + tail);
}

enum { LAYOUTS = 4 };
enum how { SIGNED_RANK, PAIRED, APART, LAYERED, SHIFT };
static double coverage(enum how how, size_t n, size_t experiments)
{
	struct stats_rng rng = {n + 77 * (unsigned)how};
	double a[64], b[64];
	size_t covered = 0;

	for (size_t e = 0; e < experiments; e++) {
		double truth = 1.07, layout = 1;
		struct stats_interval r = {0};

		for (size_t i = 0; i < n; i++) {
			double drift = 1 + 0.3 * (double)i / (double)n;

			if (how == LAYERED && i % (n / LAYOUTS) == 0)
				layout = exp(0.1 * (stats_rng_unit(&rng) - 0.5));
			drift = how == APART || how == SHIFT ? 1 : drift;
			a[i] = 10 * drift * noise(&rng);
			b[i] = 10 * truth * layout * drift * noise(&rng);
		}
		if (how == SIGNED_RANK)
			r = stats_signed_rank(a, b, n, 0.95);
		else if (how == PAIRED)
			r = stats_ratio_paired(a, b, n, 0.95);
		else if (how == APART)
			r = stats_ratio(a, n, b, n, 0.95);
		else if (how == LAYERED)
			r = stats_ratio_layered(a, b, LAYOUTS, n / LAYOUTS, 0.95);
		for (size_t i = 0; how == SHIFT && i < n; i++) {
			a[i] = log(a[i]);
			b[i] = log(b[i]);
		}
		if (how == SHIFT) {
			r = stats_hodges_lehmann(a, n, b, n, 0.95);
			truth = log(truth);
		}
		covered += r.lo <= truth && truth <= r.hi;
	}
	return (double)covered / (double)experiments;
}

static void intervals_cover_the_truth(void **state)
{
	static const struct {
		const char *name;
		enum how how;
		size_t n;
	} cases[] = {{"signed rank", SIGNED_RANK, 7},
		     {"signed rank", SIGNED_RANK, 25},
		     {"paired", PAIRED, 7},
		     {"paired", PAIRED, 25},
		     {"apart", APART, 10},
		     {"apart", APART, 30},
		     {"shift", SHIFT, 7},
		     {"shift", SHIFT, 60},
		     {"layered", LAYERED, LAYOUTS * 5}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		double share = coverage(cases[i].how, cases[i].n, 400);

		if (share < 0.92) /* 95 % less three standard errors of 400 experiments */
			fail_msg("%s of %zu covers %.1f %%", cases[i].name, cases[i].n, 100 * share);
	}
}

/* ---- the rest ----------------------------------------------------------------------------------------------------------------------- */

static void holm_is_holm(void **state)
{
	double p[] = {0.04, 0.01, 0.03, 0.005};

	(void)state;
	stats_holm(p, 4);
	assert_true(fabs(p[3] - 0.02) < 1e-15 && fabs(p[1] - 0.03) < 1e-15 && fabs(p[2] - 0.06) < 1e-15 && fabs(p[0] - 0.06) < 1e-15);
	stats_holm(p, 0);
}

static void the_generator_is_even_and_repeats(void **state)
{
	struct stats_rng rng = {1}, again = {1};
	size_t counts[7] = {0}, items[50], sum = 0;

	(void)state;
	for (size_t i = 0; i < 70000; i++)
		counts[stats_rng_below(&rng, 7)]++;
	for (size_t i = 0; i < 7; i++)
		assert_in_range(counts[i], 9600, 10400);
	for (size_t i = 0; i < 50; i++)
		items[i] = i;
	stats_rng_shuffle(&rng, items, 50);
	for (size_t i = 0; i < 50; i++)
		sum += items[i] == i;
	assert_in_range(sum, 0, 8);
	sum = 0;
	for (size_t i = 0; i < 50; i++)
		sum += items[i];
	assert_int_equal(sum, 49 * 25);
	for (size_t i = 0; i < 70000; i++)
		stats_rng_below(&again, 7);
	stats_rng_shuffle(&again, items, 50);
	assert_true(rng.state == again.state);
}

/* Many values, selected without making all differences. */
static void large_samples_take_no_time(void **state)
{
	enum { N = 5000 };
	double *a = xcalloc(N, sizeof *a), *b = xcalloc(N, sizeof *b);
	struct stats_rng rng = {3};
	struct stats_interval r;

	(void)state;
	for (size_t i = 0; i < N; i++) {
		a[i] = 1 + stats_rng_unit(&rng);
		b[i] = 1.5 * (1 + stats_rng_unit(&rng));
	}
	r = stats_signed_rank(a, b, N, 0.95);
	assert_true(r.lo < 1.5 && r.hi > 1.5 && r.hi - r.lo < 0.05);
	r = stats_hodges_lehmann(a, N, b, N, 0.95);
	assert_true(r.hi - r.lo < 0.05 && r.lo > 0.5);
	free(a);
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(agrees_with_scipy),
	    cmocka_unit_test(signed_rank_knows_what_few_rounds_say),
	    cmocka_unit_test(hodges_lehmann_interval_by_count),
	    cmocka_unit_test(nothing_is_said_without_samples),
	    cmocka_unit_test(equal_samples_are_equal_for_certain),
	    cmocka_unit_test(intervals_cover_the_truth),
	    cmocka_unit_test(holm_is_holm),
	    cmocka_unit_test(the_generator_is_even_and_repeats),
	    cmocka_unit_test(large_samples_take_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
