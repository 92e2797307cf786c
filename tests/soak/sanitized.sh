#!/usr/bin/env bash
# sanitized.sh STORM: the storm of threads and forks, built with a sanitizer: nothing reported, every call counted. TAP on stdout.
set -u
storm=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
# TSan would end each child of a program with threads, and calls the threads that stayed behind in the parent a leak.
export TSAN_OPTIONS=die_after_fork=0:report_thread_leaks=0
number=0
failures=0
for form in "threads 300 1000 300000" "lone-forks 40 500 60040"; do
	read -r mode count calls expected <<< "$form"
	rm -rf files && mkdir files
	got=$(RUCHY_PROF_FILE=files/raw timeout 120 "$storm" "$mode" "$count" "$calls" 2>&1)
	got="$? $got $(python3 "$here/../e2e/read_raw.py" files/* 2>&1 | awk '/^calls step/ { calls += $3 } END { print calls }')"
	number=$((number + 1))
	if [ "$got" = "0 $expected $expected" ]; then
		echo "ok $number - storm $mode: $expected calls, no report"
	else
		failures=$((failures + 1))
		echo "not ok $number - storm $mode: $expected calls, no report"
		head -n 40 <<< "$got" | sed 's/^/# /'
	fi
done
echo "1..$number"
[ "$failures" = 0 ]
