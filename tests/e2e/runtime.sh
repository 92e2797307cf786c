#!/usr/bin/env bash
# End-to-end tests of the runtime: small hand-instrumented programs, each named after a danger, run, read back by read_raw.py, compared exactly.
# TAP on stdout; exit status 1 if one failed. LIB is the directory of librprof.a, KILLS the number of SIGKILLs, PARTS the tests to run.
# For another target: RUSTC_TARGET holds rustc's flags, CC the C compiler, RUNNER the command that runs a program.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../tap.sh"
top=$here/../..
LIB=${LIB:-$top/build/lib}
KILLS=${KILLS:-100}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# runnable PROGRAM: with RUNNER, put a script in its place that runs it
runnable() {
	[ -n "${RUNNER:-}" ] || return 0
	mv "$1" "$1.program" && printf '#!/bin/sh\nexec %s "%s/%s.program" "$@"\n' "$RUNNER" "$work" "$1" > "$1" && chmod +x "$1"
}

# compile PROGRAM RUSTC FLAGS...
compile() {
	# shellcheck disable=SC2086
	rustc ${RUSTC_TARGET:-} -L native="$LIB" -o "$@" && runnable "$1"
}

# build NAME [RUSTC FLAGS]
build() {
	local name=$1
	shift
	python3 "$here/assemble.py" "$here/$name/prog.rs" "$top/runtime/prelude.rs" > "$name.rs" &&
		compile "$name" --edition 2021 -O -D warnings "$@" "$name.rs" ||
		{ echo "Bail out! $name does not build"; exit 1; }
}

# run NAME ARGS...: in a directory of its own, with the file `raw` unless RUCHY_PROF_FILE says otherwise; status, stdout, stderr are kept
run() {
	rm -rf "$1.d" && mkdir "$1.d"
	(cd "$1.d" && RUCHY_PROF_FILE=${RUCHY_PROF_FILE-raw} "../$1" "${@:2}") > "$1.out" 2> "$1.err"
	status=$?
}

read_raw() {
	python3 "$here/read_raw.py" "$@" 2>&1
}

# facts FILE: everything but pids and times
facts() {
	read_raw "$1" | grep -v -e '^time ' -e '^pid '
}

lines() {
	printf '%s\n' "$@"
}

threads() {
	build threads
	run threads
	check "threads: 64 x 1,000,000 calls" "$(facts threads.d/raw | grep -v ^threads)" \
		"$(lines 'state exited' 'lost 0' 'calls main 1' 'calls main::{closure} 64' 'calls step 64000000')"
	check "threads: output" "$status $(cat threads.out threads.err)" "0 64000000"
}

thread_ends() {
	build thread-ends
	run thread-ends
	check "thread-ends: counts, from thread-local destructors too; places are taken over" "$(facts thread-ends.d/raw)" \
		"$(lines 'state exited' 'threads 5' 'lost 0' 'calls main 1' 'calls main::{closure} 1000' 'calls Last::drop 1000' 'calls step 100000')"
}

detached() {
	build detached
	run detached
	check "detached: threads that outlive main" "$(facts detached.d/raw)" \
		"$(lines 'state exited' 'threads 9' 'lost 0' 'calls main 1' 'calls main::{closure} 8' 'calls step 98760')"
	check "detached: their spans are open" "$(read_raw detached.d/raw | awk '/^time main::/ { print $5, $6 }')" "0 8"
}

exit_abort() {
	local counts
	counts=$(lines 'threads 1' 'lost 0' 'calls main 1' 'calls dive 6' 'calls note 6')
	build exit
	run exit
	check "exit: five calls deep" "$status $(facts exit.d/raw)" "7 $(lines 'state exited' "$counts")"
	check "exit: open spans" "$(read_raw exit.d/raw | awk '/^time (main|dive)/ { print $2, $5, $6, ($4 > 0) }')" "$(lines 'main 0 1 1' 'dive 0 1 1')"
	build abort
	run abort
	check "abort: five calls deep" "$status $(facts abort.d/raw)" "134 $(lines 'state running' "$counts")"
	build exit -C panic=abort
	run exit
	check "exit: the same with panic=abort" "$status $(facts exit.d/raw)" "7 $(lines 'state exited' "$counts")"
}

killed() {
	build killed
	local bad=0 i said found
	for i in $(seq "$KILLS"); do
		rm -f killed.raw killed.out
		RUCHY_PROF_FILE=killed.raw ./killed > killed.out &
		# the first kills come before or while the file is made
		sleep "0.$(printf %04d $((i * 7 % 100 * (i > 20 ? 10 : 1))))"
		kill -KILL $!
		wait $! 2> /dev/null
		# the last line may be cut off: `read` refuses one that does not end
		said=$(tail -n 2 killed.out | while IFS= read -r line; do echo "$line"; done | tail -n 1)
		[ -s killed.raw ] || { [ -z "$said" ] && continue; }
		found=$(read_raw killed.raw)
		case $found in
		"state running"*) ;;
		*"no magic") [ -z "$said" ] && continue ;;& # killed before the header was complete
		*)
			echo "# $found"
			bad=$((bad + 1))
			continue
			;;
		esac
		found=$(awk '/^calls step/ { print $3 }' <<< "$found")
		# killed between two announcements: at most 1000 further calls, and one more announcement that was cut off
		if [ "${found:-0}" -lt "${said:-0}" ] || [ "${found:-0}" -gt $((${said:-0} + 2000)) ]; then
			echo "# announced ${said:-0}, found $found"
			bad=$((bad + 1))
		fi
	done
	check "killed: $KILLS SIGKILLs, every file readable, no announced call missing" "$bad" 0
}

