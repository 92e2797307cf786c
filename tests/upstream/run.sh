#!/usr/bin/env bash
# run.sh [--plain]: the programs of list.txt, which this project was not written for, must print and exit the same with and without counters.
# They are read from the package of ruchy 4.2.1, in cargo's registry or fetched into build/. Prints TAP. --plain: only that they still run plain.
# RUCHY_PROF names the tool, RUCHY the transpiler, RUCHY_PACKAGE the unpacked package.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
version=4.2.1
prof=${RUCHY_PROF:-$root/build/bin/ruchy-prof}
plain_only=no
[ "${1:-}" = --plain ] && plain_only=yes
PATH=$PATH:$root/build/ruchy/bin

bail() {
	echo "Bail out! $1"
	exit 1
}

unpacked_in() { # unpacked_in CARGO_HOME
	local dir
	for dir in "$1"/registry/src/*/ruchy-$version; do
		[ -f "$dir/Cargo.toml" ] && echo "$dir" && return
	done
	return 1
}

find_package() {
	local own=$root/build/upstream
	[ -n "${RUCHY_PACKAGE:-}" ] && echo "$RUCHY_PACKAGE" && return
	unpacked_in "${CARGO_HOME:-$HOME/.cargo}" || unpacked_in "$own" && return
	mkdir -p "$own"
	# `cargo info` fetches and unpacks this one package, without its dependencies; not from within a crate.
	(cd "$own" && CARGO_HOME=$own cargo info "ruchy@$version") > /dev/null 2> "$own/log" || { cat "$own/log" >&2; return 1; }
	unpacked_in "$own"
}

# check FILE: nothing if well, else why not, as comment lines
check() {
	local source=$package/$1 status instrumented
	[ -f "$source" ] || { echo "not in the package"; return; }
	rm -rf "${work:?}"/*
	mkdir "$work/a" "$work/b"
	"$ruchy" transpile "$source" -o "$work/plain.rs" > "$work/log" 2>&1 || { echo "ruchy transpile failed"; cat "$work/log"; return; }
	rustc --edition 2021 -C opt-level=3 -C codegen-units=1 --cap-lints allow --crate-name plain --crate-type bin "$work/plain.rs" -o "$work/plain" 2> "$work/log" ||
		{ echo "rustc failed"; cat "$work/log"; return; }
	(cd "$work/a" && timeout 20 ../plain > ../plain.out 2> ../plain.err < /dev/null)
	status=$?
	[ $status -ne 124 ] || { echo "does not end"; return; }
	[ $plain_only = no ] || return
	"$prof" build "$source" --instrument --output "$work/instrumented" > "$work/log" 2>&1 || { echo "instrumented build failed"; cat "$work/log"; return; }
	(cd "$work/b" && RUCHY_PROF_FILE=$work/raw timeout 20 ../instrumented > ../instrumented.out 2> ../instrumented.err < /dev/null)
	instrumented=$?
	[ $instrumented -eq $status ] || { echo "exit status $instrumented, plain $status"; cat "$work/instrumented.err"; return; }
	diff "$work/plain.out" "$work/instrumented.out" || { echo "output differs"; return; }
	[ -s "$work/raw" ] || { echo "wrote no counts"; cat "$work/instrumented.err"; }
}

ruchy=$(command -v "${RUCHY:-ruchy}") || bail "no ruchy: set RUCHY, or run 'make ruchy'"
[ $plain_only = yes ] || command -v "$prof" > /dev/null || bail "no $prof: set RUCHY_PROF, or run 'make'"
package=$(find_package) || bail "the package ruchy $version is neither in cargo's registry nor could it be fetched"
mapfile -t files < <(grep -v '^#' "$here/list.txt")
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

echo "1..${#files[@]}"
n=0 failed=0
for file in "${files[@]}"; do
	n=$((n + 1))
	why=$(check "$file")
	if [ -z "$why" ]; then
		echo "ok $n - $file"
	else
		failed=$((failed + 1))
		echo "not ok $n - $file"
		head -n 20 <<< "$why" | sed 's/^/# /'
	fi
done
[ $failed -eq 0 ]
