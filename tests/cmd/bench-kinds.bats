#!/usr/bin/env bats
# bench: what is measured besides single .ruchy and .rs files, each metric by itself, layouts of the code, hyperfine's schema.
load helper

gate() {
	run "$PROF" bench --regression "$@"
}

# A stand-in for ruchy: the transpile of F.ruchy is F.transpiled.
fake_ruchy() {
	cat > bin/ruchy <<- 'S'
		#!/bin/sh
		case $1 in
		--version) echo "ruchy 4.2.1" ;;
		transpile)
			rust=${2%.ruchy}.transpiled
			if [ "$3" = -o ]; then cp "$rust" "$4"; else cat "$rust"; fi ;;
		*) exit 2 ;;
		esac
	S
	chmod +x bin/ruchy
	export RUCHY_PROF_RUCHY=$PWD/bin/ruchy
}

steps() { # steps N: prog.ruchy and its transpile
	cat > prog.ruchy <<- R
		// one step
		fun step(n: i64) -> i64 {
		    n * 3 + 1
		}

		fun main() {
		    let mut n = 7
		    let mut i = 0
		    while i < $1 {
		        n = step(n) % 1000
		        i = i + 1
		    }
		    println("{}", n)
		}
	R
	cat > prog.transpiled <<- R
		fn step(n: i64) -> i64 {
		    n * 3 + 1
		}
		fn main() {
		    let mut n = 7;
		    let mut i = 0;
		    while i < $1 {
		        n = step(n) % 1000;
		        i = i + 1;
		    }
		    println!("{}", n);
		}
	R
}

@test "annotations, causes and lines are those of the .ruchy file" {
	fake_ruchy
	steps 1000
	"$PROF" bench --regression baseline prog.ruchy --version v1 --runs 3 --no-compile > /dev/null
	steps 1001
	gate ci prog.ruchy --runs 3 --no-compile --metric calls,blocks,lines,allocations --format github
	[ "$status" -eq 3 ]
	grep -qE '^::error file=prog.ruchy,line=2,title=FAIL::Calls .*`step` 1,000 → 1,001 calls, prog.ruchy:2$' <<< "$output"
	grep -qE '^::error file=prog.ruchy,line=(2|9|10),title=FAIL::Blocks ' <<< "$output"
	grep -qE '^::error file=prog.ruchy,line=(2|3|9|10),title=FAIL::Executed lines ' <<< "$output"
	grep -qE '^::notice file=prog.ruchy,title=PASS::Allocations ' <<< "$output"
	GITHUB_STEP_SUMMARY=summary.md gate ci prog.ruchy --runs 3 --no-compile --metric calls --format github
	grep -q '^### ❌ FAIL' summary.md
}

@test "blocks tell what calls do not: which branch was taken" {
	cat > prog.rs <<- 'R'
		fn main() {
		    let mut n: u64 = 0;
		    for i in 0..std::hint::black_box(100u64) {
		        if i < LIMIT {
		            n += i;
		            n ^= 5;
		        }
		    }
		    println!("{}", n);
		}
	R
	cp prog.rs model && sed 's/LIMIT/10/' model > prog.rs
	"$PROF" bench --regression baseline prog.rs --version v1 --runs 3 --no-compile > /dev/null
	sed 's/LIMIT/13/' model > prog.rs
	gate ci prog.rs --runs 3 --no-compile --metric calls,blocks,lines --format json
	[ "$status" -eq 3 ]
	[ "$(jq -r '.metrics[] | select(.judged) | "\(.name) \(.verdict) \(.current - .baseline)"' <<< "$output")" = $'calls pass 0\nblocks fail 3\nlines fail 6' ]
	[ "$(jq -r '.metrics[] | select(.name == "blocks") | .cause_file, .cause_line' <<< "$output")" = $'prog.rs\n5' ]
}

@test "an allocation more, and where" {
	rust prog.rs <<- 'R'
		fn list(n: usize) -> Vec<usize> {
		    (0..n).collect()
		}
		fn main() {
		    println!("{}", list(std::hint::black_box(9)).len());
		}
	R
	"$PROF" bench --regression baseline prog.rs --version v1 --runs 3 --no-compile > /dev/null
	sed -i 's/(0..n).collect()/let a: Vec<usize> = (0..n).collect(); std::hint::black_box(a.clone())/' prog.rs
	gate ci prog.rs --runs 3 --no-compile --metric allocations
	[ "$status" -eq 3 ]
	grep -qE '`list` 1 → 2 allocations, prog.rs:1$' <<< "$output"
}

