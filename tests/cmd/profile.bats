#!/usr/bin/env bats
load helper

@test "fibonacci: exact calls, share and hot spot, over three iterations" {
	"$PROF" profile --binary "$FIB" --iterations 3 --format json --output fib.json
	jq -e '.iterations == 3 and .file == "'"$FIB"'"' fib.json
	jq -e '.functions[] | select(.name == "fibonacci") | .calls == 29860703 and .calls_total == 89582109' fib.json
	jq -e '.functions[] | select(.name == "main") | .calls == 1 and .calls_total == 3' fib.json
	jq -e '.functions[] | select(.name == "fibonacci") | .self_percent > 95 and .self_percent <= 100' fib.json
	jq -e '(.functions[] | select(.name == "fibonacci")) as $f | .hotspots[0] | .line_start >= $f.line_start and .line_end <= $f.line_end and .percent > 90' fib.json
	jq -e '[.functions[].self_percent] | add | . <= 100.000001' fib.json
	jq -e '.time.plain_ns.mean > 1e6 and .time.plain_ns.ci95[0] <= .time.plain_ns.mean and .time.overhead > 0.3' fib.json
	jq -e '.memory.peak_rss_bytes > 500000 and .memory.allocations != null' fib.json
}

@test "the request's command lines" {
	cp "$FIB" .
	"$PROF" profile --binary fibonacci.ruchy --iterations 2 | grep -q '29,860,703 calls'
	"$PROF" profile --binary fibonacci.ruchy --iterations 1 --source-map --verbose 2> verbose > out
	grep -q 'fibonacci.rs:' out
	grep -q 'rustc ' verbose
	"$PROF" profile --binary fibonacci.ruchy --iterations 1 --function fibonacci | grep -q 'fibonacci'
}

@test "text report: layout of the request" {
	run "$PROF" profile --binary "$FIB" --iterations 2
	[ "$status" -eq 0 ]
	[[ $output == *"=== Binary Execution Profile ==="* ]]
	[[ $output == *"Function-level timings:"* ]]
	[[ $output =~ fibonacci\(\).*\[29,860,703\ calls\] ]]
	[[ $output =~ main\(\).*\[1\ call\] ]]
	[[ $output == *"Hotspots (>10% total time):"* ]]
	[[ $output =~ fibonacci.ruchy:[0-9]+-?[0-9]* ]]
	[[ $output == *"Peak RSS:"* ]]
	[[ $output =~ Allocations:\ +[0-9] ]]
	[[ $output == *"Recommendations:"* ]]
	[[ $output != *$'\e['* ]]
}

@test "memory that was not asked for is not measured, and not zero" {
	run "$PROF" profile --binary "$FIB" --iterations 1 --no-memory
	[ "$status" -eq 0 ]
	[[ $output =~ Allocations:\ +not\ measured ]]
	"$PROF" profile --binary "$FIB" --iterations 1 --no-memory --format json | jq -e '.memory.allocations == null'
}

@test "a second profile compiles nothing" {
	"$PROF" profile --binary "$FIB" --iterations 1 > /dev/null
	run "$PROF" profile --binary "$FIB" --iterations 1 --verbose
	[ "$status" -eq 0 ]
	[[ ! $output =~ ^compiling ]]
	grep -qE 'of which [0-9.]+ ms beside the runs' <<< "$output"
}

@test "edges name caller, callee and line" {
	"$PROF" profile --binary "$FIB" --iterations 1 --no-reference --format json > fib.json
	jq -e '[.edges[] | select(.caller == "fibonacci" and .callee == "fibonacci") | .calls] | add == 29860702' fib.json
	jq -e '.edges[] | select(.caller == "main" and .callee == "fibonacci") | .calls == 1 and .line > 0' fib.json
	jq -e '.time.plain_ns == null and (.functions[] | select(.name == "fibonacci") | .time_source == "clock")' fib.json
}

@test "profile.data: written, reported, summed" {
	"$PROF" profile --binary "$FIB" --iterations 2 --no-reference --data a.data > /dev/null
	"$PROF" report a.data a.data --format json | jq -e '.iterations == 4 and (.functions[] | select(.name == "fibonacci") | .calls == 29860703 and .calls_total == 119442812)'
}

@test "an instrumented program run by hand: file names, report, sum with profile.data" {
	"$PROF" build "$FIB" --instrument --output fib
	run ./fib
	[ "$output" = 9227465 ]
	ls ruchy-prof.*.raw
	RUCHY_PROF_FILE='run.%n.raw' ./fib && RUCHY_PROF_FILE='run.%n.raw' ./fib
	[ "$(ls run.*.raw | wc -l)" -eq 2 ]
	"$PROF" report run.*.raw ruchy-prof.*.raw --format json | jq -e '.iterations == 3 and (.functions[] | select(.name == "fibonacci") | .calls_total == 89582109)'
}

@test "arguments, standard input from a pipe and from a file reach every run" {
	rust echo.rs <<- 'R'
		use std::io::Read;
		fn work(s: &str) -> usize { s.len() }
		fn main() {
			let mut s = String::new();
			std::io::stdin().read_to_string(&mut s).unwrap();
			let args: Vec<String> = std::env::args().skip(1).collect();
			println!("{} {:?}", work(&s), args);
			for _ in 0..s.len() { work(&s); }
		}
	R
	printf 'hello' | "$PROF" profile --binary echo.rs --iterations 3 --show-output --format json --output e.json -- -x "a b" > out
	[ "$(cat out)" = '5 ["-x", "a b"]' ]
	jq -e '.functions[] | select(.name == "work") | .calls == 6' e.json
	printf 'abc' > input
	"$PROF" profile --binary echo.rs --iterations 2 --format json --output e.json < input
	jq -e '.functions[] | select(.name == "work") | .calls == 4' e.json
}

@test "an open pipe that nobody reads does not hang it" {
	rust quiet.rs <<< 'fn main() { println!("1"); }'
	mkfifo pipe
	exec 9<> pipe
	timeout 60 "$PROF" profile --binary quiet.rs --iterations 2 < pipe > out
	exec 9>&-
	grep -q 'main()' out
}

@test "two profiles of one program at the same time" {
	export XDG_CACHE_HOME=$PWD/cache
	"$PROF" profile --binary "$FIB" --iterations 2 --format json --output 1.json & one=$!
	"$PROF" profile --binary "$FIB" --iterations 2 --format json --output 2.json & two=$!
	wait $one
	wait $two
	for f in 1.json 2.json; do jq -e '.functions[] | select(.name == "fibonacci") | .calls == 29860703' $f; done
}

@test "file names with blanks, quotes, dollars, a leading dash" {
	for name in 'a b.rs' "it's \"x\".rs" '$HOME.rs' '-dash.rs' 'ümlaut 名.rs' '%p.rs'; do
		printf 'fn f() -> i32 { 1 }\nfn main() { println!("{}", f()); }\n' > "./$name"
		"$PROF" profile --binary "./$name" --iterations 1 --format json > out.json
		jq -e '.functions[] | select(.name == "f") | .calls == 1' out.json
	done
}
