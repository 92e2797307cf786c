#!/usr/bin/env bash
# End-to-end tests of allocation counts: programs whose allocations follow from a formula (memory/*.rs, `//=` lines), each function exact, and the
# same programs under an allocator that counts by itself, equal in all totals and in the peak. TAP on stdout.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../tap.sh"
prof=${RUCHY_PROF:-$here/../../build/bin/ruchy-prof}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

memory() {
	python3 "$here/memory.py" "$@" 2>&1
}

# build NAME FLAGS...: the program, instrumented
build() {
	"$prof" build "$here/memory/$1.rs" --instrument --output "$1" "${@:2}" 2> err || check "$1 ${*:2}: builds" "$(cat err)" ""
}

# run NAME: leaves NAME.json; prints status and output
run() {
	rm -f "$1".raw*
	RUCHY_PROF_FILE="$work/$1.raw" timeout 60 "./$1" 2> err < /dev/null
	echo "status $?"
	"$prof" report "$1.raw" --format json --output "$1.json"
}

for name in growth aligned owners lazily tail leaks threads panics; do
	cat "$here/memory/$name.rs" "$here/memory/counter.rs.in" > plain.rs
	rustc --edition 2021 -C opt-level=3 -A warnings -o plain plain.rs || { check "$name: compiles with a counter" "no" "yes"; continue; }
	timeout 60 ./plain > plain.out 2> plain.err < /dev/null
	echo "status $?" >> plain.out
	for way in "" --entry-counters --rustc-flags=-Copt-level=0 --allocation-lines; do
		# Deep recursion is none only when tail calls are optimised, and entry counters keep a frame for each call.
		[ "$name$way" != tail--entry-counters ] && [ "$name$way" != tail--rustc-flags=-Copt-level=0 ] || continue
		# shellcheck disable=SC2086
		build "$name" $way
		check "$name $way: same output" "$(run "$name")" "$(cat plain.out)"
		check "$name $way: every function exact" "$(memory functions "$here/memory/$name.rs" "$name.json")" ""
		check "$name $way: a second reader" "$(python3 "$here/read_raw.py" --memory "$name.raw" | LC_ALL=C sort)" "$(memory rows "$name.json" | LC_ALL=C sort)"
		# How much is live at once in many threads depends on which runs when.
		masked=$([ "$name" = threads ] && echo 's/ peak .*//')
		check "$name $way: totals of an independent counter" "$(memory totals "$name.json" | sed "$masked")" "$(tail -n 1 plain.err | sed "$masked")"
	done
done

# Each line by itself; and what the hook must not change in a program that has all these forms
for way in "" --entry-counters --rustc-flags=-Copt-level=0; do
	# shellcheck disable=SC2086
	build lines --allocation-lines $way
	check "lines $way: it does what it did" "$(run lines)" "status 0"
	check "lines $way: every line exact" "$(memory lines "$here/memory/lines.rs" lines.json)" ""
done

# Who held the peak: the parts add up to it, within the step of the copies
at_peak() {
	python3 - "$1" << 'PYTHON'
import json, sys
report = json.load(open(sys.argv[1]))
memory = report["memory"]
parts = [f["memory"]["at_peak_bytes"] for f in report["functions"] if f["memory"]] + [memory["outside"]["at_peak_bytes"]]
print("within 1 %" if 0 <= memory["peak_live_bytes"] - sum(parts) <= memory["peak_live_bytes"] / 100 else f"{sum(parts)} of {memory['peak_live_bytes']}")
PYTHON
}
for name in growth owners leaks; do
	check "$name: who held the peak" "$(at_peak $name.json)" "within 1 %"
done
python3 - threads.json << 'PYTHON' > peak
import json, sys
peak = json.load(open(sys.argv[1]))["memory"]["peak_live_bytes"]
# 8 blocks that are never freed, and at least one queue of 64 entries
print("plausible" if 8 * 777 + 64 * 24 < peak < 8 * (64 * 500 + 4096 + 777 + 64 * 24 + 4096) + 16 * 8192 else peak)
PYTHON
check "threads: peak" "$(cat peak)" plausible

# A gigabyte of zeroed memory of which one byte was read, and blocks grown in place, cost no memory
build growth
# shellcheck disable=SC2034
RUCHY_PROF_FILE="$work/growth.raw" bash -c 'ulimit -v 1400000; exec ./growth' > /dev/null 2> err
check "growth: zeroed memory is not touched" "$? $(cat err)" "0 "
build own
check "own allocator: it is kept" "$(run own)" "$(printf '10\nstatus 0')"
check "own allocator: not measured" "$(python3 -c 'import json; m = json.load(open("own.json"))["memory"]; print(m["state"], m["allocations"], m["outside"])')" "own None None"
check "own allocator: the text says so" "$("$prof" report own.raw | grep Allocations)" "  Allocations:  not measured: the program has its own allocator"
build leaks --no-memory
check "--no-memory: same output" "$(run leaks)" "$(printf '4000 0 500 1000\nstatus 3')"
check "--no-memory: not measured" "$(python3 -c 'import json; m = json.load(open("leaks.json"))["memory"]; print(m["state"], m["allocations"], m["peak_live_bytes"])')" "off None None"
check "--no-memory: the text says so" "$("$prof" report leaks.raw | grep Allocations)" "  Allocations:  not measured (--no-memory)"
check "--no-memory: nothing of it is left" "$("$prof" transpile "$here/memory/leaks.rs" --instrument --no-memory | grep -c -e 'global_allocator' -e '[^_]__rprof::own' -e '__rprof::back' -e __rprof_m)" 0

build fork
check "fork: output" "$(run fork)" "$(printf '222 33\nstatus 0')"
"$prof" report fork.raw.* --format json --output child.json
of() { # of REPORT FUNCTION
	python3 -c 'import json, sys; m = {f["name"]: f["memory"] for f in json.load(open(sys.argv[1]))["functions"]}[sys.argv[2]]; print(m["allocations"], m["allocated_bytes"], m["leaked"], m["leaked_bytes"])' "$@"
}
check "fork: the parent" "$(of fork.json before), $(of fork.json in_child), $(of fork.json in_parent), $(of fork.json main)" "2 222 0 0, 0 0 0 0, 1 333 1 333, 1 1024 0 0"
check "fork: the child, from zero" "$(of child.json before), $(of child.json in_child), $(of child.json in_parent), $(of child.json main)" "0 0 0 0, 2 444 2 444, 0 0 0 0, 1 1111 1 1111"

finish
