#!/usr/bin/env bash
# The library as a transpiler sees it: installed, found by pkg-config, used from C and from Rust, by many threads at once under TSan. TAP.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../tap.sh"
top=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
corpus=$top/bench-corpus/fibonacci/fibonacci

make -s -C "$top" install PREFIX="$work/usr" > "$work/log" 2>&1 || { cat "$work/log"; echo "Bail out! make install"; exit 1; }
export PKG_CONFIG_PATH=$work/usr/lib/pkgconfig LD_LIBRARY_PATH=$work/usr/lib
cd "$work" || exit 1

check "exports its interface and nothing else" \
	"$(nm -D --defined-only usr/lib/librhook.so.1 | awk '$2 == "T" || $2 == "D" || $2 == "B" || $2 == "R" { print $3 }' | LC_ALL=C sort)" \
	"$( (sed -n 's/^[a-z].*\b\(rhook_[a-z_]*\)(.*$/\1@@RHOOK_1/p' usr/include/rhook.h && sed -n 's/^[a-z].*\b\(rhook_[a-z_]*\)(.*$/\1@@RHOOK_2/p' usr/include/rhook_hint.h) | LC_ALL=C sort -u)"
check "the soname" "$(readelf -d usr/lib/librhook.so.1 | sed -n 's/.*soname: \[\(.*\)\]/\1/p')" librhook.so.1
check "pkg-config knows where it is" "$(pkg-config --cflags --libs rhook | sed 's/ *$//')" "-I$work/usr/include -L$work/usr/lib -lrhook"
check "pkg-config says what a static program needs" "$(pkg-config --static --libs rhook | grep -c -- '-ltree-sitter.*-lxxhash\|-lxxhash.*-ltree-sitter')" 1
if command -v mandoc > /dev/null; then
	check "the manual page is well-formed" "$(mandoc -Tlint usr/share/man/man3/rhook.3)" ""
else
	number=$((number + 1))
	echo "ok $number - the manual page is well-formed # SKIP no mandoc"
fi
for name in $(sed -n 's/^\t\(RHOOK_[A-Z_]*\) = .*$/\1/p' usr/include/rhook.h) $(nm -D --defined-only usr/lib/librhook.so.1 | sed -n 's/.* T \(.*\)@@.*/\1/p'); do
	grep -q "$name" usr/share/man/man3/rhook.3 || check "the manual page speaks of $name" no yes
done

members() { # members STRUCT: of the installed header
	sed -n "/^struct $1 {/,/^};/p" usr/include/rhook.h | sed 's|/\*.*||' | grep -v '^	 \*' | grep -o '[a-z_]*;' | tr -d ';'
}
for name in $(members rhook_input) $(members rhook_output); do
	grep -q "\b$name\b" usr/share/man/man3/rhook.3 || check "the manual page speaks of $name" no yes
done
check "the example in Rust knows the input as it is" "$(sed -n '/struct Input {/,/}/p' "$top/transpiler-hooks/examples/hook.rs" | sed -n 's/^ *\([a-z_]*\): .*/\1/p')" "$(members rhook_input)"

# The examples do what a transpiler would do.
# shellcheck disable=SC2046
cc -std=c17 -Wall -Wextra -Werror "$top/transpiler-hooks/examples/hook.c" -o hook-c $(pkg-config --cflags --libs rhook) 2> err
check "the example in C builds" "$?$(cat err)" 0
rustc --edition 2021 -O "$top/transpiler-hooks/examples/hook.rs" -L "$(pkg-config --variable=libdir rhook)" -o hook-rust 2> err
check "the example in Rust builds" "$?$(cat err)" 0
for language in c rust; do
	"./hook-$language" "$corpus.ruchy" "$corpus.rs" "$language.rs" > "$language.out" 2>&1
	check "the example in $language lists the functions" "$(cat "$language.out")" "fibonacci $corpus.ruchy:2-6
main $corpus.ruchy:8-10"
	rustc -O --cap-lints allow -L native=usr/lib -o "$language.program" "$language.rs" 2> err || cat err
	RUCHY_PROF_FILE="$work/$language.raw" "./$language.program" > "$language.printed"
	check "its program prints the same" "$(cat "$language.printed")" "$(cat "$corpus.out")"
	check "and counts" "$(python3 "$here/read_raw.py" "$language.raw" | grep '^calls fibonacci')" "calls fibonacci 29860703"
	printf 'fun main() {}\n' > bad.ruchy
	printf 'fn main() {\n    let = 1;\n}\n' > bad.rs
	check "an error has a place and a reason" "$("./hook-$language" bad.ruchy bad.rs o.rs 2>&1 | grep -c 'bad.rs:2:.*does not parse')" 1
done
check "both write the same" "$(cmp c.rs rust.rs && cmp c.rs.map rust.rs.map)" ""

# Eight threads, a file for each at a time, with every file compared to what one thread makes of it.
# shellcheck disable=SC2046
if cc -std=c17 -D_GNU_SOURCE -g -O1 -fsanitize=thread -I"$top/transpiler-hooks/include" -I"$top/transpiler-hooks" -I"$top/build/gen" -o threads \
	"$here/librhook/threads.c" "$top"/transpiler-hooks/*.c "$top"/build/obj/grammar/*.o -ltree-sitter $(pkg-config --libs libxxhash) -lpthread 2> err; then
	check "eight threads at once, under TSan" "$(setarch -R ./threads "$here"/hook/*.rs "$top"/bench-corpus/*/*.rs 2>&1)" ""
else
	check "the hook builds with TSan" "$(cat err)" ""
fi

# 10,000 blocks inside each other, with a quarter of a megabyte of stack; what is in the innermost is instrumented.
{
	echo 'fn f() { println!("f"); }'
	echo 'fn main() {'
	printf '{%.0s' {1..10000}
	printf ' f(); '
	printf '}%.0s' {1..10000}
	echo ' }'
} > deep.rs
(ulimit -s 256 && ./hook-c bad.ruchy deep.rs deep.out.rs) > deep.listed 2>&1
check "10,000 nested blocks need no deep stack" "$? $(grep -c '__rprof_b_f(__rprof_a.call(' deep.out.rs)" "0 1"

# Speed, in CPU time and with a wide margin: the machine may be busy. See docs/library.md for figures.
# shellcheck disable=SC2046
cc -std=c17 -D_GNU_SOURCE -O2 -I"$top/transpiler-hooks/include" -o speed "$top/tests/perf/hook_speed.c" "$top/build/lib/librhook.a" -ltree-sitter \
	$(pkg-config --libs libxxhash) && ./speed "$here/hook/many_forms.rs" 5000 50000 > speeds
check "at least 30,000 lines a second" "$(awk '$4 < 30000' speeds)" ""
check "linear up to 50,000 lines" "$(awk 'NR == 1 { small = $4 } END { if (NR != 2 || $4 < small / 2) print }' speeds)" ""
finish
