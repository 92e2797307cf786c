#!/usr/bin/env bash
# Counts of lines (--lines). lines/*.rs: every `// line: N`, derived by hand, is the count of its line, also under panic=abort rules. Then corpus and
# hook programs, place by place, against `rustc -C instrument-coverage`, where the llvm-cov of this rustc is installed (LLVM_BIN, rustup's
# component llvm-tools, or on PATH). The coverage counts what stands behind a panic or an exit as if it ran, so programs with those are left to
# the first part. TAP on stdout. LIB is the directory of librprof.a and librhook.a.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../tap.sh"
top=$here/../..
LIB=${LIB:-$top/build/lib}
bin=${LLVM_BIN:-$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export RUCHY_PROF_FILE=$work/raw LLVM_PROFILE_FILE=$work/profraw

cc -std=c17 -D_GNU_SOURCE -I"$top/transpiler-hooks/include" -o driver "$here/hook/driver.c" "$LIB/librhook.a" ${SANLIB:-} -ltree-sitter -lxxhash ||
	{ echo "Bail out! the hook does not link"; exit 1; }

# instrument FILE FLAGS...: ./instr, then run it
instrument() {
	local file=$1 flags
	flags=$(sed -n 's|^// rustc: ||p' "$file")
	shift
	rm -f raw
	# shellcheck disable=SC2086
	./driver "$@" "$file" > instr.rs && rustc --edition 2021 --cap-lints allow -O $flags -L native="$LIB" -o instr instr.rs || return
	timeout 60 ./instr < /dev/null
	echo "status $?"
}

# rows: the largest count of each row
rows() {
	python3 "$here/read_raw.py" raw | awk '$1 == "line" && (!($2 in most) || $4 + 0 > most[$2]) { most[$2] = $4 + 0 } END { for (row in most) print row, most[row] }' | sort
}

for file in "$here"/lines/*.rs; do
	name=$(basename "$file" .rs)
	rustc --edition 2021 --cap-lints allow -O -o plain "$file" 2> err || { check "$name: compiles" "$(cat err)" ""; continue; }
	./plain > plain.out < /dev/null
	echo "status $?" >> plain.out
	grep -n '// line: ' "$file" | sed 's|^\([0-9]*\):.*// line: \([0-9]*\).*|\1 \2|' | sort > expected
	for way in --lines "--lines --entry-only" "--lines --abort"; do
		# shellcheck disable=SC2086
		instrument "$file" $way > out 2> err
		check "$name $way: same output" "$(cat out)" "$(cat plain.out)"
		rows > got
		check "$name $way: exact counts" "$(join -a 1 -e absent -o 0,2.2 expected got | sort -n)" "$(sort -n expected)"
	done
	# Without --lines fewer lines have a count, and none has another.
	instrument "$file" > out 2> err
	rows > got
	check "$name without --lines: some lines are counted" "$([ "$(wc -l < got)" -gt 3 ] && echo some)" some
	check "$name without --lines: those exactly" "$(join expected got | awk '$2 != $3')" ""
done

[ -x "$bin/llvm-cov" ] || bin=$(dirname "$(command -v llvm-cov || echo /nonexistent/llvm-cov)")
reads_coverage() {
	echo 'fn main() {}' > empty.rs && rustc -C instrument-coverage -o empty empty.rs 2> err && ./empty &&
		"$bin/llvm-profdata" merge -sparse profraw -o profdata 2> err && "$bin/llvm-cov" export ./empty -instr-profile=profdata > coverage.json 2> err
}
for file in "$top"/bench-corpus/{ackermann,closures,collatz,early-return,fibonacci,generics,interpreter,iterators,matmul,methods,nbody,quicksort,sieve,strings,threads,tokenizer,traits,wordcount}/*.rs \
	"$here"/hook/{async_block_on,closures,drop_order,early_return,generics,labelled_breaks,let_else,macros,match_arms,methods,mutual_recursion,nested_calls,question_mark,short_circuit,temporaries,traits}.rs; do
	name=$(basename "$(dirname "$file")")/$(basename "$file" .rs)
	if [ -z "${able:-}" ]; then
		able=no
		reads_coverage && able=yes
	fi
	if [ $able = no ]; then
		number=$((number + 1))
		echo "ok $number - $name: as llvm-cov counts # skip no llvm-cov that reads what this rustc writes"
		continue
	fi
	rm -f profraw
	rustc --edition 2021 --cap-lints allow -O -C instrument-coverage --crate-name covered -o covered "$file" 2> err &&
		timeout 60 ./covered > /dev/null 2> err < /dev/null
	"$bin/llvm-profdata" merge -sparse profraw -o profdata && "$bin/llvm-cov" export ./covered -instr-profile=profdata > coverage.json
	instrument "$file" --lines > out 2> err
	python3 "$here/lines.py" "$file" raw coverage.json > got 2> err
	check "$name: as llvm-cov counts ($(tail -n 1 got))" "$(sed '$d' got; cat err)" ""
	check "$name: most places have a counterpart" "$(tail -n 1 got | awk '{ print ($1 * 2 > $3) }')" 1
done
finish
