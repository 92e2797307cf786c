#!/usr/bin/env bats
# Panics, backtraces and rustc's messages in .ruchy lines and names; source maps beside transpiled text.
load helper
bats_require_minimum_version 1.5.0

# A program of our own with its transpile, behind a stand-in for ruchy: methods, an operator, recursion, a closure, and an index out of bounds.
setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	cat > boom.ruchy <<- 'R'
		struct Point {
		    x: i32
		}

		impl Point {
		    fun total(&self, n: i32) -> i32 {
		        let parts = [self.x, 2]

		        parts[n]
		    }
		}

		fun pick(n: i32) -> i32 {
		    let p = Point { x: n }
		    if n > 2 {
		        p.total(n)
		    } else {
		        pick(n + 1) + 1
		    }
		}

		fun main() {
		    let add = |i| pick(i) + 1
		    println(add(1))
		}
	R
	cat > boom.rs.txt <<- 'R'
		#[derive(Clone)]
		struct Point {
		    x: i32,
		}
		impl Point {
		    fn total(&self, n: i32) -> i32 {
		        { let parts = [self.x, 2]; parts[n as usize].clone() }
		    }
		}
		fn pick(n: i32) -> i32 {
		    {
		        let p = Point { x: n };
		        if n > 2 { p.total(n) } else { pick(n + 1) + 1 }
		    }
		}
		fn main() {
		    { let add = move |i| pick(i) + 1; println!("{:?}", add(1)) }
		}
	R
	mkdir -p real
	cat > real/ruchy <<- 'S'
		#!/bin/sh
		[ "$1" = transpile ] && exec cp "${2%.ruchy}.rs.txt" "$4"
		echo 'ruchy 4.2.1'
	S
	chmod +x real/ruchy
	export RUCHY_PROF_RUCHY=$PWD/real/ruchy RUCHY_PROF_FILE=$PWD/raw.%p
}

# Without what differs from run to run: process id, addresses, the library's frames and its hashes.
tidy() {
	sed -E "s/^(thread 'main') \([0-9]+\)/\1/" | grep -vE '^ +at /rustc/|^ +[0-9]+: .*(rustc::|core::|std::|call_once|panic)|^ +[0-9]+:  *0x[0-9a-f]+ - .*(std|core|main$)'
}

expected_backtrace() { # expected_backtrace RUST-NAME
	cat <<- E
		thread 'main' panicked at boom.ruchy:9 ($1:7:36):
		index out of bounds: the len is 2 but the index is 3
		stack backtrace:
		   : Point::total
		             at boom.ruchy:9 ($1:7:36)
		   : pick
		             at boom.ruchy:16 ($1:13:20)
		   : pick
		             at boom.ruchy:18 ($1:13:40)
		   : pick
		             at boom.ruchy:18 ($1:13:40)
	E
}

# Rust columns of a text with counters move with what is inserted, so they are left out, as are the numbers of frames.
without_numbers() {
	sed -E 's/^ +[0-9]+: /   : /; s/(rs:[0-9]+):[0-9]+/\1/'
}

backtrace() { # backtrace PROGRAM SYMBOLIZE-ARGUMENT
	RUST_BACKTRACE=1 ./"$1" 2>&1 | "$PROF" symbolize "$2" | tidy | without_numbers
}

@test "a backtrace of the plain build" {
	"$PROF" build boom.ruchy --rustc-flags '-C opt-level=0' --output boom
	backtrace boom boom.ruchy > said
	expected_backtrace boom.rs | without_numbers > wanted
	diff <(sed '/^$/d' said | head -n 11) wanted
	grep -A1 ' main::{closure}$' said | grep -q 'at boom.ruchy:23 (boom.rs:17)'
	grep -A1 ' main$' said | grep -q 'at boom.ruchy:24 (boom.rs:17)'
}

@test "a backtrace of the build with counters is the same: no name of ours, each call one frame" {
	"$PROF" build boom.ruchy --rustc-flags '-C opt-level=0' --instrument --output boom
	RUST_BACKTRACE=1 ./boom 2> raw.txt || true
	grep -q '__rprof_[bc]_' raw.txt
	backtrace boom boom.ruchy > said
	expected_backtrace boom.instrumented.rs | without_numbers > wanted
	diff <(sed '/^$/d' said | head -n 11) wanted
	! grep -q __rprof_ said
	[ "$(grep -c ' pick$' said)" -eq 3 ]
	"$PROF" symbolize boom.ruchy --input raw.txt | grep -q 'boom.ruchy:9'
}

