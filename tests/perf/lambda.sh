#!/usr/bin/env bash
# Cold starts of the five bootstraps of the corpus, REPETITIONS times (default 5): the order of their medians, and whether it is always the same.
# Then the Ruchy bootstrap as it is and as the tool's own advice makes it, started in turn. Exit status 1 when the order differs.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
prof=$top/build/bin/ruchy-prof
source=$top/bench-corpus/bootstrap/bootstrap.ruchy
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
orders=$work/orders
for i in $(seq "${1:-5}"); do
	"$prof" analyze --lambda-ready "$source" --runs "${2:-30}" --format json > "$work/$i.json"
	jq -r '[.lambda] + .lambda.versus | map(select(.failed == null)) | sort_by(.total_ms) | map(.program) | join(" < ")' "$work/$i.json" >> "$orders"
	jq -r '[.lambda] + .lambda.versus | map("\(.program) \(.total_ms * 100 | round / 100) ms (\(.total_ci95_ms | map(. * 100 | round / 100) | join(" to ")))") | join(", ")' "$work/$i.json"
done
sort "$orders" | uniq -c
"$prof" build "$source" --rustc-flags '-C strip=symbols -C target-feature=+crt-static -C relocation-model=static' --output "$work/static"
"$prof" build "$source" --rustc-flags '-C strip=symbols -C target-feature=+crt-static -C relocation-model=static -C lto=fat -C panic=abort' --output "$work/static-lto"
"$prof" analyze --lambda-ready "$source" --runs "${2:-30}" --versus "$work/static" --versus "$work/static-lto"
[ "$(sort -u "$orders" | wc -l)" -eq 1 ] || { echo "the order is not stable"; exit 1; }
