#!/usr/bin/env bats
# `profile --compare`: the same program in several languages.
load helper

need() {
	for tool in "$@"; do command -v "$tool" > /dev/null || skip "no $tool"; done
}

# Small programs that print 42, named as they are called.
c() {
	printf '#include <stdio.h>\nint main(void) { printf("%%d\\n", %s); return %s; }\n' "${2:-42}" "${3:-0}" > "./$1"
}
py() {
	echo "print(${2:-42})" > "./$1"
}
go_program() {
	printf 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println(42) }\n' > "./$1"
}
rs() {
	printf 'fn f() -> i32 { 42 }\nfn main() { println!("{}", f()); }\n' > "./$1"
}

# A directory with these tools, and nothing else.
only() {
	mkdir only
	for tool in "$@"; do ln -s "$(command -v "$tool")" only/; done
}

@test "the request's command lines" {
	need python3 go
	for suffix in rs py go; do
		sed 's/fibonacci(35)/fibonacci(20)/' "$ROOT/bench-corpus/fibonacci/siblings/fibonacci.$suffix" > fibonacci.$suffix
	done
	cp fibonacci.rs first.rs
	"$PROF" profile --compare first.rs fibonacci.rs fibonacci.py > out
	grep -q '^=== Multi-Language Comparison ===$' out
	for heading in Performance 'Binary size' 'Cold start'; do grep -q "^$heading" out; done
	grep -qE '^  Python \(python3?\) +[0-9.]+ [^ ]?s ' out
	"$PROF" profile --compare first.rs --baseline-langs python > out 2>&1 && return 1
	grep -q 'there is no first.py' out
	mv first.rs fibonacci.rs
	"$PROF" profile --compare fibonacci.rs --baseline-langs rust,python,go --format json > out.json
	jq -e '[.programs[].language] | sort == ["Go", "Python", "Rust"]' out.json
	jq -e '.first == "Rust" and .slowest == "Python" and .rounds == 10 and .output_bytes == 5' out.json
	jq -e '.programs[] | select(.language == "Rust") | .calls == 21892 and .to_first.value == 1 and .matches_first == null' out.json
	jq -e 'all(.programs[]; (.samples_ns | length) == 10 and .time_ns.ci95[0] <= .time_ns.value and .size_bytes > 0 and .peak_rss_bytes > 100000)' out.json
	jq -e '.programs[] | select(.language == "Python") | .needs_bytes > 10000000 and .start_ns.value > 1e6 and .calls == null' out.json
	jq -e '.programs[] | select(.language == "Go") | .needs_bytes == 0 and .size_bytes > 1000000' out.json
	jq -e '.baseline == .programs[0].name and ([.programs[].time_ns.value] | . == sort)' out.json
}

@test "programs that print different things are not compared" {
	c one.c && py two.py '"42 "' && py three.py '"42\n43"'
	run "$PROF" profile --compare one.c two.py
	assert_error 1 'Python does not print what C prints: two.py; line 1 is "42" of C, and "42 " of Python'
	run "$PROF" profile --compare one.c three.py
	assert_error 1 'line 2 is nothing more of C, and "43" of Python'
	[[ $output != *===* ]]
}

@test "a long output is compared to its end" {
	echo 'print("x" * 6000000)' > a.py
	echo 'print("x" * 5999999 + "y")' > b.py
	echo 'print("x" * 6000000)' > c.py
	run "$PROF" profile --compare a.py b.py --runs 1
	assert_error 1 'Python b.py does not print what Python a.py prints'
	"$PROF" profile --compare a.py c.py --runs 1 | grep -q 'all print the same 6.0 MB'
}

@test "a failing program is named; --ignore-failure compares all the same" {
	c one.c 42 3 && py two.py
	run "$PROF" profile --compare one.c two.py --runs 2
	assert_error 1 'C failed with exit status 3: one.c'
	"$PROF" profile --compare one.c two.py --runs 2 --ignore-failure | grep -q Performance
}

@test "one that is killed by a signal" {
	echo 'int main(void) { __builtin_trap(); }' > one.c && py two.py
	run "$PROF" profile --compare two.py one.c --runs 2
	assert_error 1 'C failed with signal [0-9]+'
}

@test "what does not compile: the compiler's message, and nothing runs" {
	py two.py && echo 'int main(void) { return nothing; }' > one.c
	run "$PROF" profile --compare two.py one.c
	assert_error 1 'it does not compile: .*one.c'
	[[ $output == *nothing* ]]
	echo 'fn main() { nothing }' > bad.rs
	run "$PROF" profile --compare two.py bad.rs
	assert_error 1 'bad.rs:1'
}

