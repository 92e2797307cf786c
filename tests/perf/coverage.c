/*
 * coverage.c - how often do the intervals of tools/stats hold the truth when the noise is real?
 *
 *   coverage simulate < PAIRS   lines `a b`: times of one program against itself, round by round. Experiments take consecutive rounds from
 * a random place, multiply b by a known ratio, and look whether the interval holds it. coverage mann-whitney       lines `a... | b...`: p
 * and U of each, exact, normal and as we choose
 */
#include "stats.h"
#include "strbuf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXPERIMENTS = 4000, BOOTSTRAPS = 400 }; /* a bootstrap is thousands of times as long */

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

static void simulate(const struct pairs *p, size_t method, size_t n, double truth, struct stats_rng *rng)
{
	double *b = xcalloc(n, sizeof *b), *a = xcalloc(n, sizeof *a), width = 0;
	size_t covered = 0;
	int experiments = methods[method].of == signed_rank ? EXPERIMENTS : BOOTSTRAPS;

	for (int e = 0; e < experiments; e++) {
		size_t at = stats_rng_below(rng, p->n - n + 1), other = methods[method].together ? at : stats_rng_below(rng, p->n - n + 1);
		struct stats_interval r;

		for (size_t i = 0; i < n; i++) {
			a[i] = p->a[at + i];
			b[i] = truth * p->b[other + i];
		}
		r = methods[method].of(a, b, n);
		covered += r.lo <= truth && truth <= r.hi;
		width += (r.hi - r.lo) / truth;
	}
	printf("%s %zu %g %.4f %.4f\n", methods[method].name, n, truth, (double)covered / experiments, width / experiments);
	free(a);
	free(b);
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
	static const double truths[] = {0.8, 1, 1.05, 1.5};
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
		for (size_t r = 0; r < 3; r++) {
			for (size_t t = 0; t < 4; t++)
				simulate(&p, m, rounds[r], truths[t], &rng);
		}
	}
	free(p.a);
	free(p.b);
	return 0;
}
