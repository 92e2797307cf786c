#!/usr/bin/env bats
# Why something is linked in: of programs read from their code, which must agree with what the linker kept; of cargo projects.
load helper

app() {
	rust app.rs <<- 'R'
		use std::collections::HashMap;
		trait Speak { fn speak(&self) -> String; }
		struct Dog(u32);
		impl Speak for Dog { #[inline(never)] fn speak(&self) -> String { format!("{}", self.0 as f64 / 3.0) } }
		fn main() {
		    let mut m = HashMap::new();
		    for a in std::env::args() { *m.entry(a).or_insert(0) += 1; }
		    let all: Vec<Box<dyn Speak>> = vec![Box::new(Dog(m.len() as u32))];
		    for s in &all { println!("{}", s.speak()); }
		}
	R
}

# The same program linked twice, the second time with relocations kept: the ways must be the same.
agree() { # agree COMPILER... -- FLAG
	local flag=${*: -1} args=("${@:1:$#-2}")
	"${args[@]}" -o without && "${args[@]}" "$flag" -o with || return 1
	"$PROF" analyze --binary-size without --format json > a.json
	"$PROF" analyze --binary-size with --format json > b.json
	jq -e '.binary_size.linked_because | length > 3 and any(.path | length > 2)' a.json
	jq -e --slurpfile b b.json '.binary_size.linked_because == $b[0].binary_size.linked_because' a.json
}

@test "ways read from the code are those that the linker's relocations give" {
	app
	local keep=-Clink-arg=-Wl,--emit-relocs
	agree rustc -O app.rs -- $keep
	"$PROF" analyze --binary-size without --top 3 > out
	grep -F 'Why it is linked in (the shortest way from main, by calls and addresses in the code):' out
	grep -F '    from app::main' out
	"$PROF" analyze --binary-size with --top 3 | grep -F 'Why it is linked in (the shortest way from main):'
	agree rustc -O -C relocation-model=static -C target-feature=+crt-static app.rs -- $keep
}

@test "the same of C++, at a fixed address too" {
	command -v g++ > /dev/null || skip "no g++"
	cat > c.cc <<- 'C'
		#include <iostream>
		#include <map>
		#include <string>
		int main(int c, char **v) { std::map<std::string, int> m; for (int i = 0; i < c; i++) m[v[i]]++; for (auto &p : m) std::cout << p.first << p.second; }
	C
	agree g++ -O2 -static-libstdc++ c.cc -- -Wl,--emit-relocs
	agree g++ -O2 -no-pie -static-libstdc++ c.cc -- -Wl,--emit-relocs
}

@test "the same on aarch64" {
	command -v aarch64-linux-gnu-gcc > /dev/null && [ -d "$(rustc --print sysroot)/lib/rustlib/aarch64-unknown-linux-gnu" ] || skip "no cross compiler for aarch64"
	app
	agree rustc -O --target aarch64-unknown-linux-gnu -C linker=aarch64-linux-gnu-gcc app.rs -- -Clink-arg=-Wl,--emit-relocs
}

@test "a Go program; one that is stripped says why it is not known, until its symbols are given" {
	app
	rustc -O app.rs -o whole
	strip -o bare whole
	"$PROF" analyze --binary-size bare > out
	grep -F 'Why things are linked in is not known: the program is stripped; give the same program with symbols by --debug-file.' <(tr '\n' ' ' < out | tr -s ' ')
	"$PROF" analyze --binary-size bare --debug-file whole --format json | jq -e '.binary_size.linked_because[0].path | length > 2 and .[0] == "app::main"'
	command -v go > /dev/null || skip "no go"
	printf 'package main\nimport "fmt"\nfunc main() { fmt.Println("x") }\n' > g.go
	GOCACHE=$PWD/cache GOFLAGS= go build -o g g.go
	"$PROF" analyze --binary-size g --format json | jq -e '.binary_size.linked_because[0].path[0] == "main.main"'
	"$PROF" analyze --binary-size g > out
	! grep -E 'Ruchy runtime|-C strip' out
}

@test "a cargo project: the file is that of its own profile, names and ways are from its twin" {
	mkdir -p crate/src
	app
	cp app.rs crate/src/main.rs
	printf '[package]\nname = "my-app"\nversion = "0.1.0"\nedition = "2021"\n[profile.release]\nstrip = true\n' > crate/Cargo.toml
	"$PROF" analyze --binary-size crate --format json > a.json
	CARGO_TARGET_DIR=$PWD/target cargo build -q --release --manifest-path crate/Cargo.toml
	jq -e --argjson n "$(stat -c %s target/release/my-app)" '.binary_size | .bytes == $n and .stripped and .names == "twin"' a.json
	jq -e '.binary_size.linked_because[0].path | length > 2 and .[0] == "my_app::main"' a.json
	jq -e '[.binary_size.functions[] | select(.category == "user") | .name] | contains(["my_app::main"])' a.json
	# again, when cargo has nothing to do
	"$PROF" analyze --binary-size crate --format json | jq -e '.binary_size.names == "twin"'
}
