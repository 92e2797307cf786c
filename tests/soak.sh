#!/usr/bin/env bash
# What takes too long for every day: kills, threads, forks, programs at once, full disks (some minutes), random programs (half an hour); every count exact. TAP on stdout, the counts at its
# end. KILLS, ROUNDS and LIB (the directory of librprof.a) may be set.
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
. "$top/tests/tap.sh"
LIB=${LIB:-$top/build/lib}
KILLS=${KILLS:-1000}
ROUNDS=${ROUNDS:-5}
export LIB
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# sums FILE...: calls of step, lost threads, files
sums() {
	python3 "$top/tests/e2e/read_raw.py" "$@" 2>&1 |
		awk '/^calls step / { calls += $3 } /^lost / { lost += $2 } /^pid / { files++ } /^[^clpst]/ { print } END { printf "%.0f calls, %d lost, %d files\n", calls, lost, files }'
}

# kills in four directories at once
kills() {
	local i jobs=4 each
	each=$(((KILLS + jobs - 1) / jobs))
	for i in $(seq $jobs); do
		PARTS=killed KILLS=$each "$top/tests/e2e/runtime.sh" > "kills.$i" 2>&1 &
	done
	wait
	check "$((each * jobs)) SIGKILLs: every file readable, no announced call missing" "$(grep -h -e '^ok' -e '^not' -e '^#' kills.*)" \
		"$(for i in $(seq $jobs); do echo "ok 1 - killed: $each SIGKILLs, every file readable, no announced call missing"; done)"
}

threads() {
	local i
	for i in $(seq "$ROUNDS"); do
		PARTS=threads "$top/tests/e2e/runtime.sh" > threads.tap 2>&1
		check "64 threads x 1,000,000 calls, round $i" "$(grep -c '^ok' threads.tap) $(grep '^not' threads.tap)" "2 "
	done
	mkdir short
	check "10,000 short threads: output" "$(RUCHY_PROF_FILE=short/raw timeout 300 ./storm threads 10000 1000 2>&1)" 10000000
	check "10,000 short threads: counts" "$(sums short/raw)" "10000000 calls, 0 lost, 1 files"
	check "10,000 short threads: the file grew with those at once" "$(($(python3 "$top/tests/e2e/read_raw.py" short/raw | awk '/^threads/ { print $2 }') <= 16))" 1
}

forks() {
	local i
	for i in $(seq "$ROUNDS"); do
		rm -rf forks && mkdir forks
		check "fork storm, round $i: output" "$(RUCHY_PROF_FILE=forks/raw timeout 300 ./storm forks 500 2000 2>&1)" 4000500
		check "fork storm, round $i: counts" "$(sums forks/*)" "4000500 calls, 0 lost, 1001 files"
	done
}

at_once() {
	local i pattern
	for pattern in raw 'r.%p' 'r.%n'; do
		rm -rf once once.err && mkdir once
		for i in 1 2; do
			for _ in $(seq 50); do
				RUCHY_PROF_FILE=once/$pattern timeout 60 ./storm forks 2 1000 > /dev/null 2>> once.err
			done &
		done
		wait
		# A fixed name is that of the last run; the files of forked children, named after their processes, stay.
		case $pattern in
		raw) check "two at once, 50 runs each, file $pattern" "$(sums once/* | sed 's/^[0-9]* calls/N calls/; s/[0-9]* files/N files/') $(sort -u once.err)" "N calls, 0 lost, N files " ;;
		*) check "two at once, 50 runs each, file $pattern" "$(sums once/*) $(sort -u once.err)" "800200 calls, 0 lost, 500 files " ;;
		esac
	done
}

# A tmpfs of 1 to 40 pages, in a mount name space of our own: the program goes on, says one line or none, and the file is readable or not there.
full() {
	mkdir full
	# shellcheck disable=SC2016
	unshare -rm bash -c 'for round in $(seq '"$ROUNDS"'); do for pages in $(seq 1 40); do
			mount -t tmpfs -o size=$((pages * 4))k none full || exit 77
			(cd full && RUCHY_PROF_FILE=raw ../storm threads 16 1000 > ../full.out 2> ../full.err; echo "status $?") > full.status
			[ -s full/raw ] && { python3 "$0" full/raw > full.raw 2>&1 || echo "pages $pages: $(cat full.raw)"; }
			echo "$(cat full.status) $(cat full.out) lines $(wc -l < full.err) $(($(wc -l < full.err) <= 1))"
			umount full
		done; done' "$top/tests/e2e/read_raw.py" > full.all 2> full.log
	if [ $? = 77 ]; then
		number=$((number + 1))
		echo "ok $number - full disk # SKIP no mount name space here: $(head -n 1 full.log)"
		return
	fi
	check "full disk, $((ROUNDS * 40)) runs: status, output, at most one line" "$(sed 's/ lines [01] 1$//' full.all | sort | uniq -c | tr -s ' ')" " $((ROUNDS * 40)) status 0 16000"
	check "full disk: some runs said so, some had room" "$(awk '{ print $5 }' full.all | sort -u | tr '\n' ' ')" "0 1 "
}

# Random programs, compared with a count of their own in every way of counting
random() {
	SEEDS=${SEEDS:-200} FIRST=${FIRST:-100} SECONDS_EACH=${SECONDS_EACH:-1200} "$top/tests/e2e/random.sh" > random.tap 2>&1
	check "random programs ($(sed -n 's/^ok [0-9]* - //p' random.tap | tr '\n' ';'))" "$(grep -c '^ok' random.tap) $(grep -e '^not' -e '^#' random.tap)" "2 "
}

cc -std=c17 -D_GNU_SOURCE -O2 -I"$top/runtime/include" -o storm "$top/tests/soak/storm.c" "$LIB/librprof.a" -lpthread || { echo "Bail out! storm does not compile"; exit 1; }
for part in ${PARTS:-threads forks at_once full kills random}; do
	$part
done
echo "# $((number - failures)) passed, $failures failed"
finish
