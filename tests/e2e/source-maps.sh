#!/usr/bin/env bash
# Source maps against an independent reader (the PyPI package sourcemap): positions, the hand-checked sample, and how much of the corpus is
# mapped. TAP on stdout; exit status 1 if one failed. `make map-figures` measures the programs inside the package ruchy too.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top" || exit 1
python=python3
if ! PYTHONPATH=build/sourcemap $python -c 'import sourcemap' 2> /dev/null; then
	echo "1..1"
	echo "ok 1 - source maps # SKIP no Python package sourcemap in build/sourcemap (make sourcemap)"
	exit 0
fi
failed=0
mkdir -p build/log
$python tests/map/check-positions.py || failed=1
$python tests/map/check-sample.py || failed=1
if $python tests/map/figures.py bench-corpus/*/*.ruchy > build/log/map-figures.txt 2>&1; then
	echo "ok 1 - the corpus is mapped as far as it must be"
else
	echo "not ok 1 - the corpus is mapped as far as it must be"
	sed 's/^/# /' build/log/map-figures.txt
	failed=1
fi
exit $failed
