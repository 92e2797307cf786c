#!/usr/bin/env python3
"""golden.py: what SciPy says of some samples, one case a line: WHAT, its results, its samples, apart by `|`. Written to golden.txt, which the
unit test of tools/stats reads; `make stats-golden` fetches SciPy and runs this."""
import sys

import numpy
import scipy
from scipy import stats

rng = numpy.random.default_rng(20)
print(f"# made by golden.py with SciPy {scipy.__version__}")


def line(what, results, *samples):
    print(" | ".join([what, *(" ".join(repr(float(v)) for v in part) for part in (results, *samples))]))


def samples():
    for na, nb in [(1, 1), (2, 3), (3, 3), (5, 5), (8, 8), (8, 40), (4, 200), (9, 9), (20, 30), (60, 45)]:
        a = rng.lognormal(3, 0.2, na)
        yield a, rng.lognormal(3.05, 0.25, nb)
        yield numpy.round(a, 0), numpy.round(rng.lognormal(3.1, 0.2, nb), 0)


for a, b in samples():
    for method in ("auto", "exact", "asymptotic"):
        if method == "exact" and len(numpy.unique(numpy.concatenate([a, b]))) < len(a) + len(b):
            continue
        r = stats.mannwhitneyu(a, b, alternative="two-sided", method=method)
        if not numpy.isnan(r.pvalue):
            line("mann_whitney_" + method, (r.pvalue, r.statistic), a, b)
    shift = numpy.subtract.outer(b, a).ravel()
    line("hodges_lehmann", (numpy.median(shift),), a, b)

for n in (1, 2, 5, 11, 30, 100, 101, 400):
    a = rng.lognormal(3, 0.2, n)
    b = a * rng.lognormal(0.04, 0.05, n)
    x = numpy.log(b / a)
    for bound in (0.98, 1.0, 1.05):
        method = "exact" if n <= 100 else "approx"
        r = stats.wilcoxon(x - numpy.log(bound), alternative="greater", method=method, correction=True)
        line("signed_rank_above", (r.pvalue, bound), a, b)
    walsh = numpy.add.outer(x, x)[numpy.triu_indices(n)] / 2
    line("signed_rank_value", (numpy.exp(numpy.median(walsh)),), a, b)

for n in (1, 2, 3, 10, 101):
    x = rng.gamma(2, 3, n)
    line("median", (numpy.median(x),), x)
    line("mad", (stats.median_abs_deviation(x),), x)
    line("mean", (numpy.mean(x),), x)
    line("geomean", (stats.gmean(x),), x)
    for q in (0, 0.025, 0.4, 0.95, 1):
        line("quantile", (numpy.quantile(x, q), q), x)
    if n > 1:
        line("stddev", (numpy.std(x, ddof=1),), x)

for p in (1e-9, 0.001, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9999):
    line("normal_quantile", (stats.norm.ppf(p), p))
    for df in (1, 2, 5, 30, 200):
        line("t_quantile", (stats.t.ppf(p, df), p, df))
for z in (-8, -1.5, 0, 0.3, 4):
    line("normal_cdf", (stats.norm.cdf(z), z))
sys.stdout.flush()
