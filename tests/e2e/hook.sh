#!/usr/bin/env bash
# End-to-end tests of the hook: small programs, each named after a danger (hook/*.rs). Each is compiled plain and instrumented in six ways: counted
# in blocks, in blocks without a guard where nothing unwinds, call by call, at the callee's entry, with lines, and as a text that a crate includes. Output and exit status must be those of the plain program, every count that of its line `// expect: NAME=N ...`
# (`-`: left alone, so its row stays 0). TAP on stdout. LIB is the directory of librprof.a and librhook.a.
set -u
shopt -s nullglob
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../tap.sh"
top=$here/../..
LIB=${LIB:-$top/build/lib}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
echo 'include!("instr.rs");' > root.rs

cc -std=c17 -D_GNU_SOURCE -I"$top/transpiler-hooks/include" -o driver "$here/hook/driver.c" "$LIB/librhook.a" ${SANLIB:-} -ltree-sitter -lxxhash ||
	{ echo "Bail out! the hook does not link"; exit 1; }

# counts FILE...: sorted NAME=N, summed over the raw files of a program and of its children
counts() {
	python3 "$here/read_raw.py" "$@" | sed -n 's/^calls \(.*\) \([0-9]*\)$/\2 \1/p' |
		awk '{ n = $1; sub(/^[0-9]* /, ""); sum[$0] += n } END { for (name in sum) { shown = name; gsub(/ /, "_", shown); print shown "=" sum[name] } }' | LC_ALL=C sort
}

# run PROGRAM: status and stdout
run() {
	RUST_TEST_THREADS=1 RUCHY_PROF_FILE="$work/raw" timeout 60 "./$1" 2> err < /dev/null > out
	echo "status $?"
	sed 's/; finished in .*//' out
}

for file in "$here"/hook/${ONLY:-*}.rs; do
	name=$(basename "$file" .rs)
	flags=$(sed -n 's|^// rustc: ||p' "$file")
	lints=$(sed -n 's|^// lints: ||p' "$file")
	lints=${lints:---cap-lints allow}
	edition=$(sed -n 's|^// edition: ||p' "$file")
	expected=$(sed -n 's|^// expect: ||p' "$file" | tr ' ' '\n' | sed 's|=-$|=0|' | LC_ALL=C sort)
	# shellcheck disable=SC2086
	rustc --edition "${edition:-2021}" $lints -O $flags -o plain "$file" 2> err || { check "$name: compiles" "$(cat err)" ""; continue; }
	run plain > plain.out
	for way in "" --wrapping --entry-only --abort --lines --by-line --module; do
		rm -f raw raw.*
		root=instr.rs
		if [ "$way" = --module ]; then
			grep -q '^#!\|^//!' "$file" && continue # what is included has no attributes of its own
			root=root.rs
		fi
		# shellcheck disable=SC2086
		./driver $way "$file" > instr.rs 2> err && rustc --edition "${edition:-2021}" $lints -O $flags -L native="$LIB" -o instr $root 2> err
		if [ $? -ne 0 ]; then
			check "$name ${way:---blocks}: compiles" "$(head -n 30 err)" ""
			continue
		fi
		python3 "$here/lines_kept.py" "$file" instr.rs > lines.out || check "$name ${way:---blocks}: lines stay lines" "$(cat lines.out)" ""
		run instr > instr.out
		check "$name ${way:---blocks}: same output" "$(cat instr.out)" "$(cat plain.out)"
		check "$name ${way:---blocks}: exact counts" "$(counts raw raw.[0-9]*)" "$expected"
	done
done
finish
