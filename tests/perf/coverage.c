/*
 * coverage.c - how often do the intervals of tools/stats hold the truth when the noise is real?
 *
 *   coverage simulate < PAIRS            lines `a b`: times of one program against itself, round by round, in an order drawn by lot
 *   coverage mann-whitney < SAMPLES      lines `a... | b...`: p and U of each, exact, normal and as we choose
 *
 * An experiment takes consecutive rounds from a random place, multiplies b by a known ratio, and looks whether the interval holds it. Which
 * of the two ran first in a round is drawn again: both are the same program, so the lot alone said whose time was whose, and one record
 * gives as many experiments as are wanted. What is left as it was: all times, and which followed which. Rows
 * `NAME-as-recorded` do without and go through all windows instead; those overlap, so their share is known no better than by as many
 * experiments as there are windows that don't.
 */
#include "stats.h"
#include "strbuf.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXPERIMENTS = 8000, BOOTSTRAPS = 1000 }; /* a bootstrap is thousands of times as long */

static const double truths[] = {0.8, 1, 1.05, 1.5};

struct pairs {
	double *a, *b;
	size_t n;
};

static struct pairs read_pairs(void)
{
	struct pairs p = {0};
	double a, b;

	while (scanf("%lf %lf", &a, &b) == 2) {
		p.a = xrealloc(p.a, p.n + 1, sizeof *p.a);
		p.b = xrealloc(p.b, p.n + 1, sizeof *p.b);
		p.a[p.n] = a;
		p.b[p.n++] = b;
	}
	return p;
}

static struct stats_interval signed_rank(const double *a, const double *b, size_t n)
{
	return stats_signed_rank(a, b, n, 0.95);
}

static struct stats_interval paired(const double *a, const double *b, size_t n)
{
	return stats_ratio_paired(a, b, n, 0.95);
}

/* As if they had been run one after the other: b is taken from elsewhere. */
static struct stats_interval apart(const double *a, const double *b, size_t n)
{
	return stats_ratio(a, n, b, n, 0.95);
}

static const struct {
	const char *name;
	struct stats_interval (*of)(const double *a, const double *b, size_t n);
	int together;
} methods[] = {{"signed-rank", signed_rank, 1}, {"bootstrap-of-paired-median", paired, 1}, {"bootstrap-of-medians-taken-apart", apart, 0}};

struct tally {
	size_t covered, count;
	double width; /* sum */
};

/* Rounds from `at` on; b from `other` on. `lot` NULL: as recorded. */
static void experiment(const struct pairs *p, size_t method, size_t n, size_t at, size_t other, struct stats_rng *lot, struct tally *tally)
{
	double *b = xcalloc(n, sizeof *b), *a = xcalloc(n, sizeof *a), truth = truths[tally->count % 4];
	struct stats_interval r;

	for (size_t i = 0; i < n; i++) {
		bool swap = lot && stats_rng_below(lot, 2);

		a[i] = (swap ? p->b : p->a)[at + i];
		b[i] = truth * (swap ? p->a : p->b)[other + i];
	}
	r = methods[method].of(a, b, n);
	tally->covered += r.lo <= truth && truth <= r.hi;
	tally->width += (r.hi - r.lo) / truth;
	tally->count++;
	free(a);
	free(b);
}

static void show(size_t method, const char *suffix, size_t n, const struct tally *tally)
{
	double count = (double)tally->count;

	printf("%s%s %zu %.4f %.4f\n", methods[method].name, suffix, n, (double)tally->covered / count, tally->width / count);
}

static void simulate(const struct pairs *p, size_t method, size_t n, struct stats_rng *rng)
{
	struct tally drawn = {0}, recorded = {0};
	size_t places = p->n - n + 1, experiments = methods[method].of == signed_rank ? EXPERIMENTS : BOOTSTRAPS;
	size_t step = places > experiments ? places / experiments : 1;

	while (drawn.count < experiments) {
		size_t at = stats_rng_below(rng, places), other = methods[method].together ? at : stats_rng_below(rng, places);

		experiment(p, method, n, at, other, rng, &drawn);
	}
	show(method, "", n, &drawn);
	if (!methods[method].together)
		return;
	for (size_t at = 0; at < places; at += step)
		experiment(p, method, n, at, at, NULL, &recorded);
	show(method, "-as-recorded", n, &recorded);
}

static size_t numbers(char *text, double *into, size_t most)
{
	size_t n = 0;
	char *end;

	for (; n < most; text = end, n++) {
		into[n] = strtod(text, &end);
		if (end == text)
			break;
	}
	return n;
}

static void mann_whitney(void)
{
	static char line[1 << 20];
	static double a[4096], b[4096];

	while (fgets(line, sizeof line, stdin)) {
		char *bar = strchr(line, '|');
		size_t na, nb;
		double u;

		if (!bar)
			continue;
		*bar = '\0';
		na = numbers(line, a, 4096);
		nb = numbers(bar + 1, b, 4096);
		stats_mann_whitney(a, na, b, nb, &u);
		printf("%.17g %.17g %.17g %.17g\n", stats_mann_whitney_by(a, na, b, nb, STATS_EXACT, NULL),
		       stats_mann_whitney_by(a, na, b, nb, STATS_NORMAL, NULL), stats_mann_whitney(a, na, b, nb, NULL), u);
	}
}

int main(int argc, char **argv)
{
	static const size_t rounds[] = {10, 20, 50};
	struct stats_rng rng = {7};
	struct pairs p;

	if (argc == 2 && strcmp(argv[1], "mann-whitney") == 0) {
		mann_whitney();
		return 0;
	}
	p = read_pairs();
	if (p.n < 100) {
		fprintf(stderr, "coverage: at least 100 pairs are needed\n");
		return 2;
	}
	for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
		for (size_t r = 0; r < 3; r++)
			simulate(&p, m, rounds[r], &rng);
	}
	free(p.a);
	free(p.b);
	return 0;
}