@test "options that move columns: exact when symbolize is told of them" {
	for options in '' --lines --no-memory --entry-counters '--lines --no-memory' abort; do
		given=(--rustc-flags '-C opt-level=0')
		case $options in
		abort) given=(--rustc-flags '-C opt-level=0 -C panic=abort') ;;
		*) given+=($options) ;;
		esac
		"$PROF" build boom.ruchy --instrument "${given[@]}" --output boom
		RUST_BACKTRACE=1 ./boom 2> raw.txt || true
		"$PROF" symbolize boom.ruchy "${given[@]}" < raw.txt > said
		! grep -q __rprof_ said
		[ "$(grep -c 'at boom.ruchy:18 (boom.instrumented.rs:13:' said)" -eq 2 ] || { echo "$options"; cat said; false; }
		[ "$(grep -c 'at boom.ruchy:16 (boom.instrumented.rs:13:' said)" -eq 1 ]
	done
}

@test "full backtraces, with addresses, keep all but names and places" {
	"$PROF" build boom.ruchy --instrument --output boom
	RUST_BACKTRACE=full ./boom 2> raw.txt || true
	"$PROF" symbolize boom.ruchy < raw.txt > said
	grep -qE '^ +[0-9]+: +0x[0-9a-f]+ - Point::total$' said
	grep -qE '^ +at boom\.ruchy:9 \(boom\.instrumented\.rs:7:' said
	! grep -q __rprof_ said
	# what is not ours passes byte for byte
	diff <(grep -E '^ +at /rustc/' raw.txt) <(grep -E '^ +at /rustc/' said)
}

@test "Rust that the user compiles, by its map: with counters and plain" {
	mkdir out
	"$PROF" transpile boom.ruchy --instrument --output out/boom.rs
	"$PROF" transpile boom.ruchy --source-map --output plain.rs
	cmp plain.rs boom.rs.txt
	rustc --cap-lints allow -g -L native="$(dirname "$PROF")/../lib" out/boom.rs -o boom
	rustc --cap-lints allow -g plain.rs -o plain
	backtrace boom out/boom.rs.map > said
	expected_backtrace boom.rs | without_numbers > wanted
	diff <(sed '/^$/d' said | head -n 11) wanted
	backtrace plain plain.rs.map > said
	expected_backtrace plain.rs | without_numbers > wanted
	diff <(sed '/^$/d' said | head -n 11) wanted
	[ "$(echo 'x/boom.rs:13:20' | "$PROF" symbolize --map out/boom.rs.map)" != 'x/boom.rs:13:20' ]
	[ "$(echo 'a plain.rs:13:20, boom.rs:6:8' | "$PROF" symbolize plain.rs.map out/boom.rs.map)" = 'a boom.ruchy:16 (plain.rs:13:20), boom.ruchy:6 (boom.rs:6:8)' ]
}

@test "rustc's messages: every error, note and warning begins with its Ruchy place" {
	for suffix in ruchy rs.txt; do
		sed 's/pick(n: i32) -> i32 {/pick(n: i32) -> String {/; s/pick(n + 1) + 1/none(n)/; s/pick(i) + 1/pick(i, 2)/' boom.$suffix > bad.$suffix
	done
	run "$PROF" build bad.ruchy --output bad
	assert_error 1 'rustc rejects the transpiled program: bad.ruchy:[0-9]+'
	[[ $output == *"bad.ruchy:18: error[E0425]: cannot find function"* ]] || { echo "$output"; false; }
	[[ $output == *"bad.ruchy:23: error[E0061]: this function takes 1 argument"* ]]
	[[ $output == *"bad.ruchy:13: note: function defined here"* ]]
	[[ $output == *" --> bad.ruchy:18 (bad.rs:13:"* ]]
	# and of a rustc that somebody else runs
	"$PROF" transpile bad.ruchy --source-map --output bad.rs
	rustc bad.rs 2> log || true
	"$PROF" symbolize bad.rs.map < log > said
	grep -q '^bad.ruchy:18: error\[E0425\]: cannot find function' said
	diff <(sed -E 's/^[^ ]*ruchy:[0-9]+: //; s/[^ ]*ruchy:[0-9]+ \((.*)\)$/\1/' said) log
}

