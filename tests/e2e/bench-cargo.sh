#!/usr/bin/env bash
# bench-cargo.sh: a program of a cargo workspace as a baseline and in gates: counts by function, what changed, compile times, its own
# binary kept. A script stands in for ruchy.
# shellcheck disable=SC2016,SC2317 # programs of jq; called by name
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
here=$PWD/tests/e2e/cargo
# shellcheck source=tests/tap.sh
. tests/tap.sh
prof=${RUCHY_PROF:-$PWD/build/bin/ruchy-prof}
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT

if ! command -v cargo > /dev/null; then
	echo "1..1"
	echo "ok 1 - bench of cargo projects # SKIP cargo is not installed"
	exit 0
fi
mkdir "$work/bin" && cp "$here/ruchy" "$work/bin/ruchy" && cp -r "$here/transpiles" "$work/transpiles" && cp -r "$here/ws" "$work/ws"
export RUCHY_TRANSPILES=$work/transpiles RUCHY_PROF_RUCHY=$work/bin/ruchy CARGO_NET_OFFLINE=true CARGO_TERM_COLOR=never
export PATH=$work/bin:$PATH
unset CARGO_TARGET_DIR RUST_BACKTRACE RUSTFLAGS RUSTC_WRAPPER CARGO_ENCODED_RUSTFLAGS
cd "$work" || exit 1

# "ok", or what was printed
told() {
	if "$1"; then echo ok; else tail -n 30 out err; fi
}
bench() { "$prof" bench "$@" > out 2> err; }
has() { jq -e "$1" out > /dev/null; }

one_of_two() {
	bench ws
	[ $? -eq 2 ] && grep -q 'say which with --bin' err
}
plain() { bench ws --bin app --runs 3 --format json && has '.iterations == 3'; }
baseline() { bench --regression baseline ws --bin app --version v1 --runs 3 --max-time 4s && grep -qE '^  Compilation: +[0-9.]+m?s$' out; }
same() {
	bench --regression ci ws/Cargo.toml --bin app --runs 3 --no-compile --metric calls,blocks,lines,size --format json &&
		has '.verdict == "pass" and .how == "interleaved-kept" and (.notes | any(test("no file of the project is changed")))'
}
more_calls() {
	sed -i 's/    n$/    n + step(n) * 0/' "$work/transpiles/handler.rs" ws/app/src/handler.ruchy
	bench --regression ci ws --bin app --runs 3 --no-compile --metric calls --format json
	[ $? -eq 3 ] && has '.metrics[] | select(.name == "calls") | .cause_line == 12 and (.cause_file | endswith("ws/app/src/handler.ruchy")) and
		(.cause | test("`step` .* calls, .*handler.ruchy:12"))' && has '.notes | any(test("changed since: .*app/src/handler.ruchy"))'
}
annotated() {
	bench --regression ci ws --bin app --runs 3 --no-compile --metric calls --format github
	[ $? -eq 3 ] && grep -q '^::error file=ws/app/src/handler.ruchy,line=12,title=FAIL::Calls ' out
}
compile() {
	bench --regression ci ws --bin app --runs 3 --no-counts --metric compile --max-time 4s --format json
	has '.metrics[] | select(.name == "compile") | .judged and .current > 0 and .baseline_samples > 0'
}
compare() { bench --regression compare ws --bin app --baseline v1 --runs 3 --no-counts --no-compile --format json && has '.baseline == "v1"'; }
history() { "$prof" bench history ws --bin app --format json > out && has '.history | length == 1'; }
collected() {
	touch -d '3 hours ago' ws/.ruchy-bench/objects/*
	bench gc --store ws/.ruchy-bench && grep -q '^0 baselines and 0 objects' out && compare
}
no_bin() {
	bench ws/app/src/main.rs --bin x
	[ $? -eq 2 ] && grep -q 'for cargo projects' err
}

check "of several programs one must be named" "$(told one_of_two)" ok
check "bench of a project" "$(told plain)" ok
check "a baseline, with the time of the compiler" "$(told baseline)" ok
check "the same program passes, nothing is changed" "$(told same)" ok
check "a call more names function, file and line, and the file that was changed" "$(told more_calls)" ok
check "annotations are on the .ruchy line of the crate" "$(told annotated)" ok
check "compile times are judged" "$(told compile)" ok
check "compare takes the version" "$(told compare)" ok
check "history of a project's program" "$(told history)" ok
check "gc keeps what a project's baseline names" "$(told collected)" ok
check "--bin is for projects" "$(told no_bin)" ok
finish
