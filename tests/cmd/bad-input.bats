#!/usr/bin/env bats
load helper

@test "no such file" {
	run "$PROF" profile --binary absent.ruchy
	assert_error 1 'absent\.ruchy'
}

@test "a directory, an empty file" {
	mkdir d.ruchy
	run "$PROF" profile --binary d.ruchy
	assert_error 1 'd\.ruchy'
}

@test "a pipe to which nobody writes does not hang, an empty program is said to be one" {
	mkfifo pipe.ruchy
	for command in "profile --binary" bench "pgo collect" "analyze --memory"; do
		run timeout 20 "$PROF" $command pipe.ruchy
		assert_error 1 'the file is empty: pipe.ruchy'
	done
	: > empty
	for analysis in --binary-size --memory --lambda-ready --suggest; do
		run "$PROF" analyze $analysis empty
		assert_error 1 'the file is empty: empty'
	done
}

@test "no command, unknown command, unknown option: usage" {
	run "$PROF"
	assert_error 2 'no command'
	run "$PROF" profil
	assert_error 2 'did you mean .profile'
	run "$PROF" profile --iteration-count 3 --binary x
	assert_error 2 'unknown option'
	run "$PROF" profile --binry x.ruchy
	assert_error 2 'did you mean --binary'
	run "$PROF" profile --binary
	assert_error 2 'no program'
	run "$PROF" profile --binary a b
	assert_error 2 'more than one'
	run "$PROF" profile --binary a --iterations
	assert_error 2 'needs a value'
}

@test "iterations: zero, negative, huge, not a number" {
	for n in 0 -1 99999999999999999999 1000000001 x 1.5 ''; do
		run "$PROF" profile --binary "$FIB" --iterations "$n"
		assert_error 2 'iterations'
	done
}

@test "unknown format names the known ones, before any work" {
	run "$PROF" profile --binary "$FIB" --format xml
	assert_error 2 'known formats: .*json'
}

@test "not Ruchy: the transpiler's message with its line" {
	[ -n "$(type -P ruchy)" ] && [ "${RUCHY_PROF_RUCHY:-}" != none ] || skip "needs the real ruchy"
	printf 'fun main() {\n  let x = ;\n}\n' > bad.ruchy
	run "$PROF" profile --binary bad.ruchy
	assert_error 1 'ruchy'
}

@test "Rust that rustc rejects: its message, with the line" {
	rust wrong.rs <<< 'fn main() { let x: i32 = "text"; println!("{}", x); }'
	run "$PROF" profile --binary wrong.rs
	assert_error 1 'mismatched types'
	grep -q 'wrong.rs:1' <<< "$output"
}

@test "Rust that rustc rejects, from Ruchy: the .ruchy line" {
	[ -n "$(type -P ruchy)" ] && [ "${RUCHY_PROF_RUCHY:-}" != none ] || skip "needs the real ruchy"
	printf 'fun twice(n: i32) -> i32 {\n    n * 2\n}\n\nfun main() {\n    let text: String = twice(4)\n    println(text)\n}\n' > wrong.ruchy
	run "$PROF" profile --binary wrong.ruchy
	assert_error 1 'mismatched types'
	grep -q 'wrong.ruchy:6' <<< "$output"
}

@test "no rustc; no ruchy and no checked-in transpile" {
	rust ok.rs <<< 'fn main() { println!("never built before {}", 4711); }'
	PATH=$PWD/bin XDG_CACHE_HOME=$PWD/c run "$PROF" profile --binary ok.rs
	assert_error 1 'rustc'
	printf 'fun main() { println("nobody transpiled this") }\n' > new.ruchy
	RUCHY_PROF_RUCHY=none PATH=/usr/bin:/bin run "$PROF" profile --binary new.ruchy
	assert_error 1 'ruchy'
	grep -qE 'cargo install ruchy|RUCHY_PROF_RUCHY' <<< "$output"
}

@test "the program exits non-zero: report, then the error; --ignore-failure goes on" {
	rust three.rs <<< 'fn f() {} fn main() { f(); std::process::exit(3) }'
	run "$PROF" profile --binary three.rs --iterations 5
	assert_error 1 'exit status 3'
	grep -q 'main()' <<< "$output"
	grep -q -e '--show-output shows' <<< "$output"
	run "$PROF" profile --binary three.rs --iterations 2 --ignore-failure --format json
	[ "$status" -eq 0 ]
	jq -e '.iterations == 2 and (.functions[] | select(.name == "f") | .calls == 1)' <<< "$output"
}