@test "what is no position passes byte for byte" {
	"$PROF" transpile boom.ruchy --source-map --output boom.rs
	head -c 200000 /dev/urandom > bytes
	printf 'no line feed at the end: boom.r' >> bytes
	"$PROF" symbolize boom.rs.map < bytes | cmp - bytes
	yes 'a long line of boom.rs:x and boom.rs: and xboom.rs:6 ' | tr -d '\n' | head -c 3000000 > long
	"$PROF" symbolize boom.rs.map < long | cmp - long
	printf 'x\r\n\0y\n   1: \n   2:\n  3: a\n\n4: b' > odd
	"$PROF" symbolize boom.rs.map < odd | cmp - odd
	for path in /rustc/1234/library/boom.rs /root/.cargo/registry/src/x/boom.rs /usr/lib/rustlib/src/rust/boom.rs; do
		[ "$(echo "at $path:6:1" | "$PROF" symbolize boom.rs.map)" = "at $path:6:1" ]
	done
	[ -z "$("$PROF" symbolize boom.rs.map < /dev/null)" ]
}

@test "in a pipe each line is passed on when it comes, and a prompt without line feed too" {
	"$PROF" transpile boom.ruchy --source-map --output boom.rs
	mkfifo in
	"$PROF" symbolize boom.rs.map < in > said &
	exec 7> in
	for text in 'at boom.rs:6:8\n' 'name? ' '  12: frame\n'; do
		printf "$text" >&7
		for _ in $(seq 50); do
			grep -qF "$(printf "${text/boom.rs:6:8/boom.ruchy:6 (boom.rs:6:8)}")" said && break
			sleep 0.1
		done
		grep -qF "$(printf "${text/boom.rs:6:8/boom.ruchy:6 (boom.rs:6:8)}")" said
	done
	exec 7>&-
	wait
	[ "$(cat said)" = $'at boom.ruchy:6 (boom.rs:6:8)\nname?   12: frame' ]
}

@test "nobody reads: it ends" {
	"$PROF" transpile boom.ruchy --source-map --output boom.rs
	timeout 20 bash -c "yes 'boom.rs:6:1' | '$PROF' symbolize boom.rs.map | head -n 1"
}

@test "wrong usage and maps that are none" {
	run "$PROF" symbolize
	assert_error 2 'no program is given'
	run "$PROF" symbolize absent.rs.map
	assert_error 1 'absent.rs.map'
	run "$PROF" symbolize boom.ruchy --input absent
	assert_error 1 'absent'
	cp boom.rs.txt x.rs
	run "$PROF" symbolize x.rs
	assert_error 2 'no Ruchy lines'
	for text in '' '[]' '{' '{"version":2}' '{"version":3}' '{"version":3,"sources":[]}' '{"version":3,"sources":["a"],"mappings":"A%AA"}' \
		'{"version":3,"sources":["a"],"mappings":"ACAA"}' '{"version":3,"sources":["a"],"mappings":"AADA"}' '{"version":3,"sections":[]}' \
		'{"version":3,"sources":["a"],"mappings":"A/////////AAA"}' '{"version":3,"sources":["a"],"mappings":"AA"}'; do
		printf '%s' "$text" > bad.map
		run "$PROF" symbolize bad.map < /dev/null
		assert_error 1 'bad.map'
	done
	run "$PROF" transpile boom.ruchy --source-map
	assert_error 2 'beside a file'
	run "$PROF" transpile x.rs --source-map --output y.rs
	assert_error 2 'no Ruchy lines'
	run "$PROF" transpile boom.ruchy --instrument --output /nonexistent/boom.rs
	assert_error 1 'nonexistent'
	cp boom.ruchy b.rs.map
	run "$PROF" transpile b.rs.map --source-map --output b.rs
	assert_error 2 'would overwrite'
}

@test "a map names its source from where it lies" {
	mkdir -p 'a b/c' out
	cp boom.ruchy 'a b/c/boom.ruchy'
	cp boom.rs.txt 'a b/c/boom.rs.txt'
	"$PROF" transpile 'a b/c/boom.ruchy' --source-map --output out/x.rs
	jq -e '.version == 3 and .file == "x.rs" and .sources == ["../a b/c/boom.ruchy"] and .sourcesContent == [$text]' --rawfile text boom.ruchy out/x.rs.map
	[ "$(echo 'x.rs:6:8' | "$PROF" symbolize out/x.rs.map)" = 'a b/c/boom.ruchy:6 (x.rs:6:8)' ]
	[ "$(cd out && echo 'x.rs:6:8' | "$PROF" symbolize x.rs.map)" = '../a b/c/boom.ruchy:6 (x.rs:6:8)' ]
}
