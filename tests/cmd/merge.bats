#!/usr/bin/env bats
# merge: any order, any grouping, raw files and profiles alike; what is corrupt is named.
load helper

# 6 raw files and 2 profiles of one program whose counts differ with its argument.
parts() {
	rust p.rs <<- 'R'
		fn leaf(n: u64) -> u64 { n ^ 1 }
		fn odd(n: u64) -> u64 { if n == 0 { 0 } else { even(n - 1) + leaf(n) } }
		fn even(n: u64) -> u64 { if n == 0 { 1 } else { odd(n - 1) } }
		fn main() {
		    let n: u64 = std::env::args().nth(1).unwrap().parse().unwrap();
		    let v: Vec<u64> = (0..n).map(|i| odd(i)).collect();
		    println!("{}", v.len());
		}
	R
	"$PROF" build p.rs --instrument -o p
	mkdir -p parts
	for n in 3 5 8 13 21 34; do
		RUCHY_PROF_FILE=parts/$n.raw ./p $n > /dev/null
	done
	"$PROF" profile --binary p.rs --iterations 2 --no-reference --data parts/a.data -- 4 > /dev/null
	"$PROF" profile --binary p.rs --iterations 1 --data parts/b.data -- 55 > /dev/null
}

@test "the sum is the same bytes in any order and grouping" {
	parts
	"$PROF" merge parts/* -o expected
	[ "$("$PROF" report expected --format json | jq .iterations)" = 9 ]
	for seed in 1 2 3 4 5 6 7 8 9 10 11 12; do
		rm -rf work && cp -r parts work
		# As long as there are several files, a few of them become one.
		while set -- work/*; [ $# -gt 1 ]; do
			count=$((2 + (seed * 7 + $#) % 3))
			chosen=$(printf '%s\n' "$@" | shuf --random-source=<(yes "$seed $#") | head -n $count)
			"$PROF" merge $chosen -o "work.sum"
			rm $chosen
			mv work.sum "work/sum$#"
		done
		cmp work/* expected
	done
}

@test "merging adds up to what report says of all files together" {
	parts
	"$PROF" merge parts/* -o sum.data
	"$PROF" report sum.data --format json > merged.json
	"$PROF" report parts/* --format json > together.json
	cmp merged.json together.json
	"$PROF" merge sum.data -o again.data
	cmp sum.data again.data
	"$PROF" merge sum.data sum.data -o sum.data # the sum may take the place of an input
	[ "$("$PROF" report sum.data --format json | jq .iterations)" = 18 ]
}

@test "a corrupt file is named and skipped, or an error with --strict" {
	parts
	"$PROF" merge parts/* -o expected
	head -c 100 parts/3.raw > short.raw
	head -c 300 parts/a.data > short.data
	echo text > text
	: > empty
	mkdir directory
	run "$PROF" merge short.raw parts/* text empty short.data directory missing -o sum
	[ "$status" -eq 0 ]
	for name in short.raw text empty short.data directory missing; do
		grep -q "^ruchy-prof: skipped: .*$name" <<< "$output"
	done
	grep -q '^ruchy-prof: merged 8 of 14 files' <<< "$output"
	cmp sum expected
	rm sum
	run "$PROF" merge parts/* short.data --strict -o sum
	assert_error 1 'short.data'
	[ ! -e sum ]
	run "$PROF" merge text empty -o sum
	assert_error 1 'none of the 2 files could be read'
	[ ! -e sum ]
}

@test "files of another program are an error, whichever comes first" {
	parts
	rust other.rs <<< 'fn main() { println!("{}", 1); }'
	"$PROF" profile --binary other.rs --iterations 1 --no-reference --data other.data > /dev/null
	run "$PROF" merge parts/3.raw other.data -o sum
	assert_error 1 'different sources'
	run "$PROF" merge other.data parts/3.raw -o sum
	assert_error 1 'different sources'
	[ ! -e sum ]
}

@test "names come from a list, one a line or with NUL between them, and may be anything" {
	parts
	"$PROF" merge parts/* -o expected
	printf '%s\n' parts/* | "$PROF" merge --files-from - -o sum
	cmp sum expected
	mv parts/3.raw $'parts/new\nline'
	printf '%s\0' parts/* > list
	"$PROF" merge --files-from list -o sum
	cmp sum expected
	run "$PROF" merge --files-from /dev/null -o sum
	[ "$status" -ne 0 ]
	run "$PROF" merge -o sum
	assert_error 2 'no profile is given'
	run "$PROF" merge parts/*
	assert_error 2 'say --output'
	run "$PROF" merge $'bad\x1b[31m\nname' parts/5.raw -o sum
	[ "$status" -eq 0 ]
	grep -qF 'bad?[31m\nname' <<< "$output"
}