forked() {
	local file parent='' child='' grandchild=''
	build fork
	for pattern in raw 'r.%p' 'r.%n'; do
		RUCHY_PROF_FILE=$pattern run fork
		parent='' child='' grandchild=''
		for file in fork.d/*; do
			case $(facts "$file") in
			*"calls step 1010"*) parent=$(facts "$file") ;;
			*"calls step 77"*) child=$(facts "$file") ;;
			*"calls step 5"*) grandchild=$(facts "$file") ;;
			*) parent="? $(facts "$file")" ;;
			esac
		done
		check "fork, file $pattern: parent" "$status $parent" \
			"0 $(lines 'state exited' 'threads 2' 'lost 0' 'calls main 1' 'calls main::{closure} 1' 'calls step 1010')"
		check "fork, file $pattern: child" "$child" \
			"$(lines 'state exited' 'threads 1' 'lost 0' 'calls main 0' 'calls main::{closure} 0' 'calls step 77')"
		check "fork, file $pattern: grandchild" "$grandchild" \
			"$(lines 'state exited' 'threads 2' 'lost 0' 'calls main 0' 'calls main::{closure} 1' 'calls step 5')"
	done
	check "fork: the parent has the name, the others are beside it" "$(RUCHY_PROF_FILE=raw run fork; ls fork.d | sed 's/[0-9][0-9]*/PID/')" \
		"$(lines raw raw.PID raw.PID)"
	check "fork: the span of main goes on in the child" "$(read_raw fork.d/raw.* | awk '/^time main / { print $5, $6, ($4 > 0) }')" "$(lines '0 1 1' '0 1 1')"
}

panic() {
	build panic
	run panic
	# i%3 is 2 in rounds 2, 5, 8 (first call), i%2+1 is 2 in 1, 3, 7, 9 (second call): 3x1 + 4x2 + 3x3 calls
	check "panic: calls that never happened are not counted" "$(cat panic.out) $(facts panic.d/raw)" \
		"7 $(lines 'state exited' 'threads 1' 'lost 0' 'calls main 1' 'calls main::{closure} 10' 'calls fail 20' 'calls add 3')"
}

exec_self() {
	build exec
	for pattern in raw 'r.%p' 'r.%n'; do
		RUCHY_PROF_FILE=$pattern run exec
		check "exec, file $pattern: both images" "$status $(for f in exec.d/*; do facts "$f" | grep -e step -e state; done | sort)" \
			"0 $(lines 'calls step 22' 'calls step 333' 'state exited' 'state running')"
	done
}

clock() {
	build clock
	run clock
	read_raw clock.d/raw > clock.txt
	check "clock: calls" "$(grep ^calls clock.txt)" "$(lines 'calls main 1' 'calls long 20' 'calls tiny 20000' 'calls deep 1000')"
	# 64 spans are the pilot; an emulator may need a few more until the mean is short
	check "clock: spans, open, off" "$(awk -v slow="${RUNNER:+1}" '/^time/ { print $2, (slow && $7 && $5 > 64 ? 64 : $5), $6, $7 }' clock.txt)" "$(lines 'main 1 0 0' 'long 20 0 0' 'tiny 64 0 1' 'deep 1 0 0')"
	check "clock: self times sum to the total of main" "$(awk '/^time/ { own += $3 } /^time main/ { total = $4 } END { printf "%d", own - total }' clock.txt)" 0
	# 20 ms of spinning each in `long` and `deep`, 10 in main: in this order, whatever the machine does beside
	check "clock: shares" "$(awk '/^time/ { own[$2] = $3 } END { print (own["long"] > own["main"]), (own["deep"] > own["main"]), (own["tiny"] < own["main"]) }' clock.txt)" "1 1 1"
}

