#!/usr/bin/env bash
# langs.sh [--page FILE] [NAME...]: every program of the corpus that has siblings, in every language that is here; Python but for matmul, where a run of it takes minutes. With --page the
# tables go to FILE as markdown, and the chart of fibonacci beside it as compare-fibonacci.svg. Some five minutes; wants a quiet machine. RUNS is the number of rounds (20), MAX_TIME the seconds for each program of the corpus (40).
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
prof=${RUCHY_PROF:-$top/build/bin/ruchy-prof}
all=rust,c,cpp,go,julia,node,python
page=
if [ "${1:-}" = --page ]; then
	page=$2
	shift 2
fi
cd "$top"
if [ $# -eq 0 ]; then
	for directory in bench-corpus/*/siblings; do
		name=$(basename "$(dirname "$directory")")
		[ ! -e "bench-corpus/$name/$name.out" ] || set -- "$@" "$name"
	done
fi

busy() {
	awk -v cpus="$(nproc)" '$1 > cpus / 4 { printf ": **a busy machine, to be taken again**" }' /proc/loadavg
}

compare() { # compare NAME OPTION...
	local languages=$all
	[ "$1" != matmul ] || languages=${all%,python}
	"$prof" profile --compare "bench-corpus/$1/$1.ruchy" --baseline-langs "$languages" --runs "${RUNS:-20}" --max-time "${MAX_TIME:-40}" "${@:2}" < /dev/null
}

if [ -z "$page" ]; then
	for name in "$@"; do
		compare "$name"
		echo
	done
	exit
fi
new=$(mktemp)
trap 'rm -f "$new"' EXIT
{
	echo "# The corpus in other languages"
	echo
	echo "Made by \`make bench-langs\` ($(rustc --version), $(gcc -dumpfullversion | sed 's/^/gcc /'), $(go version | cut -d ' ' -f 3), node $(node --version),"
	echo "$(python3 --version); $(nproc) CPUs, load average $(cut -d ' ' -f 1 /proc/loadavg) at the start$(busy)). What each figure means, and what it does not: [compare.md](compare.md)."
	echo "A program that is slow in one language has fewer rounds; matmul is without Python, where a run takes minutes."
	echo
	echo "![Times of fibonacci in each language](compare-fibonacci.svg)"
	for name in "$@"; do
		echo
		compare "$name" --format markdown | sed "s/^#/##/; s/^### Multi-Language Comparison/## $name/"
	done
} > "$new"
cat "$new" > "$page"
compare fibonacci --output "$(dirname "$page")/compare-fibonacci.svg"
