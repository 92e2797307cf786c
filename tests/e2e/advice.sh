#!/usr/bin/env bash
# End-to-end tests of the recommendations: real programs (advice/*.rs) that make a rule speak, and their twins that must not. In each file:
# `//+` rules that speak, `//-` rules that are silent, `//?` rules that speak unless the machine was too busy to tell, `//:` options. TAP on stdout.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
prof=${RUCHY_PROF:-$root/build/bin/ruchy-prof}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
number=0
failures=0

result() { # result ok|"not ok" NAME [SKIP REASON]
	number=$((number + 1))
	[ "$1" = ok ] || failures=$((failures + 1))
	echo "$1 $number - $2${3:+ # SKIP $3}"
}

# wanted FILE MARK: the words behind //MARK
wanted() {
	sed -n "s#^//$2##p" "$1"
}

# judge NAME SPEAK SILENT PERHAPS OPTIONS...: profile and compare
judge() {
	local name=$1 speak=$2 silent=$3 perhaps=$4 id
	shift 4
	"$prof" profile --binary "$@" --iterations 3 --ignore-failure --format json --output report.json > /dev/null 2> err < /dev/null ||
		{ result "not ok" "$name: $(tail -n 1 err)"; return; }
	python3 - << 'PYTHON' > said
import json
levels = {"ok", "note", "warning"}
report = json.load(open("report.json"))
names = {f["name"] for f in report["functions"]}
for r in report["recommendations"]:
    sound = r["level"] in levels and r["message"] and r["evidence"] and (r["function"] is None or r["function"] in names)
    print(r["id"] if sound else "unsound:" + r["id"], "|", r["evidence"])
PYTHON
	for id in $speak; do
		if grep -q "^$id |" said; then result ok "$name: $id"; else result "not ok" "$name: $id is silent"; sed 's/^/# /' said; fi
	done
	for id in $silent; do
		if grep -q "^$id |" said; then result "not ok" "$name: $id speaks"; sed 's/^/# /' said; else result ok "$name: no $id"; fi
	done
	for id in $perhaps; do
		if grep -q "^$id |" said; then result ok "$name: $id"; else result ok "$name: $id" "no CPU was idle"; fi
	done
	if grep -q '^unsound' said; then result "not ok" "$name: $(grep '^unsound' said)"; fi
}

for file in "$here"/advice/*.rs; do
	# shellcheck disable=SC2046
	judge "$(basename "$file" .rs)" "$(wanted "$file" +)" "$(wanted "$file" -)" "$(wanted "$file" '?')" "$file" $(wanted "$file" :)
done
# What the transpiler copied: strings, and numbers, which costs nothing
judge wordcount "inserted-copy" "memoization" "" "$root/bench-corpus/wordcount/wordcount.ruchy" --lines
judge nbody "" "inserted-copy" "" "$root/bench-corpus/nbody/nbody.ruchy" --lines
judge fibonacci "memoization stack-only dominant no-allocations" "inserted-copy" "" "$root/bench-corpus/fibonacci/fibonacci.ruchy"
python3 - << 'PYTHON' > memo
import json
r = json.load(open("report.json"))
m = [x for x in r["recommendations"] if x["id"] == "memoization"][0]
f = [x for x in r["functions"] if x["name"] == "fibonacci"][0]
print(m["evidence"], m["line"], f["arguments"]["calls"], f["arguments"]["distinct"], f["arguments"]["error"], f["arguments"]["deepest"], "pure" in f["flags"])
PYTHON
if [ "$(cat memo)" = "29,860,703 calls with 36 distinct arguments 2 29860703 36 0 35 True" ]; then
	result ok "fibonacci: the evidence is exact"
else
	result "not ok" "fibonacci: $(cat memo)"
fi
judge "fibonacci --no-arguments" "stack-only" "memoization" "" "$root/bench-corpus/fibonacci/fibonacci.ruchy" --no-arguments

echo "1..$number"
[ "$failures" = 0 ]
