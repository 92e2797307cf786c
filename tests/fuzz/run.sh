#!/bin/sh
# run.sh SECONDS TARGET... - run each fuzz target (a program) on its corpus tests/fuzz/corpus/NAME and SECONDS more.
# Prints TAP. Inputs that crash, hang or take too much memory are kept in build/fuzz/NAME.found/, new ones that reach new
# code in build/fuzz/NAME.corpus/, which the next run begins with. Exit status 1 if anything was found.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$here/../.." && pwd)/build/fuzz

if [ $# -lt 1 ] || ! [ "$1" -gt 0 ] 2> /dev/null; then
	echo "usage: run.sh SECONDS TARGET..." >&2
	exit 2
fi
seconds=$1
shift
echo "1..$#"
number=0
failed=0
# libFuzzer's clock goes on while a busy machine lets the target wait: does the input that it stopped at take long when it is alone?
is_slow() { # is_slow TARGET LOG
	input=$(sed -n 's/.*Test unit written to //p' "$2")
	case $input in */timeout-*) ;; *) return 0 ;; esac
	"$1" -timeout=20 -rss_limit_mb=2048 "$input" > /dev/null 2>&1 || return 0
	rm -f "$input"
	return 1
}

for target in "$@"; do
	number=$((number + 1))
	name=$(basename "$target")
	found=$build/$name.found
	grown=$build/$name.corpus
	log=$build/$name.log
	seeds=$here/corpus/${name#fuzz_}
	mkdir -p "$found" "$grown"
	case $target in */*) ;; *) target=./$target ;; esac
	set -- "$grown"
	if [ -d "$seeds" ]; then
		set -- "$@" "$seeds"
	fi
	# programs that another test has are seeds too
	if [ "$name" = fuzz_rust ]; then
		set -- "$@" "$here/../e2e/hook"
	fi
	if [ ! -x "$target" ]; then
		echo "not ok $number - $name: no such program"
		failed=1
	elif "$target" -max_total_time="$seconds" -rss_limit_mb=2048 -malloc_limit_mb=1200 -timeout=20 -print_final_stats=1 \
		-artifact_prefix="$found/" "$@" > "$log" 2>&1; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
		echo "ok $number - $name: ${runs:-0} inputs"
	elif ! is_slow "$target" "$log"; then
		echo "ok $number - $name: ended by a clock; the input takes no time by itself"
	else
		echo "not ok $number - $name: see $log; the input is in $found"
		tail -n 30 "$log" | sed 's/^/# /'
		failed=1
	fi
done
exit $failed