names() {
	local i
	build exit
	rm -rf exit.d && mkdir exit.d
	for i in 1 2 3 4 5 6 7 8; do
		(cd exit.d && RUCHY_PROF_FILE='%n.raw' ../exit > /dev/null) &
	done
	wait
	check "names: eight at once with %n" "$(for f in exit.d/*; do facts "$f"; done | grep -c 'calls dive 6') $(cd exit.d && echo *)" "8 1.raw 2.raw 3.raw 4.raw 5.raw 6.raw 7.raw 8.raw"
	rm -rf killed.d && mkdir killed.d
	for i in 1 2 3 4; do
		(cd killed.d && RUCHY_PROF_FILE=raw exec ../killed) > killed.out.$i &
	done
	for i in 1 2 3 4; do
		while [ ! -s "killed.out.$i" ]; do sleep 0.01; done
	done
	check "names: four that run at once with a fixed name" "$(ls killed.d | sed 's/[0-9][0-9]*/PID/')" "$(lines raw raw.PID raw.PID raw.PID)"
	# shellcheck disable=SC2046
	kill -KILL $(jobs -p)
	wait 2> /dev/null
	RUCHY_PROF_FILE='' run exit
	check "names: the default" "$(ls exit.d | sed 's/[0-9][0-9]*/PID/')" "ruchy-prof.PID.raw"
}

trouble() {
	build threads
	RUCHY_PROF_FILE=/nonexistent/dir/raw run threads
	check "no directory: one line, the program goes on" "$status $(cat threads.out) $(cat threads.err)" \
		"0 64000000 ruchy-prof: not recording: /nonexistent/dir/raw: No such file or directory"
	rm -rf threads.d && mkdir threads.d
	(cd threads.d && ulimit -f 20 && RUCHY_PROF_FILE=raw ../threads) > threads.out 2> threads.err
	check "file size limit: the program goes on" "$? $(cat threads.out) $(sed "s|$work||" threads.err)" \
		"0 64000000 ruchy-prof: not recording all threads: /threads.d/raw: File too large"
	check "file size limit: the file says what it lost" "$(read_raw threads.d/raw | awk '/^(threads|calls main )/ { print $1, $NF } /^lost/ { print ($2 > 0) }')" "$(lines 'threads 3' 1 'calls 1')"
	rm -rf threads.d && mkdir threads.d
	# A file system of 5 pages, in a mount name space of its own
	# shellcheck disable=SC2016
	unshare -rm bash -c 'mount -t tmpfs -o size=20k none threads.d && cd threads.d || exit 77
		RUCHY_PROF_FILE=raw ../threads; status=$?; cp raw ../full.raw; exit $status' > threads.out 2> threads.err
	status=$?
	if [ $status = 77 ] || [ ! -s full.raw ]; then
		number=$((number + 1))
		echo "ok $number - full disk # SKIP no mount name space here: $(head -n 1 threads.err)"
	else
		check "full disk: one line, the program goes on" "$status $(cat threads.out) $(sed "s|$work||" threads.err)" \
			"0 64000000 ruchy-prof: not recording all threads: /threads.d/raw: No space left on device"
		check "full disk: the file says what it lost" "$(read_raw full.raw | awk '/^(threads|calls main )/ { print $1, $NF } /^lost/ { print ($2 > 0) }')" \
			"$(lines 'threads 3' 1 'calls 1')"
	fi
	rm -rf threads.d && mkdir threads.d && echo precious > threads.d/raw
	(cd threads.d && RUCHY_PROF_FILE=raw ../threads) > threads.out 2> threads.err
	check "somebody else's file is left alone" "$? $(cat threads.out threads.d/raw) $(sed "s|$work||" threads.err)" \
		"0 $(lines 64000000 precious) ruchy-prof: not recording: /threads.d/raw: File exists"
	build closed-fds
	run closed-fds own
	check "closed-fds: the program's file is its own" "$status $(cat closed-fds.d/own) $(facts closed-fds.d/raw)" \
		"0 mine $(lines 'state exited' 'threads 2' 'lost 0' 'calls main 1' 'calls main::{closure} 3')"
}

layout() {
	local prelude=$work/prelude.rs
	sed '$d' "$top/runtime/prelude.rs" > "$prelude"
	cat "$here/layout/layout.rs.in" >> "$prelude"
	echo '}' >> "$prelude"
	python3 "$here/assemble.py" "$here/layout/prog.rs" "$prelude" > layout.rs && compile layout --edition 2021 -O layout.rs &&
		${CC:-cc} -std=c17 -I"$top/runtime/include" -o layout.c.out "$here/layout/layout.c" && runnable layout.c.out || { echo "Bail out! layout does not build"; exit 1; }
	RUCHY_PROF_FILE=layout.raw ./layout > layout.out
	check "layout: prelude.rs and the headers agree" "$(head -n 8 layout.out)" "$(./layout.c.out)"
	check "layout: prelude.rs and the runtime agree" "$(sed -n 9p layout.out)" "$(sed -n 10p layout.out)"
}

editions() {
	local edition
	for edition in 2015 2018 2021 2024; do
		compile panic.$edition --edition $edition -D warnings -C debug-assertions=on panic.rs &&
			RUCHY_PROF_FILE=panic.$edition.raw ./panic.$edition > /dev/null
		check "edition $edition, not optimised, debug assertions" "$(facts panic.$edition.raw | grep calls)" \
			"$(lines 'calls main 1' 'calls main::{closure} 10' 'calls fail 20' 'calls add 3')"
	done
}

for part in ${PARTS:-threads thread_ends detached exit_abort killed forked panic exec_self clock names trouble layout editions}; do
	$part
done
finish