@test "a timeout stops and names the one that hangs" {
	c one.c && echo 'while True: pass' > two.py
	run timeout 60 "$PROF" profile --compare one.c two.py --timeout 0.5
	assert_error 1 'Python was stopped after 0.5 s: two.py'
}

@test "a language whose tool is absent is listed with how to get it, the others are compared" {
	rs one.rs && c one.c && py one.py
	only rustc cc gcc ld as
	env PATH="$PWD/only" "$PROF" profile --compare one.rs one.c one.py --runs 2 > out
	grep -qE '^  Python +python3 is not installed +the package python3$' out
	grep -qE '^  C \(gcc -O3\)' out
	env PATH="$PWD/only" "$PROF" profile --compare one.rs one.c one.py --runs 2 --format json > out.json
	jq -e '.absent == [{"name": "Python", "language": "Python", "reason": "python3 is not installed", "what_to_do": "the package python3"}]' out.json
	run env PATH="$PWD/only" "$PROF" profile --compare one.rs one.py
	[ "$status" -eq 1 ]
	[[ $output == *"there is nothing to compare with: python3 is not installed"* ]]
	run env PATH="$PWD/only" "$PROF" profile --compare one.py one.rs
	[ "$status" -eq 1 ]
	[[ $output == *"python3 is not installed: one.py"* ]]
}

@test "a tool that is there and does not work is no tool" {
	c one.c && py one.py && c two.c
	printf '#!/bin/sh\nexit 1\n' > bin/python3 && chmod +x bin/python3
	PATH=$PWD/bin:$PATH "$PROF" profile --compare one.c two.c one.py --runs 1 > out
	grep -q 'python3 does not work' out
}

@test "hostile names in every language" {
	need go node
	rs 'a b.rs'
	c "it's \"x\".c"
	py -dash.py
	cp "it's \"x\".c" '$x.cpp'
	go_program '-x_windows_test.go'
	echo 'console.log(42)' > 'ü <&|`.js'
	"$PROF" profile --compare --runs 1 --format json --output out.json -- 2> err && return 1
	"$PROF" profile --compare 'a b.rs' "it's \"x\".c" ./-dash.py '$x.cpp' ./-x_windows_test.go 'ü <&|`.js' --runs 1 --format json --output out.json
	jq -e '.programs | length == 6' out.json
	"$PROF" profile --compare 'a b.rs' 'ü <&|`.js' ./-dash.py --runs 1 --output out.svg
	xmllint --noout out.svg
	[ "$(ls -A | grep -cE '^(bin|out\.json|out\.svg|err)$')" -eq 4 ] && [ "$(ls -A | wc -l)" -eq 10 ] # nothing was built here
}

@test "the same language twice, the same file twice" {
	c one.c && c two.c
	"$PROF" profile --compare one.c two.c one.c --runs 2 --format json > out.json
	jq -e '[.programs[].name] | sort == ["C one.c", "C one.c #2", "C two.c"]' out.json
	"$PROF" profile --compare one.c two.c --runs 2 --compare-to two.c --format json | jq -e '.baseline == "C two.c"'
	run "$PROF" profile --compare one.c two.c --compare-to rust
	assert_error 2 'names nobody who takes part: rust; give one of C one.c, C two.c'
}

@test "siblings/ goes before the same folder; nothing is left beside the programs" {
	mkdir siblings
	py prog.py && py prog.js && cp prog.py siblings/prog.py && c prog.c && echo 'value = 42' > other.py
	printf 'import other\nprint(other.value)\n' > siblings/prog.py
	cp other.py siblings/
	ls -AR > before
	"$PROF" profile --compare prog.c --baseline-langs 'python, C' --runs 1 --format json > "$BATS_TEST_TMPDIR/bin/out.json"
	jq -e '[.programs[] | select(.language == "Python") | .source] == ["siblings/prog.py"]' bin/out.json
	rm bin/out.json
	ls -AR > after
	diff <(grep -v '^before$\|^after$' before) <(grep -v '^before$\|^after$' after)
}

@test "arguments and standard input reach every run of every program" {
	echo 'import sys; print(len(sys.stdin.read()), sys.argv[1:] == ["-x", "a b"])' > one.py
	cat > two.c <<- 'C'
		#include <stdio.h>
		#include <string.h>
		int main(int argc, char **argv)
		{
			int size = 0;
			while (getchar() != EOF) size++;
			printf("%d %s\n", size, argc == 3 && !strcmp(argv[1], "-x") && !strcmp(argv[2], "a b") ? "True" : "False");
			return 0;
		}
	C
	cat > three.rs <<- 'R'
		use std::io::Read;
		fn main() {
			let mut s = String::new();
			std::io::stdin().read_to_string(&mut s).unwrap();
			let args: Vec<String> = std::env::args().skip(1).collect();
			println!("{} {}", s.len(), if args == ["-x", "a b"] { "True" } else { "False" });
			for _ in 0..s.len() { work(); }
		}
		fn work() { std::hint::black_box(()); }
	R
	printf hello | "$PROF" profile --compare one.py two.c three.rs --runs 2 --format json --output out.json -- -x 'a b'
	jq -e '.output_bytes == 7 and (.programs[] | select(.language == "Rust") | .calls == 6)' out.json
}