@test "a loop that is stopped before it stored its counts: nothing is said to be never called" {
	rust spin.rs <<< 'fn step(n: u64) -> u64 { if n % 2 == 0 { n / 2 } else { 3 * n + 1 } } fn main() { let mut n = 7; while true { n = step(n); } println!("{}", n); }'
	run "$PROF" profile --binary spin.rs --no-reference --iterations 1 --timeout 0.5 --sort name
	assert_error 1 'stopped after 0.5 s'
	grep -q 'did not finish' <<< "$output"
	! grep -q 'ever called' <<< "$output"
}

@test "the program panics" {
	rust panic.rs <<< 'fn f(n: u32) -> u32 { if n > 2 { panic!("no") } n + 1 } fn main() { let mut i = 0; loop { i = f(i); } }'
	run "$PROF" profile --binary panic.rs --format json --output p.json
	assert_error 1 'exit status 101'
	jq -e '.functions[] | select(.name == "f") | .calls == 4' p.json
}

@test "the program is killed" {
	rust kill.rs <<< 'fn f() {} fn main() { f(); std::process::abort() }'
	run "$PROF" profile --binary kill.rs --format json --output k.json
	assert_error 1 'signal 6'
	jq -e '.unfinished_runs >= 1 and (.functions[] | select(.name == "f") | .calls == 1)' k.json
}

@test "the program never ends: --timeout" {
	rust forever.rs <<< 'fn f() {} fn main() { f(); loop { std::thread::sleep(std::time::Duration::from_secs(1)); } }'
	run timeout 30 "$PROF" profile --binary forever.rs --timeout 0.5 --format json --output f.json
	assert_error 1 'stopped after 0.5 s'
}

@test "the program prints gigabytes" {
	rust big.rs <<- 'R'
		use std::io::Write;
		fn main() {
			let block = vec![b'x'; 1 << 20];
			let mut out = std::io::stdout().lock();
			for _ in 0..2048 { out.write_all(&block).unwrap(); }
		}
	R
	run timeout 60 "$PROF" profile --binary big.rs --iterations 1 --no-reference
	[ "$status" -eq 0 ]
}

@test "Ctrl-C stops the program and reports what ran" {
	rust slow.rs <<< 'fn f() {} fn main() { f(); std::thread::sleep(std::time::Duration::from_millis(300)); }'
	"$PROF" build slow.rs --instrument --output warm && "$PROF" build slow.rs --output warm
	env --default-signal=INT "$PROF" profile --binary slow.rs --iterations 1000 --format json --output s.json &
	pid=$!
	sleep 4
	kill -INT $pid
	status=0
	wait $pid || status=$?
	[ $status -eq 130 ]
	jq -e '.iterations >= 1 and .iterations < 1000' s.json
}

@test "output that cannot be written: no such directory, a directory, a full disk; before the runs where it can be known" {
	run "$PROF" profile --binary "$FIB" --iterations 1 --output /nonexistent/dir/x.json
	assert_error 1 '/nonexistent/dir/x.json'
	mkdir d
	run "$PROF" profile --binary "$FIB" --iterations 1 --output d
	assert_error 1 'directory'
	run "$PROF" profile --binary "$FIB" --iterations 1 --format json --output /dev/full
	assert_error 1 'No space left'
	[ -c /dev/full ]
	"$PROF" profile --binary "$FIB" --iterations 1 > /dev/full && false
	true
}

@test "profile.data: truncated, altered, newer, foreign, empty" {
	"$PROF" profile --binary "$FIB" --iterations 1 --no-reference --data p.data > /dev/null
	size=$(stat -c %s p.data)
	for n in 0 4 8 16 30 $((size / 2)) $((size - 1)); do
		head -c "$n" p.data > t.data
		run "$PROF" report t.data
		assert_error 1 't\.data'
	done
	cp p.data a.data
	printf '\xff' | dd of=a.data bs=1 seek=$((size - 20)) conv=notrunc status=none
	run "$PROF" report a.data
	assert_error 1 'a\.data'
	cp p.data n.data
	printf '\x63' | dd of=n.data bs=1 seek=8 conv=notrunc status=none
	run "$PROF" report n.data
	assert_error 1 'newer|version'
	printf 'just some text that is no profile' > x.data
	run "$PROF" report x.data
	assert_error 1 'x\.data'
}

@test "profiles of different programs are not summed" {
	rust one.rs <<< 'fn main() { println!("1"); }'
	rust two.rs <<< 'fn main() { println!("2"); }'
	"$PROF" profile --binary one.rs --iterations 1 --no-reference --data one.data > /dev/null
	"$PROF" profile --binary two.rs --iterations 1 --no-reference --data two.data > /dev/null
	run "$PROF" report one.data two.data
	assert_error 1 'two\.data|source'
}

@test "unknown function: did you mean" {
	run "$PROF" profile --binary "$FIB" --iterations 1 --function fibonaci
	assert_error 2 'did you mean .fibonacci'
}
