#!/usr/bin/env bash
# lambda.sh [REPETITIONS [STARTS]]: cold starts of the five bootstraps of the corpus, REPETITIONS times (default 5). Two programs are apart where
# their 95 % intervals are; the order is stable when no repetition puts a pair apart the other way round than another does. Then the Ruchy
# bootstrap as it is and as the tool's own advice makes it, started in turn. Exit status 1 when the order is not stable.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
prof=$top/build/bin/ruchy-prof
source=$top/bench-corpus/bootstrap/bootstrap.ruchy
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
for i in $(seq "${1:-5}"); do
	"$prof" analyze --lambda-ready "$source" --runs "${2:-30}" --format json > "$work/$i.json"
	jq -r '[.lambda] + .lambda.versus | map(select(.failed == null)) | sort_by(.total_ms)
		| map("\(.program) \(.total_ms * 100 | round / 100) ms (\(.total_ci95_ms | map(. * 100 | round / 100) | join(" to ")))") | join("  <  ")' "$work/$i.json"
done
static='-C strip=symbols -C target-feature=+crt-static -C relocation-model=static'
"$prof" build "$source" --rustc-flags "$static" --output "$work/static"
"$prof" build "$source" --rustc-flags "$static -C lto=fat -C panic=abort" --output "$work/static-lto"
"$prof" analyze --lambda-ready "$source" --runs "${2:-30}" --versus "$work/static" --versus "$work/static-lto"
jq -sr '[.[] | [.lambda] + .lambda.versus | map(select(.failed == null)) as $p
	| $p[] as $a | $p[] as $b | select($a.total_ci95_ms[1] < $b.total_ci95_ms[0]) | [$a.program, $b.program]] as $before
	| [$before[] | select(. as $pair | $before | any(. == ($pair | reverse)))] | unique
	| if length == 0 then "the order is stable: no pair is apart in both ways" else "not stable: \(.)\n" | halt_error(1) end' "$work"/*.json
