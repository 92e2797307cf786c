#!/usr/bin/env bash
# profile.data read by a second reader, written from runtime/FORMAT.md alone, and compared with what ruchy-prof reads in it.
# TAP on stdout; exit status 1 if one failed. RUCHY_PROF is the command, PYTHON the interpreter.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
RUCHY_PROF=${RUCHY_PROF:-$top/build/bin/ruchy-prof}
PYTHON=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

"$PYTHON" "$here/read_data.py" /dev/null > modules 2>&1
if [ $? -eq 77 ]; then
	echo "ok 1 - second reader of profile.data # skip $(cat modules)"
	echo "1..1"
	exit 0
fi

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
		head -n 20 log | sed 's/^/# /'
	fi
}

for program in fibonacci closures panic; do
	check "$program: profile" "$RUCHY_PROF" profile --binary "$top/bench-corpus/$program/$program.ruchy" --iterations 2 --no-reference \
		--data "$program.data" --output "$program.txt"
	check "$program: report" "$RUCHY_PROF" report "$program.data" --format json --output "$program.json"
	check "$program: the second reader agrees" "$PYTHON" "$here/read_data.py" "$program.data" "$program.json"
done
check "nbody, sampled: profile" "$RUCHY_PROF" profile --binary "$top/bench-corpus/nbody/nbody.ruchy" --iterations 2 --data nbody.data --output nbody.txt
check "nbody, sampled: the second reader finds each sample on a call path" "$PYTHON" "$here/read_data.py" nbody.data
truncate -s -1 fibonacci.data
check "a truncated file is refused by both" bash -c \
	"! '$RUCHY_PROF' report fibonacci.data && ! '$PYTHON' '$here/read_data.py' fibonacci.data"
echo "1..$number"
[ "$failures" -eq 0 ]
