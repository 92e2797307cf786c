#!/usr/bin/env bash
# The timer that samples where perf_event_open is refused: it does not show in the program, gives way where the program wants the signal, and
# says why where it cannot work. TAP on stdout; exit status 1 if one failed. RUCHY_PROF is the command.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
RUCHY_PROF=${RUCHY_PROF:-$top/build/bin/ruchy-prof}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
number=0
failures=0

# check NAME COMMAND...
check() {
	local name=$1
	shift
	number=$((number + 1))
	if "$@" > log 2>&1; then
		echo "ok $number - $name"
	else
		failures=$((failures + 1))
		echo "not ok $number - $name"
		head -n 30 log out 2> /dev/null | sed 's/^/# /'
	fi
}

# profile SAMPLER PROGRAM OPTIONS...: what it says goes to `out`
profile() {
	RUCHY_PROF_SAMPLER=$1 "$RUCHY_PROF" profile --binary "$here/timer/$2.rs" --iterations 1 --verbose "${@:3}" > out 2>&1
}

says() {
	grep -q -e "$1" out
}

check "the program runs as without it" profile timer surroundings
check "and is sampled" says "Sampling: timer"
check "also below a directory with blanks and a colon" env TMPDIR="$work" bash -c "mkdir 'a b:c' && cd 'a b:c' && cp '$here/timer/surroundings.rs' 'x y.rs' &&
	RUCHY_PROF_SAMPLER=timer XDG_CACHE_HOME=\"\$PWD\" '$RUCHY_PROF' profile --binary 'x y.rs' --iterations 1 --verbose | grep 'Sampling: timer'"
check "a program with a SIGPROF of its own keeps it" profile timer own_sigprof
check "and that is said" says "uses SIGPROF itself"
check "a static program is profiled" profile timer surroundings --rustc-flags "-C target-feature=+crt-static"
check "without samples, which is said" says "static program"
check "none: no samples" profile none surroundings
check "and times are from the clock" says "^Times: clock"
check "an unknown sampler is told" bash -c "RUCHY_PROF_SAMPLER=oops '$RUCHY_PROF' profile --binary '$here/timer/surroundings.rs' --iterations 1 --verbose 2>&1 |
	grep 'unknown sampler: oops'"
echo "1..$number"
[ "$failures" -eq 0 ]
