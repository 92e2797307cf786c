#!/usr/bin/env bash
# From counters to a faster program with a real profile of LLVM, and what the corpus prints when it is optimised. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
prof=$(cd "$(dirname "${RUCHY_PROF:-build/bin/ruchy-prof}")" && pwd)/ruchy-prof
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/tap.sh
. tests/tap.sh
exec < /dev/null
python=python3
[ -x /usr/bin/python3 ] && python=/usr/bin/python3

# Every program with its kept decisions, built by the command that is in its text.
for data in tests/perf/pgo/*.data; do
	name=$(basename "$data" .data)
	source=$top/bench-corpus/$name/$name.ruchy
	[ -e "$source" ] || continue
	mkdir -p "$work/$name"
	cd "$work/$name" || exit 1
	"$prof" transpile "$source" --pgo-data "$top/$data" --output optimized.rs > out 2>&1 < /dev/null
	check "$name: transpiles by its decisions, without measuring" "$?" 0
	line=$(sed -n '2s|^//||p' optimized.rs)
	eval "$line" 2> messages
	check "$name: compiles by the command in its text" "$?" 0
	grep -E 'hash mismatch|Inconsistent|unsupported' messages > bad
	check "$name: rustc takes the profile without a word" "$(cat bad)" ""
	"./${name//-/_}" 2> /dev/null | diff - "$top/bench-corpus/$name/$name.out" > difference
	check "$name: prints what it did" "$(head -n 5 difference)" ""
	cd "$top" || exit 1
done

tool=$(command -v llvm-profdata-19 || command -v llvm-profdata-22 || ls "$(rustc --print target-libdir)/../bin/llvm-profdata" 2> /dev/null)
if [ -z "$tool" ]; then
	number=$((number + 1))
	echo "ok $number - a profile of LLVM # SKIP no llvm-profdata 19 or newer"
	finish
fi
# A program whose branch is unequal: LLVM's profile goes into the kept data, comes out as a file that llvm-profdata reads.
cd "$work" || exit 1
cat > branch.rs << 'R'
fn pick(n: u64) -> u64 {
    if n % 1000 == 0 { n / 3 } else { n + 1 }
}
fn main() {
    let mut sum = 0u64;
    for i in 0..2_000_000u64 { sum = sum.wrapping_add(pick(i ^ (sum >> 7))); }
    println!("{}", sum);
}
R
"$prof" pgo collect branch.rs --runs 3 --output branch.data > collected
check "counters of LLVM are collected" "$(grep -c 'Without' collected)" 0
"$prof" pgo show branch.data > shown
check "and kept" "$(grep -c 'Counters of LLVM: crate branch' shown)" 1
"$python" - branch.data > counters << 'P' || cat counters
import struct, sys
try:
    import cbor2, zstandard
except ModuleNotFoundError:
    sys.exit(0)
data = open(sys.argv[1], "rb").read()
document = cbor2.loads(zstandard.ZstdDecompressor().decompress(data[32:]))
print(document["llvm"]["counters"][0], end="")
P
if [ -s counters ]; then
	"$tool" merge -o read.profdata counters
	check "llvm-profdata reads what is kept" "$?" 0
	check "and finds the program's functions" "$("$tool" show --all-functions read.profdata | grep -q branch && echo yes)" yes
fi
finish
