#!/usr/bin/env bats
# bench: baselines and gates. Times are never asserted but where they differ threefold; runs are few.
load helper

loops() { # loops N: prog.rs
	rust prog.rs <<- R
		fn step(n: u64) -> u64 {
		    if n % 2 == 0 { n / 2 } else { 3 * n + 1 }
		}
		fn main() {
		    let mut n: u64 = 7;
		    for i in 0..std::hint::black_box($1u64) {
		        n = step(n).wrapping_add(i) % 1000003;
		    }
		    println!("{}", n);
		}
	R
}

gate() { # gate WHAT... : few rounds, no compilers
	run "$PROF" bench --regression "$@" --no-compile
}

quick_baseline() { # quick_baseline VERSION OPTIONS...
	"$PROF" bench --regression baseline prog.rs --version "$@" --runs 12 --no-compile > baseline.txt
}

@test "the same program passes, in the layout of the request" {
	loops 3000000
	quick_baseline v1
	grep -q '^=== Performance Baseline ===$' baseline.txt
	grep -q '^Baseline: v1 (' baseline.txt
	gate compare prog.rs --baseline v1 --version v2 --runs 12
	[ "$status" -eq 0 ]
	grep -qE '^=== Performance Regression Check ===$' <<< "$output"
	grep -qE '^Baseline: v1 \([0-9.]+ ?.?s\)$' <<< "$output"
	grep -qE '^Current:  v2 \([0-9.]+ ?.?s\)$' <<< "$output"
	grep -qE '^Change: [+-][0-9.]+.*%\)  .* (PASS|INCONCLUSIVE) \(' <<< "$output"
	grep -qE '^  Execution: +[0-9.]+.s → [0-9.]+.s  \(' <<< "$output"
	grep -qE '^  Calls: +3,000,002? → 3,000,002?  \(same\)|^  Calls: .*\(same\)' <<< "$output"
	grep -qE '^Status: .*(No significant regression|Inconclusive)' <<< "$output"
	grep -q 'the baseline.s was rebuilt' <<< "$output"
}

@test "three times the work fails with 3, and names the function and its line" {
	loops 3000000
	quick_baseline v1
	loops 9000000
	gate ci prog.rs --threshold 5% --metric wall,calls --max-time 30s
	[ "$status" -eq 3 ]
	grep -qE 'FAIL \(> 5% threshold\)' <<< "$output"
	grep -qE '`step` 3,000,000 → 9,000,000 calls, prog.rs:1' <<< "$output"
	grep -q 'Functions whose time changed most' <<< "$output"
	grep -qE 'Status: .*Regression detected' <<< "$output"
}

@test "one call more of three million is found whatever the noise" {
	loops 3000000
	quick_baseline v1
	loops 3000001
	gate ci prog.rs --metric calls --runs 1
	[ "$status" -eq 3 ]
	grep -qE '`step` 3,000,000 → 3,000,001 calls, prog.rs:1' <<< "$output"
	gate ci prog.rs --metric calls --runs 1 --count-threshold 1%
	[ "$status" -eq 0 ]
	loops 2999999
	gate ci prog.rs --metric calls --runs 1
	[ "$status" -eq 0 ]
}

@test "what few runs cannot decide is inconclusive: 0, and 3 when asked" {
	loops 3000000
	quick_baseline v1 --no-counts
	gate ci prog.rs --runs 3 --no-counts
	[ "$status" -eq 0 ]
	grep -q INCONCLUSIVE <<< "$output"
	grep -q 'too few rounds' <<< "$output"
	awk 'length($0) > 90 { exit 1 }' <<< "$output" # bytes, of 80 columns
	gate ci prog.rs --runs 3 --no-counts --fail-inconclusive
	[ "$status" -eq 3 ]
}

@test "a failing, killed or late program never becomes a baseline or a sample" {
	loops 1000
	quick_baseline v1 --no-counts
	rust prog.rs <<< 'fn main() { std::process::exit(7); }'
	gate baseline prog.rs --version v2
	assert_error 1 'failed with exit status 7'
	gate ci prog.rs
	assert_error 1 'failed with exit status 7'
	rust prog.rs <<< 'fn main() { std::process::abort(); }'
	gate baseline prog.rs --version v2
	assert_error 1 'failed with signal 6'
	rust prog.rs <<< 'fn main() { std::thread::sleep(std::time::Duration::from_secs(60)); }'
	gate baseline prog.rs --version v2 --timeout 50ms
	assert_error 1 'stopped after 0.05 s'
	run "$PROF" bench history prog.rs
	[ "${#lines[@]}" -eq 3 ]
}

