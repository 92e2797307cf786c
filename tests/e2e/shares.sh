#!/usr/bin/env bash
# Right times: programs whose functions do known shares of one kind of work, profiled from samples by perf, from samples by the timer, and by the
# clock alone. TAP on stdout; exit status 1 if one failed. RUCHY_PROF is the command, PROGRAMS and CLOCKED choose.
#
# Samples are of CPU time, which other programs on the machine do not change. The clock is of wall time, which they do, so a round of the programs
# is short against a run: what a busy machine takes, it takes from all functions. What still fails may try twice more: a wrong
# attribution is wrong each time, an unlucky one is not.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
RUCHY_PROF=${RUCHY_PROF:-$top/build/bin/ruchy-prof}
PYTHON=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
number=0
failures=0

# profile PROGRAM METHOD: into PROGRAM.json
profile() {
	case $2 in
	clock) "$RUCHY_PROF" profile --binary "$here/shares/$1.rs" --iterations 3 --format json --output "$1.json" --no-reference ;;
	*) RUCHY_PROF_SAMPLER=$2 "$RUCHY_PROF" profile --binary "$here/shares/$1.rs" --iterations 1 --format json --output "$1.json" --verbose ;;
	esac
}

# check PROGRAM METHOD
check() {
	local attempt
	number=$((number + 1))
	for attempt in 1 2 3; do
		if profile "$1" "$2" > log 2>&1 && "$PYTHON" "$here/shares.py" "$1.json" "$1" "$2" >> log 2>&1; then
			echo "ok $number - $1 by $2"
			sed 's/^/# /' log | grep -e self -e total -e blocked
			return
		fi
		grep -v -e compile -e rustc log | sed "s/^/# attempt $attempt: /"
	done
	failures=$((failures + 1))
	echo "not ok $number - $1 by $2"
}

# skip NAME REASON
skip() {
	number=$((number + 1))
	echo "ok $number - $1 # skip $2"
}

perf=yes
RUCHY_PROF_SAMPLER=perf "$RUCHY_PROF" profile --binary "$here/shares/plain.rs" --iterations 1 --verbose --output plain.txt 2>&1 | grep -q 'no samples' && perf=no
for program in ${PROGRAMS:-plain inlined tiny recursive mutual threads sleeper}; do
	if [ $perf = yes ]; then
		check "$program" perf
	else
		skip "$program by perf" "perf_event_open is not permitted here"
	fi
	check "$program" timer
done
# By the clock alone tiny functions have no time, a thread that waits for others runs on its own account, and so does one that sleeps.
for program in ${CLOCKED:-plain inlined recursive mutual}; do
	check "$program" clock
done
echo "1..$number"
[ "$failures" -eq 0 ]
