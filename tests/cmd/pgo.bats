# pgo collect, show, merge; transpile --pgo-data; bench --with-pgo.
load helper

setup_file() {
	exec < /dev/null # the program reads its input
	cd "$BATS_FILE_TMPDIR" || return 1
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	PROF=${RUCHY_PROF:-$ROOT/build/bin/ruchy-prof}
	program > fib.rs
	# Decided once, looked at by many tests.
	"$PROF" pgo collect fib.rs --runs 20 --output fib.data > collect.out 2>&1 || { cat collect.out; return 1; }
	cp fib.data undecided.data
	"$PROF" transpile fib.rs --pgo-data fib.data --output optimized.rs --hints inline-recursion --budget 5s --explain > explain.out 2>&1 || { cat explain.out; return 1; }
}

program() {
	cat <<- 'RS'
		use std::io::Read;

		fn fib(n: u64) -> u64 {
		    if n <= 1 { n } else { fib(n - 1) + fib(n - 2) }
		}

		fn shout(n: u64) -> String {
		    if n == 7 { std::process::exit(3); }
		    format!("fib {}", n)
		}

		fn main() {
		    let mut text = String::new();
		    std::io::stdin().read_to_string(&mut text).unwrap();
		    let n = std::env::args().nth(1).and_then(|a| a.parse().ok()).or(text.trim().parse().ok()).unwrap_or(27);
		    println!("{} {}", shout(n), fib(n));
		}
	RS
}

setup() {
	exec < /dev/null
	cd "$BATS_TEST_TMPDIR" || return 1
	cp "$BATS_FILE_TMPDIR/fib.rs" "$BATS_FILE_TMPDIR/fib.data" "$BATS_FILE_TMPDIR/undecided.data" .
}

profdata() {
	[ -n "$(command -v llvm-profdata-19 llvm-profdata-2{0,1,2})" ] || ls "$(rustc --print target-libdir)"/../bin/llvm-profdata > /dev/null 2>&1
}

@test "collect: runs, functions and the file are told; show names them" {
	run cat "$BATS_FILE_TMPDIR/collect.out"
	[[ ${lines[0]} == "Collected 20 runs, "*" functions" ]]
	run "$PROF" pgo show undecided.data
	[ "$status" -eq 0 ]
	grep -q 'fib .* calls, 28 distinct arguments' <<< "$output"
	grep -q 'Measured decisions: 0' <<< "$output"
	run "$PROF" pgo show fib.data
	grep -q 'Measured decisions: 1' <<< "$output"
}

@test "collect: again into the same file adds" {
	run "$PROF" pgo collect fib.rs --runs 5 --output undecided.data --no-llvm
	[ "$status" -eq 0 ]
	grep -q 'Added to undecided.data' <<< "$output"
	run "$PROF" pgo show undecided.data
	grep -q 'Profile of .*: 25 runs, none failed' <<< "$output"
}

@test "collect: --until-stable stops sooner and says so" {
	run "$PROF" pgo collect fib.rs --runs 100000 --until-stable --output s.data --no-llvm
	[ "$status" -eq 0 ]
	grep -q 'Collected 32 runs of 100,000: the counts are stable' <<< "$output"
}

@test "collect: several inputs, several lines of arguments" {
	echo 5 > 5.txt
	echo 6 > '-6 6.txt'
	run "$PROF" pgo collect fib.rs --runs 10 --input 5.txt --input '-6 6.txt' --output s.data --no-llvm
	[ "$status" -eq 0 ]
	run "$PROF" pgo show s.data
	grep -q 'Input: .*/5.txt, 5 runs' <<< "$output"
	grep -q 'Input: .*/-6 6.txt, 5 runs' <<< "$output"
	printf '4\n\n5 "two words"\n' > args
	run "$PROF" pgo collect fib.rs --runs 4 --args-file args --output a.data --no-llvm
	[ "$status" -eq 0 ]
	run "$PROF" pgo show a.data
	grep -q "Input: none, arguments 5 'two words', 2 runs" <<< "$output"
	run "$PROF" pgo collect fib.rs --input missing --output b.data
	assert_error 1 'cannot read the input: missing'
	: > empty
	run "$PROF" pgo collect fib.rs --args-file empty --output b.data
	assert_error 2 'no arguments are in the file: empty'
	[ ! -e b.data ]
}

