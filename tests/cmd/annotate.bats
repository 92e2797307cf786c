#!/usr/bin/env bats
# annotate, and the options of the function table.
load helper

fib() {
	cp "$FIB" fib.ruchy
	"$PROF" profile --binary fib.ruchy --iterations 2 --no-reference --lines --data fib.data "$@" > /dev/null
}

@test "a profile holds its source, so that it opens anywhere" {
	fib
	rm fib.ruchy
	"$PROF" annotate fib.data > out
	grep -q '^29,860,703 .* 2  fun fibonacci(n: i32)' out
	echo 'fun other() {}' > fib.ruchy
	"$PROF" annotate fib.data > out # what is there now does not matter
	grep -q 'fun fibonacci' out
	"$PROF" merge fib.data fib.data -o sum.data
	"$PROF" annotate sum.data | grep -q 'fun fibonacci'
	fib --no-source
	[ "$("$PROF" annotate fib.data | grep -c 'fun fibonacci')" = 1 ]
	rm fib.ruchy
	run "$PROF" annotate fib.data
	assert_error 1 'the source of the profile is not there'
}

@test "annotate shows the source with the count of each line" {
	fib
	"$PROF" annotate fib.data > out
	grep -q '^29,860,703 .* 2  fun fibonacci(n: i32)' out
	grep -q 'fibonacci(): 29,860,703 calls' out
	grep -q '^ *1 .*  fun main() {' out
	! grep -q 'not the text that was profiled' out || false
	"$PROF" annotate fib.data --function main > main
	grep -q 'fun main' main
	! grep -q 'fun fibonacci' main || false
}

@test "annotate of a program profiles it first, its arguments included" {
	rust args.rs <<- 'R'
		fn work(n: u64) -> u64 {
		    n + 1
		}
		fn main() {
		    let n: u64 = std::env::args().nth(1).unwrap().parse().unwrap();
		    let mut sum = 0;
		    for i in 0..n {
		        sum += work(i);
		    }
		    println!("{}", sum);
		}
	R
	"$PROF" annotate args.rs --iterations 2 -- 37 > out
	grep -qE '^ +37 .* 2      n \+ 1' out
	grep -qE '^ +37 .* 8          sum' out
	"$PROF" annotate args.rs --function work --iterations 1 -o file -- 5
	grep -q 'work(): 5 calls' file
}

@test "a source that has changed is said to have, one that is missing is asked for" {
	fib --no-source
	sed -i '1i // a new line' fib.ruchy
	"$PROF" annotate fib.data > out
	tr '\n' ' ' < out | tr -s ' ' | grep -q 'this is not the text that was profiled: its hash is'
	mv fib.ruchy elsewhere.ruchy
	run "$PROF" annotate fib.data
	assert_error 1 'the source of the profile is not there'
	[[ $output == *"--source FILE"* ]]
	cp "$FIB" elsewhere
	"$PROF" annotate fib.data --source elsewhere > out
	! grep -q 'not the text' out || false
	run "$PROF" annotate fib.data --source nowhere
	assert_error 1 'is not there'
}

@test "a profile cannot make annotate show a file that is no program" {
	fib --no-source
	echo secret > secret
	ln -sf secret fib.ruchy # a name that ends in .ruchy is a program's
	python3 - <<- 'P'
		import cbor2, struct, xxhash, zstandard
		data = open("fib.data", "rb").read()
		payload = cbor2.loads(zstandard.decompress(data[32:]))
		payload["source_path"] = "secret"
		packed = zstandard.ZstdCompressor().compress(cbor2.dumps(payload))
		head = data[:16] + struct.pack("<Q", len(packed)) + xxhash.xxh3_64(packed).digest()
		open("evil.data", "wb").write(head + packed)
	P
	run "$PROF" annotate evil.data
	assert_error 1 'is not there'
	[[ $output != *secret$'\n'* ]]
}

@test "--sort, --top and --min-percent choose the functions" {
	rust many.rs <<- 'R'
		fn a() -> u32 { std::hint::black_box(1) }
		fn b() -> u32 { std::hint::black_box(2) }
		fn c() -> u32 { (0..3).map(|_| a()).sum::<u32>() + b() }
		fn main() { println!("{}", c()); }
	R
	"$PROF" profile --binary many.rs --iterations 1 --no-reference --data p.data > /dev/null
	names() { "$PROF" report p.data "$@" | sed -n '/^Function-level/,/^$/s/^  \([a-z]*\)().*/\1/p' | tr '\n' ' '; }
	[ "$(names --sort name)" = "a b c main " ]
	[ "$(names --sort calls --top 1)" = "a " ]
	[ "$(names --sort line --top 3)" = "a b c " ]
	[ -n "$(names --min-percent 0.1%)" ]
	run "$PROF" report p.data --sort sizes
	assert_error 2 'known: self'
	run "$PROF" report p.data --min-percent 101
	assert_error 2 'a number from 0 to 100'
	"$PROF" report p.data --calls | grep -q '1 call .*c() .*b() *many.rs:3'
}
