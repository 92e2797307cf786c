# Shared by the command tests.
ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
PROF=${RUCHY_PROF:-$ROOT/build/bin/ruchy-prof}
export RUCHY_PROF_SIBLINGS=built # no compilers but those that a test asks for
FIB=$ROOT/bench-corpus/fibonacci/fibonacci.ruchy

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir -p bin
}

# A Rust program at $1 from stdin: direct Rust needs no transpiler, so these tests run everywhere.
rust() {
	cat > "$1"
}

# The rules of every message: one line `ruchy-prof: what: where; hint` at the end of stderr.
assert_error() { # assert_error STATUS PATTERN
	[ "$status" -eq "$1" ] || { echo "status $status, expected $1: ${BATS_RUN_COMMAND:-}: $output"; return 1; }
	local last=${lines[${#lines[@]} - 1]}
	[[ $last == "ruchy-prof: "* ]] || { echo "no error line: $output"; return 1; }
	grep -qE -- "$2" <<< "$output" || { echo "no match for $2: $output"; return 1; }
}
