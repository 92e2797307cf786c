#!/usr/bin/env bash
# The HTML report in headless Chromium: of a program, of a profile whose names try to be markup, and of one with 10,000 functions.
# TAP on stdout; skips without Chromium.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
prof=${RUCHY_PROF:-build/bin/ruchy-prof}
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
if ! python3 -c 'import cbor2, xxhash, zstandard' 2> /dev/null; then
	echo "ok 1 - HTML in a browser # skip python3-cbor2, python3-xxhash or python3-zstandard is missing"
	echo "1..1"
	exit 0
fi
"$prof" profile --binary bench-corpus/fibonacci/fibonacci.ruchy --iterations 3 --lines --output "$work/normal.html" \
	--data "$work/normal.data" && "$prof" report "$work/normal.data" --function main --output "$work/main.html" &&
	python3 tests/e2e/hostile_profile.py "$work/hostile.data" && "$prof" report "$work/hostile.data" --output "$work/hostile.html" &&
	python3 tests/perf/profiles.py "$work/large.data" 10000 1000000 && "$prof" report "$work/large.data" --output "$work/large.html" || exit 1
python3 tests/e2e/html_report.py "$work/normal.html" "$work/hostile.html" "$work/large.html" "$work/main.html"
