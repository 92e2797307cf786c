#!/usr/bin/env bash
# bench.sh PROGRAM...: a gate for each program against its newest baseline, for any CI that can keep a folder between runs.
#
#   BENCH_STORE=DIR       the folder (default .ruchy-bench); keep it in the cache of the CI
#   BENCH_THRESHOLD=5%    slower by more than that fails
#   BENCH_METRICS=LIST    what is judged (default wall,calls,allocations)
#   BENCH_VERSION=NAME    make a baseline of that name when nothing failed: on the main branch, give it the commit
#   BENCH_REPORTS=DIR     JUnit and markdown reports go there (default bench-reports)
#   BENCH_OPTIONS=...     more options, such as --max-time 10s
#
# Exit status: 0 nothing failed; 3 a regression; 1 a program or a tool failed.
set -u
store=${BENCH_STORE:-.ruchy-bench}
reports=${BENCH_REPORTS:-bench-reports}
read -ra more <<< "${BENCH_OPTIONS:-}"
format=text
[ -z "${GITHUB_ACTIONS:-}" ] || format=github # annotations, and a summary of the step
mkdir -p "$reports"
worst=0

for program; do
	name=$(basename "$program" .ruchy)
	status=0
	if ruchy-prof bench history "$program" --store "$store" ${more[@]+"${more[@]}"} > /dev/null 2>&1; then
		ruchy-prof bench --regression ci "$program" --store "$store" --threshold "${BENCH_THRESHOLD:-5%}" \
			--metric "${BENCH_METRICS:-wall,calls,allocations}" --format "$format" \
			--export-junit "$reports/$name.xml" --export-markdown "$reports/$name.md" ${more[@]+"${more[@]}"} || status=$?
	else
		echo "$program: no baseline yet"
	fi
	if [ "$status" -eq 0 ] && [ -n "${BENCH_VERSION:-}" ]; then
		ruchy-prof bench --regression baseline "$program" --store "$store" --version "$BENCH_VERSION" ${more[@]+"${more[@]}"} || status=$?
	fi
	# A tool that failed says less than a regression, but must not hide behind one.
	[ "$status" -eq 0 ] || [ "$worst" -eq 1 ] || worst=$status
done
[ ! -d "$store" ] || ruchy-prof bench gc --store "$store" --keep 20
exit "$worst"