@test "collect: a failing program is told, what ran is kept, --max-failures goes on" {
	run "$PROF" pgo collect fib.rs --runs 6 --output s.data --no-llvm -- 7
	assert_error 1 'the program failed with exit status 3: fib.rs; what was collected is kept'
	[ -e s.data ]
	run "$PROF" pgo collect fib.rs --runs 6 --max-failures 100 --output t.data --no-llvm -- 7
	[ "$status" -eq 0 ]
	grep -q 'runs failed (the last with exit status 3)' <<< "$output"
	run "$PROF" pgo show t.data
	grep -q ': 6 runs, ' <<< "$output"
}

@test "collect: an interrupt keeps what was collected" {
	"$PROF" pgo collect fib.rs --runs 1000000 --output s.data --no-llvm > out 2>&1 &
	pid=$!
	# until some runs have ended: the builds come before them
	for _ in $(seq 300); do
		sleep 0.1
		pgrep -P "$pid" -x fib > /dev/null && break
	done
	sleep 1
	kill -TERM $pid # a shell lets what it starts in the background ignore SIGINT
	wait $pid && status=0 || status=$?
	[ "$status" -eq 143 ]
	grep -q 'Collected .* of 1,000,000' out
	run "$PROF" pgo show s.data
	[ "$status" -eq 0 ]
}

@test "show: names of a hostile file can't drive the terminal" {
	python3 "$ROOT/tests/e2e/hostile_profile.py" hostile.data || skip "no python module for the file"
	run "$PROF" pgo show hostile.data
	[ "$status" -eq 0 ]
	! grep -qP '[\x00-\x08\x0b-\x1f\x7f]' <<< "$output"
}

@test "merge: sums collected profiles and raw files" {
	"$PROF" build fib.rs --instrument --output fib
	RUCHY_PROF_FILE=one.raw ./fib 9 < /dev/null
	run "$PROF" pgo merge undecided.data undecided.data --output sum.data
	[ "$status" -eq 0 ]
	grep -q 'Merged 2 files: 40 runs' <<< "$output"
	run "$PROF" pgo merge one.raw undecided.data --output sum2.data
	[ "$status" -eq 0 ]
	grep -q 'Merged 2 files: 21 runs' <<< "$output"
	run "$PROF" pgo merge one.raw
	assert_error 2 'say --output FILE'
	run "$PROF" pgo merge --output x.data
	assert_error 2 'no profile is given'
	run "$PROF" pgo shwo x.data
	assert_error 2 'show'
	run "$PROF" pgo
	assert_error 2 'what to do is not said'
}

@test "transpile: a text that stands alone, with its evidence and the command that compiles it" {
	cp "$BATS_FILE_TMPDIR"/optimized.* .
	grep -q '^// inline-recursion: called .* of them from itself$' optimized.rs
	line=$(sed -n '2s|^//||p' optimized.rs)
	[[ $line == *"rustc "* ]]
	eval "$line"
	[ "$(./fib 20 < /dev/null)" = "fib 20 6765" ]
	grep -q 'inline-recursion, fib (fib.rs:3)' "$BATS_FILE_TMPDIR/explain.out"
	grep -q 'not among --hints' "$BATS_FILE_TMPDIR/explain.out"
}

@test "transpile: decisions are kept, so the same profile gives the same bytes" {
	cp "$BATS_FILE_TMPDIR"/optimized.* .
	mkdir again
	cp fib.data before.data
	(cd again && "$PROF" transpile ../fib.rs --pgo-data ../fib.data --output optimized.rs --hints inline-recursion)
	cmp optimized.rs again/optimized.rs
	cmp fib.data before.data
	RUCHY_PROF_LLVM_PROFDATA=none "$PROF" transpile fib.rs --pgo-data fib.data --output - --hints inline-recursion > stdout.rs
	grep -q fib_inlined_1 stdout.rs
}

