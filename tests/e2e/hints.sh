#!/usr/bin/env bash
# hints.sh: on every program of the corpus, each candidate alone and all together compile, and what is printed stays.
# Candidates that only mark code (cold, inline, ..) are run kind by kind, the others one by one; all together also under debug assertions.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/tap.sh
. tests/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

make --no-print-directory -s build/tests/hint > "$tmp/make.log" 2>&1 || cat "$tmp/make.log" >&2
programs=$(for out in bench-corpus/*/*.out; do basename "$out" .out; done)
printf "%s\n" $programs | xargs -P 2 -I{} /usr/bin/env python3 tests/hints/each.py {} "$tmp"
for p in $programs; do
	check "$p: every candidate compiles, and the output stays" "$(cat "$tmp/$p.result" 2>&1)" "same"
done
check "a panic comes where it came, with the same message" "$(/usr/bin/env python3 tests/hints/panics.py "$tmp" 2>&1)" "same"
finish
