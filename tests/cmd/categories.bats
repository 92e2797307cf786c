#!/usr/bin/env bats
# What belongs to whom: std's own crates, what ruchy and the instrumentation add, libraries that are linked in, in every language.
load helper

bytes() { # bytes FILE.json KEY
	jq -e --arg key "$2" '.binary_size.categories[] | select(.key == $key) | .bytes' "$1"
}

plain() {
	rust plain.rs <<- 'R'
		use std::collections::HashMap;
		fn main() {
		    let mut m = HashMap::new();
		    for a in std::env::args() { *m.entry(a).or_insert(0) += 1; }
		    println!("{m:?}");
		}
	R
}

@test "a program without crates has no dependencies, however it is built" {
	plain
	local flags
	for flags in '-Cstrip=debuginfo' '-Copt-level=0' '-Clto=fat' '-Csymbol-mangling-version=v0 -Cstrip=debuginfo' '-Ctarget-feature=+crt-static'; do
		# shellcheck disable=SC2086
		rustc -O $flags plain.rs -o plain || rustc $flags plain.rs -o plain
		"$PROF" analyze --binary-size plain -f json > a.json
		[ "$(bytes a.json dependencies)" -eq 0 ] || { echo "$flags"; return 1; }
		[ "$(bytes a.json user)" -lt 6000 ] || { echo "$flags"; return 1; }
	done
	rustup target list --installed 2> /dev/null | grep -q x86_64-unknown-linux-musl || skip "no Rust library for musl"
	rustc -O --target x86_64-unknown-linux-musl plain.rs -o plain
	"$PROF" analyze --binary-size plain -f json > a.json
	[ "$(bytes a.json dependencies)" -eq 0 ] && [ "$(bytes a.json user)" -lt 6000 ] && [ "$(bytes a.json c)" -gt 20000 ]
}

@test "a crate of the project that has the name of one of std's is the project's" {
	mkdir -p app/src app/memchr/src
	printf '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nmemchr = { path = "memchr" }\n' > app/Cargo.toml
	printf '[package]\nname = "memchr"\nversion = "2.0.0"\nedition = "2021"\n' > app/memchr/Cargo.toml
	printf '#[inline(never)] pub fn find(x: u8, all: &[u8]) -> Option<usize> { all.iter().position(|a| *a == x) }\n' > app/memchr/src/lib.rs
	printf 'fn main() { println!("{:?}", memchr::find(47, std::env::args().next().unwrap_or_default().as_bytes())); }\n' > app/src/main.rs
	"$PROF" analyze --binary-size app -f json > a.json
	jq -e '[.binary_size.functions[] | select(.crate == "memchr" and .category == "dependencies") | .name] == ["memchr::find"]' a.json
	jq -e '[.binary_size.functions[] | select(.crate == "memchr" and .category == "stdlib")] | length > 0' a.json
}

@test "what the instrumentation adds is no user code" {
	plain
	"$PROF" build plain.rs --instrument -o counted
	"$PROF" analyze --binary-size counted -f json > a.json
	[ "$(bytes a.json runtime)" -gt 5000 ] && [ "$(bytes a.json c)" -lt 1000 ]
	jq -e '[.binary_size.functions[] | select(.category == "user") | .name] | length > 0 and all(test("__rprof::|^rprof_") | not)' a.json
}

@test "what ruchy adds of its own is not the user's: derived implementations" {
	[ -x "$ROOT/build/ruchy/bin/ruchy" ] || command -v ruchy > /dev/null || skip "no ruchy"
	PATH=$ROOT/build/ruchy/bin:$PATH
	cat > shapes.ruchy <<- 'R'
		enum Color {
		    Red(i32),
		    Green,
		}
		fun pick(n: i32) -> Color {
		    if n > 3 { Color::Red(n) } else { Color::Green }
		}
		fun main() {
		    let c = pick(2)
		    println(c)
		}
	R
	"$PROF" analyze --binary-size shapes.ruchy -f json > a.json
	jq -e '[.binary_size.functions[] | select(.category == "runtime") | .name] == ["<shapes::Color as core::fmt::Debug>::fmt"]' a.json
	jq -e '[.binary_size.functions[] | select(.category == "user") | .ruchy] | contains(["main"])' a.json
	"$PROF" analyze --binary-size "$FIB" | grep -F '[nothing that ruchy added is left]'
	plain
	"$PROF" analyze --binary-size plain.rs | grep -F '[only F.ruchy tells what ruchy added]'
}

@test "C and C++ with libraries linked in: lines tell them apart, without lines it is said that nothing does" {
	command -v g++ > /dev/null || skip "no g++"
	printf '#include <iostream>\nint twice(int n) { return 2 * n; }\nint main(int c, char **v) { std::cout << v[0] << twice(c); }\n' > c.cc
	g++ -g -O1 -fno-inline -static c.cc -o lines && g++ -O1 -fno-inline -static c.cc -o none && g++ -O1 -fno-inline c.cc -o dynamic
	"$PROF" analyze --binary-size lines -f json > a.json
	[ "$(bytes a.json user)" -lt 5000 ] && [ "$(bytes a.json c)" -gt 300000 ] && [ "$(bytes a.json stdlib)" -gt 300000 ]
	"$PROF" analyze --binary-size lines | grep -E '^  Libraries, start-up: '
	"$PROF" analyze --binary-size none > out
	grep -E '^  User code, libraries: ' out
	! grep -E 'Ruchy|Rust|-C ' out
	"$PROF" analyze --binary-size dynamic > out
	grep -E '^  User code: +[0-9]+ bytes' out
	grep -E '^  Start-up code: +[0-9]+ bytes' out
	"$PROF" analyze --binary-size lines -f json | jq -e '[.binary_size.functions[] | select(.category == "user") | .name] | contains(["twice(int)"])'
}