@test "a larger program names the function that grew" {
	rust prog.rs <<< 'fn main() { println!("{}", 5); }'
	"$PROF" bench --regression baseline prog.rs --version v1 --runs 3 --no-compile --no-counts > /dev/null
	rust prog.rs <<< 'fn main() { println!("{}", 5); println!("{:?} {:?}", std::env::args(), [std::process::id(), 7]); }'
	gate ci prog.rs --runs 3 --no-compile --no-counts --metric size --format json
	[ "$status" -eq 3 ]
	jq -e '.metrics[] | select(.name == "size") | .current > .baseline and (.cause | test("` .* → "))' <<< "$output"
	rust prog.rs <<< 'fn main() { println!("{}", 5); }'
	gate ci prog.rs --runs 3 --no-compile --no-counts --metric size
	[ "$status" -eq 0 ]
}

@test "peak RSS and CPU time of a program that takes more of both" {
	rust prog.rs <<< 'fn main() { let v = vec![1u8; std::hint::black_box(1 << 20)]; println!("{}", v.len()); }'
	"$PROF" bench --regression baseline prog.rs --version v1 --runs 8 --no-compile --no-counts > /dev/null
	gate ci prog.rs --runs 8 --no-compile --no-counts --metric peak-rss --threshold 50%
	[ "$status" -eq 0 ]
	rust prog.rs <<< 'fn main() { let mut v = Vec::new(); for i in 0..std::hint::black_box(9_000_000u64) { v.push(i) } println!("{}", v.len()); }'
	gate ci prog.rs --runs 8 --no-compile --no-counts --metric peak-rss,cpu --threshold 50%
	[ "$status" -eq 3 ]
	[ "$(grep -c 'FAIL (> 50% threshold)' <<< "$output")" -eq 2 ]
}

@test "compile time of a program with far more to compile" {
	rust prog.rs <<< 'fn main() { println!("{}", 5); }'
	"$PROF" bench --regression baseline prog.rs --version v1 --runs 3 --no-counts > /dev/null
	{
		for i in $(seq 8); do echo "#[inline(never)] fn f$i(x: &str) -> String { let mut s: Vec<String> = x.split(\"$i\").map(|p| p.to_string()).collect(); s.sort(); s.join(\"$i\") }"; done
		echo 'fn main() { let mut s = String::new();'
		for i in $(seq 8); do echo "s = f$i(&s);"; done
		echo 'println!("{}", s); }'
	} > prog.rs
	gate ci prog.rs --runs 3 --no-counts --metric compile --max-time 10s --threshold 5% --format json
	[ "$status" -eq 3 ] || [ "$(jq '.metrics[] | select(.name == "compile") | .baseline_samples' <<< "$output")" -lt 6 ]
	jq -e '.metrics[] | select(.name == "compile") | .current > .baseline' <<< "$output"
}

@test "cold starts of a bootstrap that has become slow fail" {
	fake_ruchy
	cp "$ROOT/bench-corpus/bootstrap/bootstrap.rs" bootstrap.rs
	"$PROF" bench --regression baseline bootstrap.rs --version v1 --metric cold-start --runs 12 --no-compile > /dev/null
	sed -i '0,/fn main() {/s//fn main() {\n    std::thread::sleep(std::time::Duration::from_millis(300));/' bootstrap.rs
	grep -q 'from_millis(300)' bootstrap.rs
	gate ci bootstrap.rs --metric cold-start --runs 12 --no-compile
	[ "$status" -eq 3 ]
	grep -qE '^Change of the cold start: .* FAIL' <<< "$output"
}

@test "a program that is there, with its arguments; a command line; a name on PATH" {
	cat > "bin/my prog" <<- 'S'
		#!/bin/sh
		[ "$1" = --ok ] && [ "$2" = "a b" ] && exit 0
		exit 4
	S
	chmod +x "bin/my prog"
	run "$PROF" bench "bin/my prog" --runs 3 --export-json t.json -- --ok 'a b'
	[ "$status" -eq 0 ]
	[ "$(jq -r '.results[0].command' t.json)" = "bin/my prog --ok 'a b'" ]
	run "$PROF" bench "bin/my prog" --runs 3
	assert_error 1 'failed with exit status 4'
	run "$PROF" bench "bin/my prog" --runs 3 -i --export-json t.json
	[ "$status" -eq 0 ]
	[ "$(jq -c '.results[0].exit_codes' t.json)" = '[4,4,4]' ]
	grep -q 'Warning: runs of bin/my prog failed' <<< "$output"
	PATH=$PWD/bin:$PATH run "$PROF" bench "'my prog' --ok 'a b'" true --runs 3
	[ "$status" -eq 0 ]
	grep -q '^File: true$' <<< "$output"
	gate baseline "bin/my prog" --version v1 --runs 3 -- --ok 'a b'
	[ "$status" -eq 0 ]
	echo '# longer' >> "bin/my prog"
	gate ci "bin/my prog" --runs 12 --metric wall,size --format json -- --ok 'a b'
	[ "$status" -eq 3 ] # the size
	[ "$(jq -r '.how, (.metrics[] | select(.name == "size") | .verdict)' <<< "$output")" = $'interleaved-kept\nfail' ]
	gate ci "bin/my prog" --metric calls -- --ok 'a b'
	assert_error 2 'counted in programs that are built here'
	gate ci "bin/my prog" --metric compile -- --ok 'a b'
	assert_error 2 'not timed'
	gate baseline "true x" --version v1
	assert_error 2 'arguments behind --'
	mkdir empty
	run "$PROF" bench empty
	assert_error 2 'nothing in this directory'
}

