#!/usr/bin/env bash
# lambda_example.sh [STARTS]: the worked example of docs/lambda.md, anew, by the tool's own commands: where the Ruchy bootstrap's start goes against Rust on
# tokio; what --suggest finds for it; the build that --apply-flags makes; both in turn. TAP: the new one has to start faster, by the whole interval
# of the ratio within the rounds.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
prof=$top/build/bin/ruchy-prof
starts=${1:-60}
export NO_COLOR=1 COLUMNS=80
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work"
cp "$top/bench-corpus/bootstrap/bootstrap.ruchy" .
do_it() {
	local word
	printf '\n$ ruchy-prof'
	for word in "$@"; do
		case $word in *' '*) printf ' "%s"' "$word" ;; *) printf ' %s' "$word" ;; esac
	done
	printf '\n'
	"$prof" "$@"
}
if [ -x "$top/build/share/bootstraps/rust/bootstrap" ]; then
	mkdir tokio && cp "$top/build/share/bootstraps/rust/bootstrap" tokio/tokio
	do_it analyze --lambda-ready bootstrap.ruchy --versus tokio/tokio --runs "$starts"
else
	echo "# no bootstrap of Rust on tokio: make bootstraps"
fi
do_it build bootstrap.ruchy --rustc-flags "-C strip=symbols" --output before
do_it analyze --suggest --lambda-ready bootstrap.ruchy --no-siblings --goal start --allow-changes --try static,no-pie --apply-flags
if [ ! -e bootstrap.ruchy.flags ]; then # on a busy machine nothing may be proven: then as --lambda-ready itself advises
	echo "# --suggest wrote no flags; the flags of the advice of --lambda-ready instead"
	echo "-C target-feature=+crt-static -C relocation-model=static" > bootstrap.ruchy.flags
fi
cat bootstrap.ruchy.flags
do_it build bootstrap.ruchy --rustc-flags "-C strip=symbols" --output after
do_it analyze --lambda-ready ./after --versus ./before --runs "$starts"
"$prof" analyze --lambda-ready ./after --versus ./before --runs "$starts" --format json > versus.json
jq -r '.lambda.pairs[0] | "\(if .ci95[0] > 1 then "ok" else "not ok" end) 1 - before over after, paired by rounds: \(.ratio * 100 | round / 100) times (\(.ci95 | map(. * 100 | round / 100) | join(" to ")))\n1..1"' versus.json
jq -e '.lambda.pairs[0].ci95[0] > 1' versus.json > /dev/null
