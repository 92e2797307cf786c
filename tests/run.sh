#!/usr/bin/env bash
# run.sh unit|cmd|quick|all|asan|tsan|san: run the suites, each of which prints TAP, and close with one line `N passed, N failed` over all of them.
#   asan, tsan, san   cmocka programs under ASan and UBSan, under TSan, both (make builds them before)
#   unit   cmocka programs      cmd    bats tests of the command line
#   quick  these, the end-to-end scripts and the corpus     all    also what needs the real ruchy
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
mode=${1:-all}
export RUCHY_PROF=${RUCHY_PROF:-$PWD/build/bin/ruchy-prof}
export XDG_CACHE_HOME=${TEST_CACHE_HOME:-$PWD/build/test-cache}
[ -x build/ruchy/bin/ruchy ] && PATH=$PATH:$PWD/build/ruchy/bin
# The modules that the tests want are Debian's: its python3 goes before any other.
mkdir -p build/test-bin
[ -x /usr/bin/python3 ] && ln -sf /usr/bin/python3 build/test-bin/python3 && PATH=$PWD/build/test-bin:$PATH
[ "$mode" = quick ] && export RUCHY_PROF_RUCHY=none
export RUCHY_PROF_SIBLINGS=built # no test waits for compilers that it did not ask for
export PATH LC_ALL=C.UTF-8
unset RUCHY_PROF_FILE RUST_BACKTRACE NO_COLOR CLICOLOR_FORCE
mkdir -p "$XDG_CACHE_HOME" build/log
passed=0 failed=0 skipped=0

suite() { # suite NAME COMMAND...: count the TAP lines of COMMAND
	local name=$1 log=build/log/$1.tap status ok not skip start=$SECONDS
	shift
	"$@" > "$log" 2> "$log.err" < /dev/null
	status=$?
	sed -i -E 's/^not ok ([0-9]+) # SKIP (.*)$/ok \1 - \2 # SKIP/' "$log" # cmocka's way to say it
	ok=$(grep -c '^ok ' "$log")
	skip=$(grep -ciE '^ok .*# skip' "$log")
	not=$(grep -c '^not ok ' "$log")
	if [ $status -ne 0 ] && [ "$not" -eq 0 ]; then
		not=1
		echo "not ok - $name: exit status $status"
		tail -n 15 "$log.err"
	elif [ "$ok" -eq 0 ] && [ "$not" -eq 0 ]; then
		not=1
		echo "not ok - $name: no test ran"
	fi
	if grep -q '^not ok ' "$log"; then
		grep -A12 '^not ok ' "$log" | head -n 80
		tail -n 15 "$log.err"
	fi
	printf '%-28s %4d passed, %d failed, %d skipped  (%d s)\n' "$name" $((ok - skip)) "$not" "$skip" $((SECONDS - start))
	passed=$((passed + ok - skip)) failed=$((failed + not)) skipped=$((skipped + skip))
}

unit() {
	local program
	for program in tests/unit/test_*.c; do
		program=$(basename "$program" .c)
		CMOCKA_MESSAGE_OUTPUT=TAP suite "unit/${program#test_}" "build/tests/$program"
	done
}

cmd() {
	local file
	for file in tests/cmd/*.bats; do
		suite "cmd/$(basename "$file" .bats)" bats --tap "$file"
	done
}

e2e() {
	local script
	for script in tests/e2e/*.sh; do
		suite "e2e/$(basename "$script" .sh)" "$script"
	done
	suite corpus bench-corpus/check.sh
	suite aarch64 tests/aarch64.sh
}

live() {
	local script
	suite corpus-live bench-corpus/check.sh --live
	suite upstream tests/upstream/run.sh
}

sanitized() { # sanitized NAME DIRECTORY
	local program
	mkdir -p "build/log/$1"
	for program in tests/unit/test_*.c; do
		program=$(basename "$program" .c)
		CMOCKA_MESSAGE_OUTPUT=TAP suite "$1/${program#test_}" "build/$2/tests/$program"
	done
	suite "$1/storm" tests/soak/sanitized.sh "build/$2/tests/storm"
}

asan() {
	sanitized asan san-address-ub
}

tsan() {
	sanitized tsan san-thread
}

rm -rf build/log && mkdir -p build/log/unit build/log/cmd build/log/e2e
case $mode in
unit) unit ;;
asan) asan ;;
tsan) tsan ;;
san) asan && tsan ;;
cmd) cmd ;;
quick) unit && cmd && e2e ;;
all) unit && cmd && e2e && live ;;
*)
	echo "usage: tests/run.sh unit|cmd|quick|all|asan|tsan|san" >&2
	exit 2
	;;
esac
if [ "$skipped" -gt 0 ]; then
	echo "skipped here, with the reason ($skipped):"
	grep -rhiE '^ok .*# skip' build/log | sed 's/^ok [0-9]* /  /' | sort | uniq -c | head -n 20
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