@test "the old program is run from its binary, else rebuilt, else its stored samples count" {
	loops 3000000
	quick_baseline v1 --keep-binary --no-counts
	loops 3000002
	gate ci prog.rs --runs 12 --no-counts --format json
	[ "$(jq -r .how <<< "$output")" = interleaved-kept ]
	quick_baseline v2 --no-counts
	gate ci prog.rs --runs 12 --no-counts --format json
	[ "$(jq -r '.how, .baseline' <<< "$output")" = $'interleaved-rebuilt\nv2' ]
	for object in .ruchy-bench/objects/*; do echo x >> "$object"; done
	gate ci prog.rs --runs 12 --no-counts --format json
	[ "$status" -eq 0 ]
	[ "$(jq -r .how <<< "$output")" = stored-samples ]
	jq -e '.notes[] | select(test("damaged"))' <<< "$output"
	gate compare prog.rs --baseline v1 --runs 12 --no-counts --stored
	grep -q 'against the stored samples' <<< "$output"
}

@test "stored samples of another machine are refused, and no reason not to run its program" {
	loops 3000000
	quick_baseline v1 --no-counts
	for file in .ruchy-bench/baselines/*/*.json; do
		sed -i 's/"fingerprint": "[0-9a-f]*"/"fingerprint": "00000000000000000000000000000000"/' "$file"
	done
	gate ci prog.rs --runs 12 --no-counts --stored
	assert_error 1 'another machine.*--allow-other-host'
	gate ci prog.rs --runs 12 --no-counts --stored --allow-other-host
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
	grep -q 'on ANOTHER machine' <<< "$output"
	gate ci prog.rs --runs 12 --no-counts
	[ "$status" -eq 0 ]
}

@test "a missing baseline names those that there are; other arguments are refused" {
	loops 1000
	gate ci prog.rs
	assert_error 1 'no baseline of prog.rs.*--regression baseline'
	gate compare prog.rs
	assert_error 2 '--baseline'
	gate baseline prog.rs
	assert_error 2 '--version'
	quick_baseline v1 --no-counts
	gate compare prog.rs --baseline v7
	assert_error 1 'no baseline v7.*there are: v1'
	run "$PROF" bench --regression ci prog.rs --no-compile -- 5
	assert_error 2 'the same arguments'
}

@test "formats are what their readers expect" {
	loops 3000000
	quick_baseline v1
	loops 3000001
	gate ci prog.rs --metric calls,size --runs 4 --format json --output gate.json
	[ "$status" -eq 3 ]
	[ "$(jq -r '.verdict, .schema_version, (.metrics[] | select(.name == "calls") | .cause_line)' gate.json)" = $'fail\n1\n1' ]
	gate ci prog.rs --metric calls,size --runs 4 --output gate.xml
	[ "$status" -eq 3 ]
	[ "$(xmllint --xpath 'concat(//testsuite/@tests, //testsuite/@failures, count(//failure))' gate.xml)" = 211 ]
	gate ci prog.rs --metric calls --runs 4 --format github
	grep -qE '^::error file=prog.rs,line=1,title=FAIL::Calls .*`step` 3,000,000' <<< "$output"
	gate ci prog.rs --metric calls --runs 4 --format markdown
	grep -qE '^### ❌ FAIL: `prog.rs` against v1$' <<< "$output"
	gate ci prog.rs --runs 4 --no-counts --export-json times.json
	[ "$(jq -r '[.results[] | (.times | length), has("mean", "stddev", "median", "user", "system", "min", "max", "exit_codes")] | unique | length' times.json 2>&1)" = 2 ] ||
		[ "$(jq -r '.results | length, (.[0].times | length)' times.json)" = $'2\n4' ]
	for key in command mean stddev median user system min max times exit_codes; do
		jq -e ".results[1] | has(\"$key\")" times.json
	done
}