@test "transpile: F.pgo.data beside the source is picked up" {
	cp fib.data fib.pgo.data
	"$PROF" transpile fib.rs --hints inline-recursion > a.rs
	grep -q 'Optimised from fib.rs' a.rs
	"$PROF" transpile fib.rs --no-pgo > b.rs
	cmp b.rs fib.rs
}

@test "transpile: without measuring only what is never harmful" {
	run "$PROF" transpile fib.rs --pgo-data undecided.data --no-measure --output o.rs --explain
	[ "$status" -eq 0 ]
	grep -A1 'left out  inline-recursion' <<< "$output" | grep -q 'not measured, and it may be slower'
	! grep -q fib_inlined o.rs
	run "$PROF" transpile fib.rs --pgo-data undecided.data --no-measure --output o.rs
	grep -q 'left out, since nothing was measured' <<< "$output"
}

@test "transpile: changed functions lose their hints, moved ones keep them" {
	# moved down and spaced otherwise: nothing has changed
	{ printf 'fn extra() -> i32 {\n    1\n}\n\n'; sed 's/fib(n - 1) + fib(n - 2)/fib(n - 1)  +  fib(n - 2)/' fib.rs; } > moved.rs
	run "$PROF" transpile moved.rs --pgo-data fib.data --output o.rs --hints inline-recursion
	[ "$status" -eq 0 ]
	! grep -q 'changed since collection' <<< "$output"
	grep -q fib_inlined_1 o.rs
	# changed
	sed 's/n <= 1 { n }/n <= 1 { n * 1 }/' fib.rs > changed.rs
	run "$PROF" transpile changed.rs --pgo-data fib.data --output o.rs --hints inline-recursion
	[ "$status" -eq 0 ]
	grep -qE '1 of [0-9]+ functions changed since collection: their hints are left out' <<< "$output"
	! grep -q fib_inlined o.rs
}

@test "transpile: profiles that are wrong" {
	printf 'fn other() -> i32 {\n    4\n}\nfn main() {\n    println!("{}", other());\n}\n' > other.rs
	run "$PROF" transpile other.rs --pgo-data fib.data --output o.rs
	assert_error 1 'the profile is of another program .*other.rs; collect again'
	: > empty.data
	run "$PROF" transpile fib.rs --pgo-data empty.data --output o.rs
	assert_error 1 'the profile is empty'
	head -c 300 fib.data > cut.data
	run "$PROF" transpile fib.rs --pgo-data cut.data --output o.rs
	assert_error 1 'the profile is truncated'
	{ head -c 200 fib.data; printf X; tail -c +202 fib.data; } > corrupt.data
	run "$PROF" transpile fib.rs --pgo-data corrupt.data --output o.rs
	assert_error 1 'its checksum does not match'
	echo 'not a profile at all, but long enough for one' > foreign.data
	run "$PROF" transpile fib.rs --pgo-data foreign.data --output o.rs
	assert_error 1 'not a profile of ruchy-prof'
	run "$PROF" transpile fib.rs --pgo-data missing.data --output o.rs
	assert_error 1 'missing.data'
	run "$PROF" pgo collect fib.rs --output foreign.data
	assert_error 1 'not a profile of ruchy-prof'
	[ ! -e o.rs ]
}

@test "transpile: a raw file's profile of another version does not tell what changed" {
	"$PROF" build fib.rs --instrument --output fib
	RUCHY_PROF_FILE=one.raw ./fib 9 < /dev/null
	"$PROF" pgo merge one.raw --output raw.data
	sed 's/n <= 1 { n }/n <= 1 { n * 1 }/' fib.rs > changed.rs
	run "$PROF" transpile changed.rs --pgo-data raw.data --no-measure --output o.rs
	assert_error 1 'does not hold what its functions were'
	run "$PROF" transpile fib.rs --pgo-data raw.data --no-measure --output o.rs
	[ "$status" -eq 0 ]
}