@test "programs of other languages, by their compiler or interpreter" {
	command -v python3 > /dev/null || skip "python3 is not installed"
	echo 'import sys; print(sys.argv[1])' > p.py
	gate baseline p.py --version v1 --runs 4 -- 5
	[ "$status" -eq 0 ]
	echo 'import sys; print(sys.argv[1] * 2)' > p.py
	gate ci p.py --runs 4 --format json -- 5
	[ "$(jq -r '.how, .breakdown.compilation' <<< "$output")" = $'interleaved-kept\nnull' ]
	cc=$(command -v gcc || command -v clang) || skip "no C compiler"
	echo 'int main(void) { return 0; }' > c.c
	gate baseline c.c --version v1 --runs 3
	[ "$status" -eq 0 ]
	echo 'int main(void) { return 3; }' > c.c
	gate ci c.c --runs 3
	assert_error 1 'exit status 3'
	PATH=/nonexistent run "$PROF" bench p.py
	assert_error 1 'python3 is not installed'
}

@test "two programs whose code alone is elsewhere: a rise that shows in one layout only is none" {
	rust prog.rs <<< 'fn main() { let mut n = 0u64; for i in 0..std::hint::black_box(2_000_000u64) { n ^= i * 7; } println!("{}", n); }'
	"$PROF" bench --regression baseline prog.rs --version v1 --runs 12 --no-compile > /dev/null
	# four times as much to do, and no line or call more
	rust prog.rs <<< 'fn main() { let mut n = 0u64; for i in 0..std::hint::black_box(2_000_000u64) { n ^= i * 7; n = (n / std::hint::black_box(3)) % std::hint::black_box(1_000_003) + n / std::hint::black_box(7); } println!("{}", n); }'
	gate ci prog.rs --no-compile --max-time 60s --format json
	[ "$status" -eq 3 ]
	[ "$(jq -r '.layouts.count >= 3, .layouts.wall_ratio.lo > 1.05, (.metrics[0] | .verdict, .verdict_of_one_layout)' <<< "$output")" = $'true\ntrue\nfail\nfail' ]
	gate ci prog.rs --no-compile --max-time 1ms --runs 12
	[ "$status" -eq 3 ]
	grep -q 'give --max-time more' <<< "$output"
}

@test "--export-json has the keys and kinds that hyperfine's has" {
	command -v hyperfine > /dev/null || skip "hyperfine is not installed"
	hyperfine -N -w 1 --runs 3 --export-json theirs.json 'sleep 0.006' > /dev/null
	"$PROF" bench sleep --runs 3 --export-json ours.json -- 0.006 > /dev/null
	kinds='.results[0] | with_entries(.value |= (if type == "array" then [length, (.[0] | type)] else type end)) | del(.memory_usage_byte)'
	diff <(jq -S "$kinds" theirs.json) <(jq -S "$kinds" ours.json)
	[ "$(jq -r '.results[0].command' ours.json)" = "$(jq -r '.results[0].command' theirs.json)" ]
	[ "$(jq 'keys | length' ours.json)" -eq 1 ]
}

@test "a baseline that can't be read is told, not passed over in silence" {
	rust prog.rs <<< 'fn main() { println!("{}", 5); }'
	"$PROF" bench --regression baseline prog.rs --version v1 --runs 3 --no-compile --no-counts > /dev/null
	echo '{"schema' > .ruchy-bench/baselines/prog.rs/v2.json
	gate ci prog.rs --runs 3 --no-compile --no-counts --threshold 0.05
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
	grep -qE "Warning: a baseline can't be read.*v2.json" <<< "$output"
	grep -q 'for five in a hundred say 5%' <<< "$output"
	run "$PROF" bench gc
	assert_error 1 'repair or remove'
}