@test "bench alone: the spellings and fields of the real ruchy, and several files" {
	loops 100000
	run "$PROF" bench prog.rs --iterations 4 --warmup 0 --format csv
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == file,warmup,iterations,min_ms,max_ms,mean_ms,stddev_ms* ]]
	[[ ${lines[1]} == '"prog.rs",0,4,'* ]]
	run "$PROF" bench prog.rs --iterations 4 --warmup 1 --format json
	[ "$(jq -r '.file, .warmup, .iterations, (.timings_ms | length), (.statistics | has("stddev_ms"))' <<< "$output")" = $'prog.rs\n1\n4\n4\ntrue' ]
	run "$PROF" bench prog.rs --iterations 3 --verbose
	grep -q '^=== Benchmark Results ===$' <<< "$output"
	grep -q 'Iteration 3/3: ' <<< "$output"
	cp prog.rs other.rs
	run "$PROF" bench prog.rs other.rs --iterations 6 --export-json t.json --format markdown
	[ "$(jq -r '.results[].command' t.json)" = $'prog.rs\nother.rs' ]
}

@test "cold starts of a bootstrap, which never ends" {
	cp "$ROOT/bench-corpus/bootstrap/bootstrap.ruchy" .
	"$PROF" bench --regression baseline bootstrap.ruchy --version v1 --metric cold-start --runs 12 --no-compile > baseline.txt
	grep -qE '^  Cold start: +[0-9.]+.s$' baseline.txt
	gate ci bootstrap.ruchy --metric cold-start,size --runs 12 --format json
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
	[ "$(jq -r '.metrics[] | select(.judged) | .name' <<< "$output")" = $'cold-start\nsize' ]
	[ "$(jq '.metrics[] | select(.name == "cold-start") | .baseline_samples' <<< "$output")" = 12 ]
	rust prog.rs <<< 'fn main() {}'
	gate baseline prog.rs --version v1 --metric cold-start
	assert_error 1 'before it asked for an event'
}

@test "history and gc" {
	loops 1000
	quick_baseline v1 --no-counts
	loops 1001
	quick_baseline 'v2 <&">' --no-counts
	run "$PROF" bench history prog.rs --plot h.svg
	[ "$status" -eq 0 ]
	grep -q '^v2 <&"> ' <<< "$output"
	xmllint --noout h.svg
	[ "$(grep -c '<circle' h.svg)" -eq 2 ]
	[ "$("$PROF" bench history prog.rs --format json | jq '.history | length')" = 2 ]
	"$PROF" bench history prog.rs --format markdown | grep -qF '| v2 \<&"> | 20'
	cp -r .ruchy-bench other
	sed -i -E 's/"created": *"/&<script>/' other/baselines/*/*.json
	run "$PROF" bench history prog.rs --store other --plot x.svg
	[[ $output == *"the baseline's time is not one"* ]]
	! grep -q '<script>' x.svg
	touch -d '3 hours ago' .ruchy-bench/objects/*
	run "$PROF" bench gc --keep 1
	[[ $output == "1 baselines and 1 objects ("*") removed" ]]
	gate ci prog.rs --runs 4 --no-counts
	[ "$status" -eq 0 ]
}

@test "stores merge by copying" {
	loops 1000
	quick_baseline v1 --store a --no-counts
	loops 1001
	quick_baseline v2 --store b --no-counts
	cp -r b/. a
	[ "$("$PROF" bench history prog.rs --store a --format json | jq -r '[.history[].version] | join(",")')" = v1,v2 ]
}

@test "wrong usage" {
	run "$PROF" bench ''
	assert_error 2 'the name of the program is empty'
	loops 1000
	run "$PROF" bench --regression bseline prog.rs
	assert_error 2 'did you mean baseline'
	run "$PROF" bench --regression ci prog.rs --metric clals
	assert_error 2 'known: wall'
	run "$PROF" bench --regression ci prog.rs --format csv
	assert_error 2 'known formats'
	run "$PROF" bench prog.rs --format junit
	assert_error 2 'known formats'
	run "$PROF" bench --regression ci prog.rs --threshold 5x
	assert_error 2 'threshold'
	run "$PROF" bench
	assert_error 2 'no program'
	run "$PROF" bench missing.rs
	assert_error 1 'missing.rs'
	run "$PROF" bench --regression baseline prog.rs --version v1 --output prog.rs
	assert_error 2 'overwrite'
	echo '{"schema_version": 9}' > x && mkdir -p .ruchy-bench/baselines/prog.rs && mv x .ruchy-bench/baselines/prog.rs/v1.json
	run "$PROF" bench --regression ci prog.rs --no-compile
	assert_error 1 'newer than is known'
}
