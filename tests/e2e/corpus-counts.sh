#!/usr/bin/env bash
# Every corpus program: the instrumented program prints and exits as the plain one, and every count equals NAME.calls,
# which was derived without our tool. Also with one counter per function entry, and with lines counted too, which must agree.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
prof=${RUCHY_PROF:-build/bin/ruchy-prof}
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
n=0 bad=0

check() { # check NAME STATUS TEXT
	n=$((n + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $n - $1"
	else
		bad=1
		echo "not ok $n - $1"
		printf '%s\n' "$3" | head -n 20 | sed 's/^/# /'
	fi
}

counts() { # name TAB calls of every function in a report
	jq -r '.functions[] | [.name, (if .kind == "inlined" then "inlined" else (.calls | tostring) end)] | @tsv' "$1" | LC_ALL=C sort
}

one() { # one NAME DIR FLAGS...
	local name=$1 dir=$2 label=$1 text status
	shift 2
	[ $# -eq 0 ] || label="$label $*"
	text=$("$prof" build "$dir/$name.ruchy" --instrument --output "$work/program" "$@" 2>&1)
	check "$label: builds" $? "$text" || return
	text=$(RUCHY_PROF_FILE="$work/raw" "$work/program" < /dev/null 2> "$work/err" | diff - "$dir/$name.out" 2>&1)
	check "$label: same output" $? "$text"
	text=$("$prof" report "$work/raw" --format json 2>&1 > "$work/report.json" && counts "$work/report.json" > "$work/got" &&
		LC_ALL=C sort "$dir/$name.calls" | diff - "$work/got" 2>&1)
	status=$?
	check "$label: exact counts" $status "$text"
	rm -f "$work/raw"
}

for dir in bench-corpus/*/; do
	dir=${dir%/}
	name=${dir##*/}
	[ -f "$dir/$name.calls" ] || continue
	one "$name" "$dir"
	one "$name" "$dir" --entry-counters
	one "$name" "$dir" --lines
done
echo "1..$n"
exit $bad
