#!/usr/bin/env bash
# Every format through the program that reads it: exact counts arrive, .ruchy files and lines arrive, nothing passes 100 %.
# TAP on stdout; exit status 1 if one failed. RUCHY_PROF is the command, PYTHON the interpreter.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
RUCHY_PROF=${RUCHY_PROF:-$top/build/bin/ruchy-prof}
PYTHON=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$top" || exit 1 # profiles name their sources from here, so that readers find them

# Deep and mutual recursion, closures, threads, allocations; one from a raw file alone, whose paths are derived.
for program in fibonacci mutual-recursion nbody closures threads strings; do
	"$RUCHY_PROF" profile --binary "bench-corpus/$program/$program.ruchy" --iterations 2 --data "$work/$program.data" --output "$work/$program.txt" < /dev/null || exit 1
done
"$RUCHY_PROF" profile --binary bench-corpus/interpreter/interpreter.ruchy --iterations 1 --no-reference --data "$work/interpreter.data" --output "$work/interpreter.txt" < /dev/null || exit 1
exec "$PYTHON" "$here/formats.py" "$RUCHY_PROF" "$work" build/tools
