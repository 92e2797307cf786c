#!/usr/bin/env bats
# `analyze`: every byte has one label, names come from the twin, budgets gate, every form of output can be read by its own readers.
load helper

PY=/usr/bin/python3
command -v $PY > /dev/null || PY=python3

# A Rust program with two functions that the optimizer keeps.
small() {
	rust small.rs <<- 'R'
		#[inline(never)]
		fn twice(n: &str) -> String { format!("{n}{n}") }
		struct Loose { a: u8, b: u64 }
		#[repr(C)]
		struct Fixed { a: u8, b: u64, c: u8 }
		enum Many { Small(u8), Large([u64; 16]) }
		fn main() {
		    let f = Fixed { a: 1, b: 2, c: 3 };
		    let l = Loose { a: 1, b: 2 };
		    let m = if std::env::args().count() > 9 { Many::Small(1) } else { Many::Large([7; 16]) };
		    let kept: Vec<u8> = vec![1; 100_000];
		    println!("{} {} {} {}", twice("ab"), f.a as u64 + f.b + f.c as u64 + l.a as u64 + l.b,
		        match m { Many::Small(n) => n as u64, Many::Large(a) => a[3] }, kept.len());
		    std::mem::forget(kept);
		}
	R
}

sums() { # sums FILE.json: categories add up to the size that the file has
	jq -e '.binary_size | ([.categories[].bytes] | add) == .bytes' "$1"
}

@test "every byte of a source's program has one label; names are from the twin" {
	small
	"$PROF" analyze --binary-size small.rs --output a.json
	sums a.json
	jq -e '.binary_size.stripped and .binary_size.names == "twin" and .binary_size.language == "rust"' a.json
	jq -e '[.binary_size.functions[] | select(.category == "user") | .name] | contains(["small::twice"])' a.json
	jq -e '[.binary_size.crates[] | .name] | contains(["std", "core", "small"])' a.json
}

@test "user code has its place in the Ruchy source" {
	"$PROF" analyze --binary-size "$FIB" > out
	grep -E '^  fibonacci +[0-9]+ bytes +fibonacci.ruchy:2-6' out
	grep -E '^  Total: +[0-9.]+ kB +\(100.0%\)' out
	grep -F '=== Binary Size Analysis ===' out
}

@test "static, musl, PIE and not, stripped and not: the sum holds, and libc has its own category" {
	small
	local flags
	for flags in '-C strip=none' '-C relocation-model=static' '-C target-feature=+crt-static' '-C debuginfo=2 -C strip=none' '-C prefer-dynamic'; do
		"$PROF" analyze --binary-size small.rs --rustc-flags "$flags" --output a.json || return 1
		sums a.json
		[ "$flags" != '-C target-feature=+crt-static' ] || jq -e '.binary_size.categories[] | select(.key == "c") | .bytes > 100000' a.json
	done
	rustup target list --installed 2> /dev/null | grep -q x86_64-unknown-linux-musl || skip "no Rust library for musl"
	"$PROF" analyze --binary-size small.rs --rustc-flags '--target x86_64-unknown-linux-musl' --output a.json
	sums a.json
}

