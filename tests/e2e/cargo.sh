#!/usr/bin/env bash
# cargo.sh: a workspace of three crates, built by cargo with its transpiled files instrumented: counts, what the programs do, what of the
# user's files and builds is touched (nothing), errors. A script stands in for ruchy; the last test takes the real one, where there is one.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
here=$PWD/tests/e2e/cargo
prof=${RUCHY_PROF:-$PWD/build/bin/ruchy-prof}
real=$(RUCHY_PROF_RUCHY='' ; command -v ruchy || true)
[ "${RUCHY_PROF_RUCHY:-}" = none ] && real=
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
number=0 failed=0

check() { # check NAME COMMAND...
	local name=$1
	shift
	number=$((number + 1))
	if "$@" > "$work/log" 2>&1; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		tail -n 25 "$work/log" | sed 's/^/# /'
		failed=1
	fi
}

skip() {
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

if ! command -v cargo > /dev/null; then
	echo "1..1"
	skip "cargo projects" "cargo is not installed"
	exit 0
fi

# ---- the workspace, and a ruchy for it ----
ws="$work/a workspace"
cp -r "$here/ws" "$ws"
mkdir "$work/bin" && cp "$here/ruchy" "$work/bin/ruchy" && cp -r "$here/transpiles" "$work/transpiles"
export RUCHY_TRANSPILES=$work/transpiles RUCHY_PROF_RUCHY=$work/bin/ruchy CARGO_NET_OFFLINE=true CARGO_TERM_COLOR=never
path=$PATH
export PATH=$work/bin:$PATH
unset CARGO_TARGET_DIR RUST_BACKTRACE RUSTFLAGS RUSTC_WRAPPER CARGO_ENCODED_RUSTFLAGS
cd "$ws" || exit 1
ours=$ws/target/ruchy-prof/instrumented/release

hashes() { (cd "$ws" && find . -path ./target -prune -o -type f -print0 | sort -z | xargs -0 sha256sum); }
# The same standard output and exit status from both builds; standard error too, but for columns, which counters move.
same() { # same PROGRAM ARGS...
	local program=$1 plain instrumented
	shift
	"$ws/target/release/$program" "$@" > "$work/plain.out" 2> "$work/plain.err"
	plain=$?
	RUCHY_PROF_FILE=$work/run.raw "$ours/$program" "$@" > "$work/ours.out" 2> "$work/ours.err"
	instrumented=$?
	sed -i -E 's/thread .main. \([0-9]+\)/thread/; s/:([0-9]+):[0-9]+:/:\1:/' "$work/plain.err" "$work/ours.err"
	[ $plain -eq $instrumented ] && cmp "$work/plain.out" "$work/ours.out" && diff "$work/plain.err" "$work/ours.err"
}
counts() { # counts PROGRAM EXPECTED ARGS...
	local program=$1 expected=$2
	shift 2
	rm -f "$work/run.raw"
	RUCHY_PROF_FILE=$work/run.raw "$ours/$program" "$@" > "$work/out" 2>&1
	"$prof" report "$work/run.raw" --format json --output "$work/report.json" && "$here/expect.py" "$work/report.json" "$expected"
}
untouched() { hashes | diff "$work/before" -; }
quiet() { # quiet COMMAND...: it works, and cargo compiles nothing
	"$@" > "$work/said" 2>&1 && ! grep -E 'Compiling|Running' "$work/said"
}
fails() { # fails STATUS PATTERN COMMAND...
	local status=$1 pattern=$2 got
	shift 2
	"$@" > "$work/said" 2>&1
	got=$?
	cat "$work/said"
	[ $got -eq "$status" ] || { echo "status $got, expected $status"; return 1; }
	grep -qE -- "$pattern" "$work/said"
}

# ---- building beside the user's own build ----
check "the workspace builds with -D warnings and without us" cargo build --release
hashes > "$work/before"
check "ruchy-prof cargo build" "$prof" cargo build
check "no file of the user's is changed" untouched
check "the user's own build is still fresh" quiet cargo build --release
check "ours is too" quiet "$prof" cargo build
check "ours is where it is said to be" test -x "$ours/app" -a -x "$ours/boot"
check "it tells which files it instrumented" bash -c "[ \$('$prof' cargo -v build 2>&1 | grep -c '^instrumented: ') -eq 4 ]"

# ---- the programs do what they did ----
for args in "" fail panic; do
	# shellcheck disable=SC2086
	check "app $args: output and exit status as plain" same app $args
done
check "boot: output and exit status as plain" same boot

# ---- counts ----
check "app: every count is exact" counts app 20
check "app that exits: every count is exact" counts app 20 fail
check "app with more work: every count is exact" counts app 300 ok 300
check "boot, two files of one crate and a library: every count is exact" counts boot boot
check "no time is in two files: all of it fits into main" \
	jq -e '([.functions[].self_ns // 0] | add) as $sum | .functions[] | select(.name == "main" and .calls == 1) | $sum > 0 and $sum <= .inclusive_ns' "$work/report.json"
check "functions of Rust files are not in the report" bash -c "! grep -E '\"(limit|apply)\"' '$work/report.json'"
check "the report names the file of each function" \
	jq -e '[.files[].file] == ["boot/src/main.ruchy", "boot/src/words.ruchy", "rt/src/rt.ruchy"]' "$work/report.json"
check "analyze --memory: allocations by line of the program's transpiled file, those of its crates on the line that calls them" bash -c "
	'$prof' analyze --memory . --bin boot --runs 1 -f json > '$work/memory.json' &&
	jq -e '.memory | .allocations > 0 and (.lines | length > 0 and all(.file == \"boot/src/main.ruchy\" and .function != null)) and
	(([.lines[].allocations] | add) == ([.functions[].allocations] | add)) and ([.functions[].allocations] | add) <= .allocations' '$work/memory.json'"
check "no file of the user's is changed by it" untouched
check "a run that ends early tells of all files, called or not" bash -c "
	! RUCHY_PROF_FILE='$work/early.raw' '$ours/app' x y 2> /dev/null && '$prof' report '$work/early.raw' --format json |
	jq -e '(.files | length) == 2 and ([.functions[] | select(.calls > 0) | .name] == [\"Tally::start\"])'"
if python3 -c 'import jsonschema' 2> /dev/null; then
	check "the report fits the schema" python3 -c 'import json, sys, jsonschema
jsonschema.validate(json.load(open(sys.argv[2])), json.load(open(sys.argv[1])))' "$here/../../../docs/profile.schema.json" "$work/report.json"
else
	skip "the report fits the schema" "python3-jsonschema is not installed"
fi
rm -f "$work"/many.*.raw
for _ in 1 2 3; do RUCHY_PROF_FILE=$work/many.%p.raw "$ours/app" > /dev/null; done
check "reports of several runs add up" bash -c "'$prof' report '$work'/many.*.raw --data '$work/many.data' > '$work/many.txt' && grep -q 'Iterations: 3' '$work/many.txt'"
rm -f "$work"/run.raw && RUCHY_PROF_FILE=$work/run.raw "$ours/boot" > /dev/null
check "runs of another program are refused" fails 1 'different' "$prof" report "$work/run.raw" "$work"/many.*.raw

# ---- run, test, other options ----
check "cargo run passes arguments and exit status on" fails 3 'failing as asked' "$prof" cargo run -q --bin app -- fail
rm -f "$ws"/ruchy-prof.*.raw
check "cargo test passes, the test of the documentation too" fails 0 'test rt/src/lib.rs - .line 3. ... ok' env RUCHY_PROF_FILE="$work/test.%p.raw" "$prof" cargo test
check "--lines builds again and counts lines" fails 0 'Compiling rt' "$prof" cargo --lines build
check "with --lines: every count is exact" counts app 20
check "every line has a count then" jq -e '[.lines[] | select(.file == "rt/src/rt.ruchy" and .line == 15) | .count] == [210]' "$work/report.json"
check "--entry-counters builds again" "$prof" cargo --entry-counters build
check "with --entry-counters: every count is exact" counts app 20
check "the dev profile" "$prof" cargo build --profile dev
check "a target directory of the user's choice" env CARGO_TARGET_DIR="$work/elsewhere" "$prof" cargo build -p rt
check "ours is below it" test -d "$work/elsewhere/ruchy-prof/instrumented/release"
check "no file of the user's is changed by all that" untouched

# ---- profiles and wrappers of the user's ----
cp Cargo.toml "$work/manifest"
printf '\n[profile.release]\nlto = true\ncodegen-units = 1\npanic = "abort"\nstrip = true\nopt-level = "z"\n' >> Cargo.toml
check "lto, panic=abort, strip, opt-level=z" "$prof" cargo build
check "with them: every count is exact" counts app 20
cp "$work/manifest" Cargo.toml
# shellcheck disable=SC2016
printf '#!/bin/sh\necho "$2" >> "%s"\nexec "$@"\n' "$work/wrapped" > "$work/wrapper" && chmod +x "$work/wrapper"
touch app/build.rs
check "a wrapper of the user's" env RUSTC_WRAPPER="$work/wrapper" "$prof" cargo build
check "is still asked, for what stays plain" grep -q . "$work/wrapped"
ln -s "$ws" "$work/link"
check "a path through a link" bash -c "cd '$work/link' && touch rt/build.rs && '$prof' cargo build && RUCHY_PROF_FILE='$work/link.raw' '$ours/app' > '$work/out'"
check "names the files all the same" bash -c "'$prof' report '$work/link.raw' --format json | jq -e '.files[1].file == \"rt/src/rt.ruchy\"'"

# ---- a root that is a transpile itself, in two crates; another edition ----
mkdir -p "$work/root/src" && cat > "$work/root/Cargo.toml" << 'EOF'
[package]
name = "root"
version = "0.1.0"
edition = "2024"
[lib]
path = "src/words_generated.rs"
[[bin]]
name = "root"
path = "src/main.rs"
EOF
cp "$here/ws/boot/src/words.ruchy" "$work/root/src/"
{ echo '#![allow(dead_code, unused_braces)]' && cat "$here/transpiles/words.rs"; } > "$work/root/src/words_generated.rs"
printf '#[allow(dead_code, unused_braces)]\n#[path = "words_generated.rs"]\nmod words;\nfn main() { println!("{} {}", words::weight("aaa".to_string()), root::weight("b".to_string())); }\n' |
	sed 's/^#!\[.*//' > "$work/root/src/main.rs"
check "a generated root, in the library and in the program" bash -c "cd '$work/root' && '$prof' cargo build && RUCHY_PROF_FILE='$work/root.raw' target/ruchy-prof/instrumented/release/root"
check "counts of both add up" bash -c "'$prof' report '$work/root.raw' --format json |
	jq -e '[.functions[] | select(.calls > 0) | [.name, .calls]] | sort == [[\"letter\", 4], [\"weight\", 2]]'"

# ---- a change ----
sed -i '1i // One more line.' rt/src/rt.ruchy
check "a change of the source alone is noticed" fails 0 'Compiling rt' "$prof" cargo build
check "and its lines are the new ones" bash -c "RUCHY_PROF_FILE='$work/new.raw' '$ours/app' > /dev/null && '$prof' report '$work/new.raw' --format json |
	jq -e '[.functions[] | select(.name == \"gcd\") | .line_start] == [3]'"
sed -i '1d' rt/src/rt.ruchy

# ---- ruchy by another way ----
sed -i "s|Command::new(\"ruchy\")|Command::new(\"$work/hidden/ruchy\")|" boot/build.rs
mkdir "$work/hidden" && cp "$here/ruchy" "$work/hidden/ruchy"
check "a build script that knows its own ruchy" "$prof" cargo build
check "its files are counted all the same" counts boot boot
cp "$here/ws/boot/build.rs" boot/build.rs

# ---- profile ----
profile() { "$prof" profile --format json --output "$work/profile.json" --binary "$@"; }
check "profile --binary CRATE" profile app --iterations 2
check "profile: every count is exact" "$here/expect.py" "$work/profile.json" 20
check "profile --binary Cargo.toml --bin" profile Cargo.toml --bin boot --iterations 2
check "profile of one of several: every count is exact" "$here/expect.py" "$work/profile.json" boot
check "annotate shows the lines of all files, which the profile keeps" bash -c "
	'$prof' profile --binary app --iterations 1 --data '$work/kept.data' > '$work/out' && cd / && '$prof' annotate '$work/kept.data' > '$work/out' &&
	grep -q 'pub fun gcd' '$work/out' && grep -q 'pub fun collatz' '$work/out'"
check "traces are of single files" fails 2 "can.t be traced" "$prof" profile --binary app --function gcd --trace-calls
check "several programs: say which" fails 2 'app, boot|boot, app' profile Cargo.toml
check "no such program" fails 2 'nothere' profile app --bin nothere
check "a failing program is reported" fails 1 'exit status 3' profile app --iterations 1 -- fail
check "profile with work to sample" profile app --iterations 3 -- ok 2500
check "its samples are in the lines of the library" \
	jq -e 'if .samples == null then true else ([.lines[] | select(.file | endswith("rt.ruchy")) | .samples] | add) > 0.8 * .samples.inside end' "$work/profile.json"
check "shares add up to 100 at most" jq -e '([.functions[].self_percent // 0] | add) <= 100.01' "$work/profile.json"
check "no file of the user's is changed by profiling" untouched

# ---- errors ----
check "no command of cargo" fails 2 'no command of cargo' "$prof" cargo
check "an unknown command" fails 2 'did you mean `build`' "$prof" cargo biuld
check "no project" bash -c "cd '$work' && ! '$prof' cargo build 2> said && grep -q '^ruchy-prof: cargo can.t make sense of the project' said"
check "no cargo" fails 1 'cargo not found; install Rust' env PATH=/nonexistent "$prof" cargo build
check "a build script that fails" fails 1 'a build script of the project fails' env RUCHY_TRANSPILES=/nonexistent bash -c "touch app/build.rs; '$prof' profile --binary app"
cp "$work/transpiles/handler.rs" "$work/handler.rs"
sed -i 's/3 \* x + 1/missing(x)/' "$work/transpiles/handler.rs" app/src/handler.ruchy
check "an error of rustc names the line of the source" fails 101 'app/src/handler.ruchy:13 \(handler_generated.rs:14' "$prof" cargo build
check "the same from profile" fails 1 'app/src/handler.ruchy:13' "$prof" profile --binary app
cp "$work/handler.rs" "$work/transpiles/handler.rs"
cp "$here/ws/app/src/handler.ruchy" app/src/handler.ruchy
cargo new -q --vcs none --bin "$work/empty" > /dev/null 2>&1
check "a project without Ruchy" fails 0 'nothing is counted' "$prof" cargo build --manifest-path "$work/empty/Cargo.toml"

# ---- the real ruchy ----
if [ -n "$real" ]; then
	live() {
		local name
		export PATH=$path RUCHY_PROF_RUCHY=$real
		PATH=$(dirname "$real"):$PATH
		for name in rt/src/rt app/src/handler boot/src/main boot/src/words; do
			ruchy transpile "$here/ws/$name.ruchy" | diff - "$here/transpiles/$(basename "$name").rs" || return 1
		done
		rm -rf "$work/live" && cp -r "$here/ws" "$work/live" && cd "$work/live" && "$prof" cargo build &&
			RUCHY_PROF_FILE=$work/live.raw target/ruchy-prof/instrumented/release/app > /dev/null &&
			"$prof" report "$work/live.raw" --format json --output "$work/live.json" && "$here/expect.py" "$work/live.json" 20
	}
	check "with the real ruchy" live
else
	skip "with the real ruchy" "no ruchy is installed"
fi
echo "1..$number"
exit $failed
