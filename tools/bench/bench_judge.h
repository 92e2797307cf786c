/*
 * bench_judge.h - from samples to PASS, FAIL or INCONCLUSIVE. Pure.
 *
 * FAIL only when the whole interval of the ratio lies above 1 + threshold, PASS only when it lies below. Runs are added until one of them
 * holds, so the samples are looked at several times; each look spends a part of the 5 % that all of them together may be wrong in.
 */
#ifndef BENCH_JUDGE_H
#define BENCH_JUDGE_H

#include "stats.h"

enum bench_verdict { BENCH_PASS, BENCH_FAIL, BENCH_INCONCLUSIVE, BENCH_UNJUDGED };

struct judged {
	/* in */
	const double *a, *b; /* before, after; positive */
	size_t na, nb;
	bool paired;	  /* a[i] and b[i] are of one round */
	double threshold; /* share of a: 0.05 */
	/* out */
	struct stats_interval ratio;
	double level;	   /* of the interval: 1 - what this look may spend, shared by the metrics (Holm) */
	double detectable; /* the share of a true rise that would FAIL in 80 % of cases; INFINITY = not known */
	enum bench_verdict verdict;
};

/* Judge `count` metrics together; `alpha` is what this look may spend. */
void judge(struct judged *metrics, size_t count, double alpha);
/* FAIL if one fails, INCONCLUSIVE if one is, else PASS. UNJUDGED ones are left out. */
enum bench_verdict judge_all(const enum bench_verdict *verdicts, size_t count);

/* When to look, and what to spend. */
struct looks {
	double alpha;	 /* for all looks together */
	double part;	 /* of the time that had passed at the last one */
	uint64_t rounds; /* at which the next one is due */
};
struct looks looks_begin(double alpha, uint64_t first);
/* Is a look due? `part`: of the time (or rounds) that there is, 0 .. 1. Then *alpha is what it may spend. */
bool looks_due(struct looks *looks, uint64_t rounds, double part, double *alpha);
/* The last look may spend what is left. */
double looks_rest(const struct looks *looks);

#endif
