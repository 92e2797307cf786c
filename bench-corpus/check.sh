#!/bin/sh
# Check the corpus: each checked-in transpile belongs to its source, compiles, prints NAME.out, and NAME.calls names every function once.
# usage: check.sh [--live] [--counts] [NAME...]. Prints TAP.
#   --live    also transpile again with the real ruchy and compare
#   --counts  also run the programs' own countings (count.py; some seconds)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

live=no
counts=no
while :; do
	case ${1:-} in
	--live) live=yes ;;
	--counts) counts=yes ;;
	-*) echo "usage: check.sh [--live] [--counts] [NAME...]" >&2 && exit 2 ;;
	*) break ;;
	esac
	shift
done
command -v xxhsum > /dev/null || { echo "Bail out! no xxhsum (Debian package xxhash)"; exit 1; }
ruchy=
if [ $live = yes ]; then
	ruchy=$(find_ruchy) || { echo "Bail out! no ruchy: set RUCHY, or run 'make ruchy'"; exit 1; }
fi
if [ $# -eq 0 ]; then
	for d in "$here"/*/; do
		set -- "$@" "$(basename "$d")"
	done
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM

# Prints why program $1 fails, nothing when all is well.
complaint() {
	name=$1
	base=$here/$name/$name
	suffixes="ruchy rs out calls"
	[ ! -f "$here/$name/needs" ] || suffixes="ruchy rs"
	for suffix in $suffixes; do
		[ -f "$base.$suffix" ] || { echo "no $name.$suffix"; return; }
	done
	head=$(head -n 1 "$base.rs")
	version=$(echo "$head" | sed -n 's,^// ruchy \([0-9][0-9.]*\)\, source XXH3 .*,\1,p')
	[ "$head" = "$(header_line "$version" "$base.ruchy")" ] || { echo "$name.rs is not of this $name.ruchy (run update.sh $name)"; return; }
	if [ ! -f "$here/$name/needs" ]; then
		bad=$(awk -F '\t' 'NF != 2 || $2 !~ /^([0-9]+|inlined)$/ || seen[$1]++ { print NR; exit }' "$base.calls")
		[ -z "$bad" ] || { echo "$name.calls:$bad: not NAME<TAB>CALLS, or twice"; return; }
		grep -q "^main	1\$" "$base.calls" || { echo "$name.calls has no main"; return; }
		for f in $(sed -n 's/^[[:space:]]*\(pub \)\{0,1\}fun \([A-Za-z_0-9]*\).*/\2/p' "$base.ruchy" | sort -u); do
			cut -f 1 "$base.calls" | grep -qE "(^|::)$f\$" || { echo "$name.calls lacks $f"; return; }
		done
	fi
	if [ $counts = yes ] && [ -f "$here/$name/count.py" ]; then
		python3 "$here/$name/count.py" > "$tmp/counts" 2> "$tmp/log" || { tail -n 5 "$tmp/log"; echo "count.py failed"; return; }
		diff "$base.calls" "$tmp/counts" || { echo "$name.calls is not what count.py prints"; return; }
	fi
	if [ $live = yes ]; then
		transpile_to "$ruchy" "$base.ruchy" "$tmp/live.rs" || { cat "$tmp/live.rs.log"; echo "ruchy transpile failed"; return; }
		tail -n +2 "$base.rs" | diff - "$tmp/live.rs" > "$tmp/diff" || { head -n 20 "$tmp/diff"; echo "transpiled text differs"; return; }
	fi
	rustc --edition 2021 -C opt-level=3 -C codegen-units=1 --cap-lints allow "$base.rs" -o "$tmp/program" 2> "$tmp/log" \
		|| { head -n 20 "$tmp/log"; echo "rustc failed"; return; }
	[ ! -f "$here/$name/needs" ] || return 0 # it can't run here
	status=0
	"$tmp/program" > "$tmp/out" 2> "$tmp/log" < /dev/null || status=$?
	[ $status = 0 ] || { cat "$tmp/log"; echo "exit status $status"; return; }
	diff "$base.out" "$tmp/out" > "$tmp/diff" || { head -n 20 "$tmp/diff"; echo "output differs"; return; }
}

echo "1..$#"
n=0
failed=0
for program in "$@"; do
	n=$((n + 1))
	why=$(complaint "$program")
	if [ -z "$why" ]; then
		echo "ok $n - $program"
	else
		echo "not ok $n - $program"
		echo "$why" | sed 's/^/# /'
		failed=$((failed + 1))
	fi
done
[ $failed -eq 0 ]
