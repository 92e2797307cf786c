#!/usr/bin/env bash
# Reports of a profile with a million edges, and merging of some thousands of profiles: time, memory, and how they grow. TAP on stdout.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
export RUCHY_PROF=${RUCHY_PROF:-$PWD/build/bin/ruchy-prof}
if ! python3 -c 'import cbor2, xxhash, zstandard' 2> /dev/null; then
	echo "ok 1 - scale # skip python3-cbor2, python3-xxhash or python3-zstandard is missing"
	echo "1..1"
	exit 0
fi
python3 tests/perf/scale.py | sed '/^1\.\./d'
status=${PIPESTATUS[0]}
if python3 tests/perf/merge.py --files 4000 --compare 100 --rounds 3 --check > /tmp/merge.$$ 2>&1; then
	echo "ok 11 - merge: within its time and memory, and faster per byte than go tool pprof"
else
	echo "not ok 11 - merge: within its time and memory, and faster per byte than go tool pprof"
	status=1
fi
sed 's/^/# /' /tmp/merge.$$
rm -f /tmp/merge.$$
echo "1..11"
exit "$status"