@test "transpile: an input of the training that is gone is an error, not another measurement" {
	echo 5 > 5.txt
	"$PROF" pgo collect fib.rs --runs 2 --input 5.txt --output s.data --no-llvm
	echo 6 > 5.txt
	run "$PROF" transpile fib.rs --pgo-data s.data --output o.rs
	assert_error 1 'an input of the training is not there any more, or is another one'
}

@test "transpile: options" {
	run "$PROF" transpile fib.rs --pgo-data fib.data --hints inline-recursoin
	assert_error 2 '--hints does not know it: inline-recursoin; there are: .*inline-recursion'
	run "$PROF" transpile fib.rs --pgo-data fib.data --allow inline-recursion
	assert_error 2 '--allow does not know it'
	run "$PROF" transpile fib.rs --explain
	assert_error 2 'this option needs a profile: --explain; say --pgo-data FILE'
	run "$PROF" transpile fib.rs --pgo-data fib.data --instrument
	assert_error 2 'counters are not put into an optimised text'
	run "$PROF" transpile fib.rs --pgo-data fib.data --output fib.rs
	[ "$status" -ne 0 ]
	run "$PROF" bench fib.rs --compare-baseline
	assert_error 2 'what to compare with the baseline is not said'
	run "$PROF" bench fib.rs --with-pgo --format xml
	assert_error 2 'unknown format'
}

@test "bench --with-pgo: a program that fails is no sample, unless that is wanted" {
	rust three.rs <<< 'fn main() { println!("{}", (0..1000u64).map(|n| n ^ 5).sum::<u64>()); std::process::exit(3); }'
	run "$PROF" bench three.rs --with-pgo --budget 0.1
	assert_error 1 'the program failed with exit status 3: three.rs; a failed run is no sample'
	run "$PROF" bench three.rs --with-pgo --budget 0.1 --layouts 1 --runs 3 --ignore-failure
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
	rust crash.rs <<< 'fn main() { std::process::abort(); }'
	run "$PROF" bench crash.rs --with-pgo --budget 0.1 --ignore-failure
	assert_error 1 'the program failed with signal 6 .*: crash.rs'
	rust long.rs <<< 'fn main() { std::thread::sleep(std::time::Duration::from_secs(60)); }'
	run "$PROF" bench long.rs --with-pgo --timeout 0.2
	assert_error 1 'the program was stopped after 0.2 s: long.rs; give --timeout more'
}

@test "LLVM: no usable llvm-profdata is said, and source hints go on alone" {
	RUCHY_PROF_LLVM_PROFDATA=none run "$PROF" pgo collect fib.rs --runs 2 --output s.data
	[ "$status" -eq 0 ]
	grep -q 'Without counters of LLVM: there is no usable llvm-profdata; install llvm-profdata 19 or newer' <<< "$output"
	printf '#!/bin/sh\necho "LLVM version 14.0.6"\n' > bin-old
	chmod +x bin-old
	RUCHY_PROF_LLVM_PROFDATA=./bin-old run "$PROF" pgo collect fib.rs --runs 2 --output t.data
	grep -q 'Without counters of LLVM: there is no usable llvm-profdata' <<< "$output"
	printf '#!/bin/sh\n[ "$1" = --version ] && exec echo "LLVM version 19.1.7"\nkill -SEGV $$\n' > bin-crash
	chmod +x bin-crash
	RUCHY_PROF_LLVM_PROFDATA=./bin-crash run "$PROF" pgo collect fib.rs --runs 2 --output u.data
	[ "$status" -eq 0 ]
	grep -q 'Without counters of LLVM: llvm-profdata crashed (signal 11)' <<< "$output"
}

@test "LLVM: counters are kept and merged" {
	profdata || skip "no llvm-profdata 19 or newer"
	run "$PROF" pgo show undecided.data
	[ "$(grep -c 'Counters of LLVM: crate fib' <<< "$output")" -eq 1 ]
	"$PROF" pgo collect fib.rs --runs 2 --output undecided.data -- 9
	run "$PROF" pgo show undecided.data
	[ "$(grep -c 'Counters of LLVM: crate fib' <<< "$output")" -eq 1 ]
}
