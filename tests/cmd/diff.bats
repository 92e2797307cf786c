#!/usr/bin/env bats
# diff and --base: moved code is no difference; counts are exact, times only beyond their error.
load helper

version() { # version DATA ITERATIONS < text: profile prog.rs
	cat > prog.rs
	"$PROF" profile --binary prog.rs --lines --iterations "$2" --data "$1" > /dev/null
}

slow() {
	version a.data 3 <<- 'R'
		fn fib(n: u32) -> u64 {
		    if n < 2 { return n as u64; }
		    fib(n - 1) + fib(n - 2)
		}
		fn main() {
		    println!("{}", fib(27));
		}
	R
}

moved_and_fewer() {
	version b.data 3 <<- 'R'
		// Two lines more above,
		// and one call less deep.
		fn fib(n: u32) -> u64 {
		    if n < 2 { return n as u64; }
		    fib(n - 1) + fib(n - 2)
		}
		fn unused() {}
		fn main() {
		    println!("{}", fib(26));
		}
	R
}

@test "functions match by name and lines by text when code has moved" {
	slow
	moved_and_fewer
	"$PROF" diff a.data b.data > out
	grep -q 'Source: changed; lines are matched by their text' out
	grep -q 'fib().* 635,621 → 392,835 calls' out
	grep -q 'prog.rs:5 (was 3) *317,810 → 196,417 times' out
	"$PROF" diff a.data b.data --format json > out.json
	jq -e '.schema == "ruchy-prof.diff/1" and .lines_matched_by == "text"' out.json
	jq -e '.functions[] | select(.name == "fib") | .calls == {base: 635621, new: 392835, error95: 0, verdict: "less"}' out.json
	jq -e '[.lines[] | select(.function == "fib" and .line_base == 3)] | length == 1 and .[0].line_new == 5' out.json
	jq -e '.lines[] | select(.function == "main" and .line_base == 6 and .line_new == null)' out.json
	jq -e '.lines[] | select(.function == "main" and .line_base == null and .line_new == 9)' out.json
}

@test "a profile against itself shows no difference" {
	slow
	"$PROF" diff a.data a.data > out
	[ "$(grep -c 'no difference beyond the error' out)" = 2 ]
	"$PROF" diff a.data a.data -o out.json
	jq -e '[.. | .verdict? // empty] | unique - ["same"] == []' out.json
	jq -e '.same_source and .lines_matched_by == "number"' out.json
}

@test "--base compares what report and profile make" {
	slow
	moved_and_fewer
	"$PROF" report b.data --base a.data > report
	"$PROF" diff a.data b.data > diff
	cmp report diff
	"$PROF" profile --binary prog.rs --iterations 2 --base a.data > profile
	grep -q '^=== Profile Comparison ===' profile
	grep -q 'Base: prog.rs, 3 iterations' profile
	"$PROF" diff a.data b.data --function fib > one
	grep -q 'fib()' one
	[ "$(grep -c 'main()' one)" = 0 ]
}

@test "a differential flame graph has the new widths and the old values" {
	slow
	moved_and_fewer
	"$PROF" diff a.data b.data --weight calls -o d.svg
	if command -v xmllint; then xmllint --noout d.svg; fi
	grep '>fib' d.svg | head -1 > fib
	grep -q 'class="f less2"' fib
	grep -A4 '<title>fib' d.svg | grep -q '392,835 calls'
	grep -A4 '<title>fib' d.svg | grep -q 'before 635,621 calls (-38.2%)'
	"$PROF" diff a.data a.data --weight calls -o same.svg
	[ "$(grep -c 'class="f even"' same.svg)" = "$(grep -c 'class="f ' same.svg)" ]
	"$PROF" diff a.data a.data -o same.svg
	[ "$(grep -c 'class="f [lm]' same.svg)" = 0 ]
	"$PROF" diff b.data a.data --weight calls -o back.svg
	grep '>fib' back.svg | grep -q 'class="f more2"'
}

@test "without the texts, lines match by their place in functions" {
	slow
	moved_and_fewer
	for side in a b; do
		python3 - $side.data <<- 'P'
			import cbor2, struct, sys, xxhash, zstandard
			path = sys.argv[1]
			payload = cbor2.loads(zstandard.decompress(open(path, "rb").read()[32:]))
			payload["rust_path"] = "gone.rs"
			del payload["sources"] # as older files are
			packed = zstandard.ZstdCompressor().compress(cbor2.dumps(payload))
			open(path, "wb").write(b"RPROFDAT" + struct.pack("<IIQ", 1, 0, len(packed)) + xxhash.xxh3_64(packed).digest() + packed)
		P
	done
	"$PROF" diff a.data b.data --format json > out.json
	jq -e '.lines_matched_by == "place"' out.json
	jq -e '.lines[] | select(.function == "fib" and .line_base == 3) | .line_new == 5' out.json
}

@test "what cannot be compared is said" {
	slow
	run "$PROF" diff a.data
	assert_error 2 'two profiles are compared, 1 are given'
	run "$PROF" diff a.data missing.data
	assert_error 1 'missing.data'
	run "$PROF" report a.data --base missing.data
	assert_error 1 'missing.data'
	echo text > text
	run "$PROF" profile --binary prog.rs --base text
	assert_error 1 'text'
	run "$PROF" diff a.data a.data --format annotate
	assert_error 2 'no comparison in this format'
	run "$PROF" diff a.data a.data --function nothing
	assert_error 2 'nothing'
}
