#!/usr/bin/env bash
# hint-numbers.sh: random loops over integers print and panic the same before and after every remainder, swap and halving.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/tap.sh
. tests/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

make --no-print-directory -s build/tests/hint > "$tmp/make.log" 2>&1 || cat "$tmp/make.log" >&2
for seed in ${HINT_SEEDS:-1 2}; do
	check "seed $seed: 40 functions print and panic the same, with and without overflow checks" \
		"$(python3 tests/hints/number_programs.py "$seed" 40 "$tmp" 2>&1)" "same"
done
finish
