#!/usr/bin/env bash
# The runtime on aarch64, compiled with Debian's cross compiler and run by qemu-user: its unit tests, a C program that counts as the prelude does, and,
# where rustc has that target, the end-to-end programs of the runtime. TAP on stdout. RUCHY_PROF is the command.
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
. "$top/tests/tap.sh"
here=$top/tests/aarch64
RUCHY_PROF=${RUCHY_PROF:-$top/build/bin/ruchy-prof}
target=aarch64-unknown-linux-gnu
cross=aarch64-linux-gnu-
emulator="qemu-aarch64 -L /usr/aarch64-linux-gnu"
missing=()
for pair in ${cross}gcc:gcc-aarch64-linux-gnu qemu-aarch64:qemu-user; do
	command -v "${pair%%:*}" > /dev/null || missing+=("${pair#*:}")
done
[ -e /usr/aarch64-linux-gnu/include/stdio.h ] || missing+=(libc6-dev-arm64-cross)
if [ ${#missing[@]} -gt 0 ]; then
	echo "ok 1 - aarch64 # SKIP needs ${missing[*]}: tools/dev/setup.sh --aarch64"
	echo "1..1"
	exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# continue_tap: take over (count, number) the lines of another test's TAP, with our numbers
continue_tap() {
	local line
	while IFS= read -r line; do
		case $line in
		ok* | not\ ok*)
			number=$((number + 1))
			[ "${line#not ok}" = "$line" ] || failures=$((failures + 1))
			line=$(sed -E "s/^((not )?ok) [0-9]+/\1 $number/" <<< "$line")
			;;
		1..*) continue ;;
		"Bail out!"*)
			number=$((number + 1))
			failures=$((failures + 1))
			line="not ok $number - ${line#Bail out! }"
			;;
		esac
		printf '%s\n' "$line"
	done
}

flags=(-std=c17 -D_GNU_SOURCE -O2 -Wall -Wextra -Wpedantic -Werror -I"$top/runtime/include" -I"$top/runtime")
cd "$work" || exit 1
for file in "$top"/runtime/*.c; do
	${cross}gcc "${flags[@]}" -fPIC -ffunction-sections -fdata-sections -c "$file" 2>> cc.err
done
${cross}ar rcs librprof.a ./*.o 2>> cc.err
check "librprof.a compiles without a warning" "$(cat cc.err)" ""
check "its objects are aarch64" "$(${cross}readelf -h librprof.a | grep -c 'Machine: *AArch64')" "$(find "$top/runtime" -name '*.c' | wc -l)"

${cross}gcc "${flags[@]}" -I"$here" -o test_runtime "$top/tests/unit/test_runtime.c" librprof.a 2> cc.err
check "unit tests compile" "$(cat cc.err)" ""
timeout 120 $emulator ./test_runtime < /dev/null > unit.tap 2>&1
check "unit tests: exit status" "$?" 0
continue_tap < <(sed 's/^ok \([0-9]*\) - /ok \1 - unit: /' unit.tap)

${cross}gcc "${flags[@]}" -o prog "$here/prog.c" librprof.a 2> cc.err
check "a C program that counts as the prelude does: compiles" "$(cat cc.err)" ""
check "its output" "$(RUCHY_PROF_FILE=raw timeout 60 $emulator ./prog 2>&1)" 400000
check "its counts, by read_raw.py" "$(python3 "$top/tests/e2e/read_raw.py" raw 2>&1 | grep -e state -e lost -e calls)" \
	"$(printf '%s\n' 'state exited' 'lost 0' 'calls main 1' 'calls work 4' 'calls step 400000')"
check "its clock is the virtual counter" "$(od -An -tu4 -j16 -N4 raw | tr -d ' ')" 2
check "its spans" "$(python3 "$top/tests/e2e/read_raw.py" raw | awk '/^time/ { print $2, ($4 > 0), $5, $6 }')" "$(printf '%s\n' 'main 1 1 0' 'work 1 4 0' 'step 0 0 0')"
check "its counts, by ruchy-prof report" "$("$RUCHY_PROF" report --format json raw 2>&1 | jq -r '.functions[] | "\(.name) \(.calls_total)"' | sort)" \
	"$(printf '%s\n' 'main 1' 'step 400000' 'work 4')"

library=$(rustc --print target-libdir --target $target 2> /dev/null)
if [ -n "$library" ] && [ -n "$(find "$library" -name 'libstd-*.rlib' 2> /dev/null)" ]; then
	# Not here: exec_self (the emulator runs no second program), forked (qemu 7.2 itself fails when the child of a program with
	# threads starts a thread); the unit tests above cover fork.
	LIB=$work KILLS=${KILLS:-10} CC=${cross}gcc RUNNER=$emulator RUSTC_TARGET="--target $target -C linker=${cross}gcc" \
		PARTS="threads thread_ends detached exit_abort killed panic clock names trouble layout editions" \
		timeout 300 "$top/tests/e2e/runtime.sh" > rust.tap 2> rust.err < /dev/null
	status=$?
	continue_tap < <(sed 's/ok \([0-9]*\) - /ok \1 - Rust: /' rust.tap)
	check "Rust: runs to its end" "$status $(grep -c '^1\.\.' rust.tap)" "0 1"
else
	number=$((number + 1))
	echo "ok $number - Rust # SKIP no Rust library for $target: rustup target add $target"
fi
finish