@test "a C program is compiled anew when its header has changed, else once" {
	printf '#include <stdio.h>\n#include "value.h"\nint main(void) { printf("%%d\\n", VALUE); return 0; }\n' > one.c
	echo '#define VALUE 42' > value.h
	py two.py && c three.c
	"$PROF" profile --compare one.c two.py --runs 1 > out
	echo '#define VALUE 43' > value.h
	run "$PROF" profile --compare one.c two.py --runs 1
	assert_error 1 'Python does not print what C prints'
	"$PROF" profile --compare three.c two.py --runs 1 > out
	"$PROF" profile --compare three.c two.py --runs 1 --verbose 2>&1 | grep -q 'compile C: cached'
	"$PROF" profile --compare three.c two.py --runs 1 --verbose 2>&1 | grep -qE '^    /.*gcc -O3 -o .*three.c'
}

@test "text: fits 80 columns, plain when piped, ASCII where the locale asks for it" {
	c one.c && py two.py && c a-rather-long-name-of-a-program-that-somebody-wrote.c
	COLUMNS=80 "$PROF" profile --compare one.c two.py a-rather-long-name-of-a-program-that-somebody-wrote.c --runs 6 > out
	! grep -q $'\e' out
	[ "$(LC_ALL=C.UTF-8 wc -L < out)" -le 80 ]
	LC_ALL=C "$PROF" profile --compare one.c two.py --runs 6 --color always > out
	grep -q $'\e' out
	! LC_ALL=C grep -q '[^ -~'$'\e\t'']' out
}

@test "markdown and SVG" {
	c one.c && py two.py
	"$PROF" profile --compare one.c two.py --runs 6 --output out.md
	grep -q '^| C (gcc -O3) |' out.md
	"$PROF" profile --compare one.c two.py --runs 6 --output out.svg
	xmllint --noout out.svg
	[ "$(grep -c 'class="error"' out.svg)" -eq 2 ]
	! grep -qE 'href|url\(|<script' out.svg
	run "$PROF" profile --compare one.c two.py --format pprof
	assert_error 2 'known formats of a comparison: text, json, markdown, svg'
	run "$PROF" profile --compare one.c two.py --output one.c
	assert_error 2 'would overwrite'
	run "$PROF" profile --compare one.c two.py --output no/where
	assert_error 1 'no/where'
}

@test "--max-time ends it; Ctrl-C reports what ran" {
	echo 'import time; time.sleep(0.3); print(42)' > one.py && c two.c
	"$PROF" profile --compare one.py two.c --runs 1000 --max-time 1 --format json > out.json
	jq -e '.out_of_time and .rounds >= 1 and .rounds < 10' out.json
	env --default-signal=INT "$PROF" profile --compare one.py two.c --runs 1000 --format json > out.json & pid=$!
	sleep 4
	kill -INT $pid
	status=0
	wait $pid || status=$?
	[ $status -eq 130 ]
	jq -e '.interrupted and .rounds >= 1' out.json
}

@test "options that say nothing here are refused, not ignored" {
	c one.c && py two.py
	run "$PROF" profile --compare one.c two.py --function main
	assert_error 2 'does not go with --compare: --function'
	run "$PROF" profile --compare one.c two.py --data x
	assert_error 2 'does not go with --compare: --data'
	run "$PROF" profile --binary one.rs --baseline-langs rust
	assert_error 2 'goes with --compare: --baseline-langs'
	run "$PROF" profile --compare one.c
	assert_error 2 'nothing to compare it with'
	run "$PROF" profile --compare one.c --baseline-langs cobol
	assert_error 2 'unknown language: cobol; known: ruchy, rust'
	run "$PROF" profile --compare one.c none.py
	assert_error 1 'there is no such file: none.py'
	run "$PROF" profile --compare one.c .
	assert_error 2 'a directory'
	run "$PROF" profile --compare one.c two.py --warmup -1
	assert_error 2 'give a whole number from 0'
	"$PROF" profile --compare one.c two.py --runs 1 --warmup 0 > /dev/null
}
