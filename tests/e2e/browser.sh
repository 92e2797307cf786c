#!/usr/bin/env bash
# The flame graph in headless Chromium: it is clicked, searched, walked through by keyboard, looked at in light and dark and without script.
# TAP on stdout; exit status 1 if one failed. RUCHY_PROF is the command, PYTHON the interpreter.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
RUCHY_PROF=${RUCHY_PROF:-$top/build/bin/ruchy-prof}
PYTHON=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$top" || exit 1
"$RUCHY_PROF" profile --binary bench-corpus/interpreter/interpreter.ruchy --iterations 2 --data "$work/interpreter.data" --output "$work/interpreter.txt" < /dev/null || exit 1
cp tests/golden/flamegraph.hostile.all "$work/hostile.svg"
"$PYTHON" "$here/browser.py" "$RUCHY_PROF" "$work"
