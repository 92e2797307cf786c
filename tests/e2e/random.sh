#!/usr/bin/env bash
# Random programs, seeded, against a count of their own (random_programs.py): output, calls and allocations of each function in block mode, with entry counters,
# with lines. TAP on stdout. SEEDS (how many), FIRST (the first) and SECONDS_EACH make it longer; programs that differ are kept in KEEP.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$here/../..
LIB=${LIB:-$top/build/lib}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc -std=c17 -D_GNU_SOURCE -I"$top/transpiler-hooks/include" -o "$work/driver" "$here/hook/driver.c" "$LIB/librhook.a" ${SANLIB:-} -ltree-sitter -lxxhash ||
	{ echo "Bail out! the hook does not link"; exit 1; }
number=0
failed=0
# random NAME SEEDS OPTIONS...
random() {
	number=$((number + 1))
	if python3 "$here/random_programs.py" --driver "$work/driver" --lib "$LIB" --keep "${KEEP:-$top/build/random}" --seed "${FIRST:-1}" --count "$2" --seconds "${SECONDS_EACH:-25}" \
		"${@:3}" > "$work/log" 2>&1; then
		echo "ok $number - $1: $(tail -n 1 "$work/log")"
	else
		failed=1
		echo "not ok $number - $1"
		sed 's/^/# /' "$work/log"
	fi
}
if [ -n "${SEEDS:-}" ]; then
	random "every way" "$SEEDS"
	random "every way, optimised" "$((SEEDS / 4 + 1))" --opt 3
else
	random "blocks" 5 --way ""
	random "entry counters, lines" 2 --way=--entry-only --way=--lines
	random "optimised" 1 --opt 3 --way=--wrapping
fi
echo "1..$number"
exit $failed
