#!/usr/bin/env bash
# What the runtime adds to a program: bytes of the file (at most 48 KiB) and of resident memory (at most 1 MiB). TAP.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
prof=${RUCHY_PROF:-$PWD/build/bin/ruchy-prof}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0

check() { # check NAME VALUE LEAST MOST UNIT
	n=$((n + 1))
	local not="not "
	[ "$2" -ge "$3" ] && [ "$2" -le "$4" ] && not=
	echo "${not}ok $n - $1: $2 $5 more than plain, limit $4"
}

# The least of some runs: other pages that the system happens to map only add.
resident() {
	python3 - "$1" "$work" <<'EOF'
import os, subprocess, sys
def run():
    p = subprocess.Popen([sys.argv[1]], stdout=subprocess.DEVNULL, env=dict(os.environ, RUCHY_PROF_FILE=sys.argv[2] + "/%p.raw"))
    return os.wait4(p.pid, 0)[2].ru_maxrss
print(min(run() for _ in range(7)))
EOF
}

echo 'fn main() {}' > "$work/empty.rs"
for source in "$work/empty.rs" bench-corpus/strings/strings.rs bench-corpus/interpreter/interpreter.rs; do
	name=$(basename "$source" .rs)
	# the command itself builds the plain one with line tables, for samples; here both are as they would ship
	rustc --edition 2021 -C opt-level=3 -C codegen-units=1 -C strip=symbols -A warnings "$source" -o "$work/$name.plain" 2> /dev/null &&
		"$prof" build "$source" --instrument --rustc-flags '-C strip=symbols' --output "$work/$name.ours" > /dev/null 2>&1 || {
		echo "not ok - $name does not build"
		continue
	}
	plain=$(stat -c %s "$work/$name.plain") ours=$(stat -c %s "$work/$name.ours")
	check "$name, file" $((ours - plain)) 1 49152 bytes
	check "$name, resident memory" $(($(resident "$work/$name.ours") - $(resident "$work/$name.plain"))) -1024 1024 KiB
done
echo "1..$n"
