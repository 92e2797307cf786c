#!/usr/bin/env bash
# run.sh [--plain|--all]: the programs of list.txt, which this project was not written for, must print and exit the same with and without counters.
# They are read from the package of ruchy 4.2.1, in cargo's registry or fetched into build/. Prints TAP. --plain: only that they still run plain. --all: every .ruchy file
# of the package; what does not transpile, compile, end or print the same twice without counters is skipped, and the last line says how many of which.
# RUCHY_PROF names the tool, RUCHY the transpiler, RUCHY_PACKAGE the unpacked package.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
version=4.2.1
prof=${RUCHY_PROF:-$root/build/bin/ruchy-prof}
plain_only=no all=no
[ "${1:-}" = --plain ] && plain_only=yes
[ "${1:-}" = --all ] && all=yes
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

# check FILE: nothing if well, else why not, as comment lines; with --all, a first line `plain: ..` when it is not ours to mend
check() {
	local source=$package/$1 status instrumented
	[ -f "$source" ] || { echo "not in the package"; return; }
	rm -rf "${work:?}"/*
	mkdir "$work/a" "$work/b"
	# A copy, since the real ruchy may write beside its source.
	cp "$source" "$work/a/$(basename "$source")"
	(cd "$work/a" && timeout 60 "$ruchy" transpile "$(basename "$source")" -o "$work/plain.rs") > "$work/log" 2>&1 < /dev/null ||
		{ echo "plain: ruchy transpile failed"; cat "$work/log"; return; }
	rm -rf "$work/a" && mkdir "$work/a"
	rustc --edition 2021 -C opt-level=3 -C codegen-units=1 --cap-lints allow --crate-name plain --crate-type bin "$work/plain.rs" -o "$work/plain" 2> "$work/log" ||
		{ echo "plain: rustc failed"; cat "$work/log"; return; }
	(cd "$work/a" && timeout 20 ../plain > ../plain.out 2> ../plain.err < /dev/null)
	status=$?
	[ $status -ne 124 ] || { echo "plain: does not end"; return; }
	if [ $all = yes ]; then
		(cd "$work/a" && timeout 20 ../plain > ../again.out 2> /dev/null < /dev/null)
		[ $? -eq $status ] && cmp -s "$work/plain.out" "$work/again.out" || { echo "plain: does not print the same twice"; return; }
	fi
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
[ $all = yes ] && mapfile -t files < <(cd "$package" && find . -name '*.ruchy' -type f -printf '%P\n' | LC_ALL=C sort)
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

echo "1..${#files[@]}"
n=0 failed=0
declare -A skipped
for file in "${files[@]}"; do
	n=$((n + 1))
	why=$(check "$file")
	if [ -z "$why" ]; then
		echo "ok $n - $file"
	elif [ $all = yes ] && [[ $why = plain:* ]]; then
		reason=${why%%$'\n'*}
		skipped[$reason]=$((${skipped[$reason]:-0} + 1))
		echo "ok $n - $file # SKIP $reason"
	else
		failed=$((failed + 1))
		echo "not ok $n - $file"
		head -n 20 <<< "$why" | sed 's/^/# /'
	fi
done
if [ $all = yes ]; then
	left=$n
	for reason in "${!skipped[@]}"; do
		left=$((left - skipped[$reason]))
		echo "# ${skipped[$reason]} files: $reason"
	done
	echo "# $left programs of $n files, of which $((left - failed)) print and exit the same with counters"
fi
[ $failed -eq 0 ]