@test "rustc's own programs and libraries" {
	local file n=0 root
	root=$(rustc --print sysroot)
	for file in "$root"/bin/* "$root"/lib/*.so*; do
		[ "$(head -c 4 "$file" | tr -d '\0')" = $'\x7fELF' ] && [ "$(stat -c %s "$file")" -lt 60000000 ] || continue
		"$PROF" analyze --binary-size "$file" --output a.json || return 1
		sums a.json || return 1
		n=$((n + 1))
	done
	[ $n -gt 0 ] || skip "no programs in rustc's own directory"
}

@test "programs that are not ours: C, C++, Go" {
	printf '#include <vector>\n#include <cstdio>\nint main(int n, char **) { std::vector<int> v(n); v.push_back(1); printf("%%zu", v.size()); }\n' > a.cpp
	if command -v g++ > /dev/null; then
		g++ -O1 a.cpp -o cpp
		"$PROF" analyze --binary-size cpp -f json > a.json
		sums a.json
		jq -e '.binary_size.language == "c++"' a.json
	fi
	if command -v go > /dev/null; then
		"$PROF" analyze --binary-size "$(go env GOROOT)/bin/gofmt" -f json > a.json
		sums a.json
		jq -e '.binary_size.language == "go" and ([.binary_size.crates[].name] | contains(["runtime", "main"]))' a.json
	fi
	cp "$(type -P true)" stripped
	"$PROF" analyze --binary-size stripped -f json > a.json
	sums a.json
}

@test "a stripped program takes its names from --debug-file, and from no other program" {
	small
	rustc -O -C strip=none small.rs -o whole
	rustc -O -C strip=symbols small.rs -o bare
	"$PROF" analyze --binary-size bare --debug-file whole -f json > a.json
	sums a.json
	jq -e '.binary_size.names == "twin" and ([.binary_size.functions[].name] | contains(["small::twice"]))' a.json
	rustc -C opt-level=0 -C strip=none small.rs -o other
	run "$PROF" analyze --binary-size bare --debug-file other
	[ "$status" -eq 0 ]
	grep -F 'does not fit' <<< "$output"
	"$PROF" analyze --binary-size bare -f json | jq -e '.binary_size.names == "none"'
}

@test "comparison with other programs, by size and category" {
	small
	head -c 1000 /dev/zero > script
	"$PROF" analyze --binary-size small.rs --versus script --versus "$(type -P true)" > out
	grep -E '^  vs script: +\+' out
	grep -E '^  vs true: ' out
	grep -E 'no ELF' out
	"$PROF" analyze --binary-size small.rs --versus script -f json | jq -e '.binary_size.versus[0] | .bytes == 1000 and .categories == null'
}

@test "budgets: within, exceeded with exit status 3, and what nobody measures" {
	small
	run "$PROF" analyze small.rs --budget size=1GB,user-code=1MiB
	[ "$status" -eq 0 ]
	run "$PROF" analyze small.rs --budget size=1KB --budget user-code=1MB
	assert_error 3 'budget size exceeded'
	grep -E 'user-code.*within' <<< "$output"
	run "$PROF" analyze --binary-size "$(type -P true)" --budget user-code=1MB
	[ "$status" -ne 3 ]
	run "$PROF" analyze small.rs --budget sise=1KB
	assert_error 2 'did you mean size'
	run "$PROF" analyze small.rs --budget size=many
	assert_error 2 '400KB'
	run "$PROF" analyze small.rs --budget size
	assert_error 2 'KEY=VALUE'
	run "$PROF" analyze small.rs
	assert_error 2 '--binary-size'
}

@test "JUnit, SARIF, HTML and annotations" {
	small
	run "$PROF" analyze small.rs --budget size=1KB,user-code=1MB --output out.xml
	[ "$status" -eq 3 ]
	xmllint --noout out.xml
	[ "$(xmllint --xpath 'string(//testsuite/@failures)' out.xml)" = 1 ]
	[ "$(xmllint --xpath 'count(//testcase)' out.xml)" = 2 ]
	run "$PROF" analyze --binary-size small.rs --budget size=1KB --output out.sarif
	[ "$status" -eq 3 ]
	jq -e '.version == "2.1.0" and ([.runs[0].results[] | select(.ruleId == "budget-size") | .level] == ["error"])' out.sarif
	"$PROF" analyze --binary-size small.rs --output out.html
	grep -q '<!doctype html>' out.html
	! grep -iE '<script|https?://' out.html
	run "$PROF" analyze small.rs --budget size=1KB --format github
	grep -E '^::error file=small.rs,line=1,title=' <<< "$output"
	run env GITHUB_ACTIONS=true "$PROF" analyze small.rs --budget size=1KB -f json
	grep -E '^::error ' <<< "$output"
}

@test "budgets of all kinds at once, and their reports by the published schemas" {
	local schemas=$ROOT/build/ci-schemas budgets=size=400KB,cold-start=1us,peak-rss=64MB,user-code=30KB
	[ -x "$ROOT/build/ruchy/bin/ruchy" ] || command -v ruchy > /dev/null || skip "no ruchy"
	cp "$ROOT/bench-corpus/bootstrap/bootstrap.ruchy" .
	for format in json junit sarif github; do
		run "$PROF" analyze bootstrap.ruchy --runs 5 --budget "$budgets" -f $format -o out.$format
		[ "$status" -eq 3 ]
		[[ $output == *"budget cold-start exceeded"* ]]
	done
	jq -e '[.budgets[] | {(.key): .verdict}] | add == {size: "within", "cold-start": "exceeded", "peak-rss": "within", "user-code": "within"}' out.json
	# exceeded only when all of the interval is above
	jq -e '.budgets | all((.verdict == "exceeded") == (.lo > .limit))' out.json
	[ "$(grep -c '^::error' out.github)" = 1 ]
	[ "$(xmllint --xpath 'string(//testsuite/@tests)' out.junit)/$(xmllint --xpath 'string(//testsuite/@failures)' out.junit)" = 4/1 ]
	[ -f "$schemas/sarif-2.1.0.json" ] && $PY -c 'import jsonschema' || skip "the schemas are not here (make ci-schemas)"
	$PY - "$schemas/sarif-2.1.0.json" out.sarif <<- 'P'
		import json, sys, jsonschema
		schema, report = (json.load(open(p)) for p in sys.argv[1:])
		validator = jsonschema.validators.validator_for(schema)(schema)
		validator.validate(report)
		del report["runs"][0]["tool"]
		assert not validator.is_valid(report)
	P
	[ -f "$schemas/junit-10.xsd" ] || skip "the XSD of JUnit is not here (make ci-schemas)"
	xmllint --noout --schema "$schemas/junit-10.xsd" out.junit
}

@test "memory: the kernel's RSS, counted allocations, leaks, layouts" {
	small
	"$PROF" analyze --memory small.rs --output a.json
	jq -e '.memory | .leaked_bytes >= 100000 and .peak_live_bytes >= 100000 and .allocations > 1' a.json
	jq -e '.memory | .peak_rss_bytes == (.peak_rss_runs | sort | .[(length / 2 | floor)])' a.json
	jq -e '.memory.types[] | select(.name == "small::Fixed") | .size == 24 and .padding == 14 and .reordered_size == 16' a.json
	jq -e '.memory.types[] | select(.name == "small::Loose") | .size == 16 and .padding == 7' a.json
	jq -e '.memory.types[] | select(.name == "small::Many") | .kind == "enum" and .size == 136' a.json
	"$PROF" analyze --memory small.rs --versus small.rs > out
	grep -E '^  small.rs +[0-9.]+ MB +[0-9]+' out
	run "$PROF" analyze --memory small.rs --budget peak-rss=1KB
	assert_error 3 'peak-rss exceeded'
}

@test "memory: by line, with what is short-lived, leaked and regrown; the sums are the functions'" {
	rust lines.rs <<- 'R'
		use std::hint::black_box;
		fn make(n: usize) -> Vec<u64> {
		    let mut all = Vec::new();
		    for i in 0..n {
		        let text = black_box("x".repeat(100 + i % 2));
		        all.push(text.len() as u64);
		    }
		    all
		}
		fn keep() {
		    std::mem::forget(black_box(Box::new([1u8; 5000])));
		}
		fn main() {
		    let kept = black_box(make(1000));
		    std::thread::sleep(std::time::Duration::from_millis(100)); // the chart needs two looks at it
		    keep(); keep();
		    let moved = black_box(vec![2u8; 64]);
		    std::thread::spawn(move || { black_box(moved.len()) }).join().unwrap();
		    println!("{}", kept.len());
		}
	R
	"$PROF" analyze --memory lines.rs --runs 1 --output a.json
	jq -e '.memory.lines | map(select(.line == 5)) | .[0] | .function == "make" and .allocations == 1000 and .reallocations == 0 and .short_lived >= 990 and .ended == 1000 and .leaked == 0' a.json
	jq -e '.memory.lines | map(select(.line == 6)) | .[0] | .reallocations >= 7 and .short_lived == 0 and .allocations == .reallocations + 1' a.json
	jq -e '.memory.lines | map(select(.line == 11)) | .[0] | .leaked == 2 and .leaked_bytes == 10000 and .bytes == 10000 and .ended == 0' a.json
	jq -e '.memory.lines | map(select(.line == 17)) | .[0] | .freed_elsewhere == 1 and .bytes == 64' a.json
	jq -e '.memory | .lines as $l | .functions | all(. as $f | $l | map(select(.function == $f.name)) | (map(.allocations) | add // 0) == $f.allocations and (map(.bytes) | add // 0) == $f.bytes and (map(.leaked) | add // 0) == $f.leaked)' a.json
	COLUMNS=80 "$PROF" analyze --memory lines.rs --runs 1 > out
	grep -E '^  lines.rs:11 +keep +2 +10.0 kB +0% +0% +10.0 kB' out
	$PY -c 'import sys; assert max(len(line.rstrip("\n")) for line in open("out", encoding="utf-8")) <= 80'
	grep -F 'Live bytes over time' out
	"$PROF" analyze --memory lines.rs --runs 1 --output out.html
	grep -qF 'lines.rs:11' out.html && grep -qF '<svg' out.html
	! grep -iE '<script|https?://' out.html
}

@test "memory: where the text that counts by line does not compile, it is counted by function" {
	rust plain.rs <<< 'fn main() { let v = std::hint::black_box(vec![1u8; 100]); println!("{}", v.len()); }'
	mkdir -p other/bin
	cat > other/bin/rustc <<- S
		#!/bin/sh
		[ "\$1 \$2" = "--print sysroot" ] && { echo "$PWD/other"; exit; }
		for a; do
			case \$a in *.rs) grep -q 'BY_LINE: bool = true' "\$a" && { echo 'error: not so' >&2; exit 1; } ;; esac
		done
		exec "$(rustup which rustc 2> /dev/null || type -P rustc)" "\$@"
	S
	chmod +x other/bin/rustc
	PATH=$PWD/other/bin:$PATH "$PROF" analyze --memory plain.rs --runs 1 > out
	grep -F 'By line they are not counted' out
	grep -E '^  main +1-1 +2 +1.1 kB +- +0%' out
	PATH=$PWD/other/bin:$PATH "$PROF" analyze --memory plain.rs --runs 1 -f json > a.json
	jq -e '.memory | .lines == null and (.functions | map(.allocations) | add) == 2' a.json
}

@test "memory: depth of recursion, and stack used of the stack there is" {
	rust deep.rs <<< 'fn deep(n: u64) -> u64 { if n == 0 { 0 } else { std::hint::black_box(deep(n - 1)) + 1 } } fn main() { println!("{}", deep(1000)); }'
	"$PROF" analyze --memory deep.rs --runs 1 -f json > a.json
	jq -e --argjson most "$(ulimit -s | sed 's/unlimited/1000000000/')" '.memory.functions[] | select(.name == "deep") |
		.deepest == 1001 and .stack_used > 16 * 1001 and .stack_used < .stack_size and .stack_size <= 1024 * $most' a.json
	"$PROF" analyze --memory deep.rs --runs 1 | grep -E '^  deep +1,001 +[0-9.]+ kB +[0-9.]+ MB'
}

@test "memory: the lines of a raw file, in JSON and for DHAT" {
	rust few.rs <<- 'R'
		fn main() {
		    let a = std::hint::black_box(vec![1u8; 100]);
		    let b = std::hint::black_box(Box::new(7u64));
		    std::process::exit(a.len() as i32 - 100 + *b as i32 - 7);
		}
	R
	"$PROF" build few.rs --instrument --allocation-lines --output few
	RUCHY_PROF_FILE=few.raw ./few
	"$PROF" report few.raw -f json > a.json
	jq -e '[.memory.lines[] | [.line, .allocations, .allocated_bytes, .leaked]] == [[2, 1, 100, 1], [3, 1, 8, 1]]' a.json
	"$PROF" report few.raw -f dhat > few.dhat.json
	jq -e '[.pps[0:2][] | [.tb, .tbk]] == [[100, 1], [8, 1]]' few.dhat.json
	jq -e '.ftbl | map(select(test("few.rs:[23]\\).*short-lived 0"))) | length == 2' few.dhat.json
	"$PROF" merge few.raw few.raw --output few.data
	"$PROF" report few.data -f json | jq -e '[.memory.lines[] | [.line, .allocations]] == [[2, 1], [3, 1]]'
}

@test "memory: peak RSS is what the kernel says of the same program" {
	[ -x /usr/bin/time ] || command -v python3 > /dev/null || skip "nothing else that asks the kernel"
	rust big.rs <<< 'fn main() { let v = vec![1u8; 50_000_000]; println!("{}", v.iter().map(|&x| x as u64).sum::<u64>()); }'
	rustc -O big.rs -o big
	"$PROF" analyze --memory ./big -f json > a.json
	$PY - a.json <<- 'P'
		import json, os, resource, subprocess, sys
		subprocess.run(["./big"], stdout=subprocess.DEVNULL)
		kernel = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
		ours = json.load(open(sys.argv[1]))["memory"]["peak_rss_bytes"]
		assert abs(kernel - ours) < 0.05 * kernel, (kernel, ours)
	P
}

@test "an interrupted analysis is no report" {
	rust p.rs <<- 'END'
		extern "C" { fn kill(pid: i32, s: i32) -> i32; }
		fn main() {
		    // the run whose allocations are counted
		    if std::env::var("RUCHY_PROF_FILE").is_ok() {
		        let pid = std::fs::read_to_string("pid").unwrap().trim().parse().unwrap();
		        unsafe { kill(pid, 2); }
		        std::thread::sleep(std::time::Duration::from_secs(5));
		    }
		}
	END
	run bash -c 'echo $$ > pid; exec env --default-signal=INT "$0" analyze --memory p.rs --output out.json' "$PROF"
	[ "$status" -eq 130 ]
	[ "${lines[-1]}" = "ruchy-prof: interrupted" ]
	[ ! -e out.json ]
}

@test "letters beyond ASCII that are ours are spelled out, those of names escaped" {
	rust ü.rs <<< 'fn main() { println!("x"); }'
	LC_ALL=C run "$PROF" analyze --binary-size ü.rs
	[[ $output == *'Binary: \u{fc}.rs -> '* ]]
}

@test "layouts agree with pahole" {
	command -v pahole > /dev/null || skip "pahole is not installed"
	cat > l.c <<- 'C'
		struct loose { char a; double b; char c; int d; short e; };
		struct tight { double b; int d; short e; char a, c; };
		struct nested { char x; struct loose l; char y[3]; void *p; };
		struct packed { char a; int b; } __attribute__((packed));
		struct aligned { char a; } __attribute__((aligned(32)));
		struct tail { long a; char b; };
		union either { char a; long b; };
		struct holder { char a; union either u; char b; };
		struct loose l; struct tight t; struct nested n; struct packed p; struct aligned a; struct tail z; struct holder h;
		int main(void) { return l.a + t.a + n.x + p.a + a.a + z.b + h.a; }
	C
	gcc -g l.c -o l
	"$PROF" analyze --memory ./l -f json > a.json
	pahole l > p.txt
	$PY - a.json p.txt <<- 'P'
		import json, re, sys
		ours = {t["name"]: (t["size"], t["padding"], t["holes"], t["hole_bytes"]) for t in json.load(open(sys.argv[1]))["memory"]["types"]}
		theirs = {}
		for name, body in re.findall(r"^struct (\w+) \{(.*?)^\}", open(sys.argv[2]).read(), re.S | re.M):
		    def number(pattern):
		        found = re.search(pattern, body)
		        return int(found.group(1)) if found else 0
		    holes, bytes_ = number(r"[ ,]holes: (\d+)"), number(r"sum holes: (\d+)")
		    theirs[name] = (number(r"size: (\d+)"), number(r"/\* padding: (\d+)") + bytes_, holes, bytes_)
		assert len(theirs) == 7 and ours == theirs, (ours, theirs)
	P
}

@test "all JSON fits its schema" {
	$PY -c 'import jsonschema' || skip "python3-jsonschema is not installed"
	small
	"$PROF" analyze --binary-size --memory small.rs --versus "$(type -P true)" --budget size=1GB --output a.json
	"$PROF" analyze --binary-size "$(type -P true)" --output b.json
	$PY - "$ROOT/docs/analyze.schema.json" a.json b.json <<- 'P'
		import json, jsonschema, sys
		schema = json.load(open(sys.argv[1]))
		jsonschema.Draft202012Validator.check_schema(schema)
		validator = jsonschema.Draft202012Validator(schema)
		for path in sys.argv[2:]:
		    document = json.load(open(path))
		    problems = [f"{e.json_path}: {e.message}" for e in validator.iter_errors(document)]
		    assert not problems, problems[:5]
		    document["binary_size"]["bytes"] = "many"
		    assert not validator.is_valid(document)
	P
}

@test "what is no program, is damaged, or is not there" {
	run "$PROF" analyze --binary-size missing
	assert_error 1 'cannot read the program'
	echo text > text
	run "$PROF" analyze --binary-size text
	assert_error 1 'no ELF program'
	head -c 200 "$(type -P true)" > cut
	run "$PROF" analyze --binary-size cut
	assert_error 1 'does not lie in the file'
	: > empty
	run "$PROF" analyze --binary-size empty
	assert_error 1 'the file is empty: empty'
	run "$PROF" analyze --binary-size .
	assert_error 1 ''
	rust bad.rs <<< 'fn main() { std::process::exit(4); }'
	run "$PROF" analyze --memory bad.rs
	assert_error 1 'exit status 4'
}
