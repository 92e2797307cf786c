#!/usr/bin/env bats
load helper

profiled() { # a small profile, made once
	if [ ! -e "$BATS_FILE_TMPDIR/p.data" ]; then
		cp "$FIB" "$BATS_FILE_TMPDIR/fibonacci.ruchy"
		(cd "$BATS_FILE_TMPDIR" && "$PROF" profile --binary fibonacci.ruchy --iterations 1 --data p.data --output text)
	fi
	cp "$BATS_FILE_TMPDIR/p.data" .
}

@test "the request's flame graph" {
	cp "$FIB" .
	"$PROF" profile --binary fibonacci.ruchy --format flamegraph --output flame.svg
	grep -q '<svg xmlns' flame.svg
	grep -q '<title>fibonacci' flame.svg
	grep -q 'fibonacci.ruchy:[0-9]*-' flame.svg
	grep -q '29,860,703 calls of one iteration' flame.svg
}

@test "the end of the name chooses the format, each differs from text" {
	profiled
	"$PROF" report p.data --output text
	for name in a.json a.svg a.folded a.pb a.pb.gz callgrind.out callgrind.out.12 a.speedscope.json a.firefox.json a.trace.json a.dhat.json a.sarif; do
		"$PROF" report p.data --output "$name"
		[ -s "$name" ]
		! cmp -s text "$name" || { echo "$name is text"; return 1; }
	done
	jq -e '.schema == "ruchy-prof.profile/1"' a.json
	jq -e '.profiles | length >= 1' a.speedscope.json
	jq -e '.meta.preprocessedProfileVersion > 0' a.firefox.json
	jq -e '.traceEvents | length > 2' a.trace.json
	jq -e '.dhatFileVersion == 2' a.dhat.json
	jq -e '.version == "2.1.0"' a.sarif
	cmp callgrind.out callgrind.out.12
	gzip -t < a.pb
	cmp a.pb a.pb.gz
}

@test "the same report is the same file, compressed or not" {
	profiled
	"$PROF" report p.data --output a.svg.gz
	"$PROF" report p.data --output b.svg.gz
	cmp a.svg.gz b.svg.gz
	"$PROF" report p.data --format flamegraph > c.svg
	gzip -dc a.svg.gz | cmp - c.svg
	"$PROF" report p.data --output c.svg.zst
	zstd -dc c.svg.zst | cmp - c.svg
}

@test "weights and recursion" {
	profiled
	[ "$("$PROF" report p.data --format folded --weight calls | grep -c fibonacci)" -eq 1 ]
	"$PROF" report p.data --format folded --weight calls | grep -qx 'main;fibonacci 29860703'
	"$PROF" report p.data --format folded --recursion deep | grep -q 'fibonacci;fibonacci;fibonacci'
	! "$PROF" report p.data --format folded | grep -q 'fibonacci;fibonacci'
	"$PROF" report p.data --format folded --weight bytes | grep -q '^(outside) [0-9]*$'
}

@test "a raw file alone: paths are derived, and say so" {
	cp "$FIB" .
	"$PROF" build fibonacci.ruchy --instrument --output fib
	RUCHY_PROF_FILE=run.raw ./fib
	"$PROF" report run.raw --format folded --weight calls | grep -qx 'main;fibonacci 29860703'
	"$PROF" report run.raw --output run.svg
	grep -q 'call paths are an estimate: split by call counts' run.svg
}

@test "what is not usable is told" {
	profiled
	run "$PROF" report p.data --format flame
	assert_error 2 'unknown format: flame; known formats: text, json'
	run "$PROF" report p.data --weight watts
	assert_error 2 '--weight is not usable: watts; give time, calls or bytes'
	run "$PROF" report p.data --recursion up
	assert_error 2 '--recursion is not usable: up; give folded or deep'
	run "$PROF" report p.data --format flamegraph --function nobody
	assert_error 2 'no function .nobody.'
	run script -qec "'$PROF' report p.data --format pprof" /dev/null
	[[ $output == *"not for a terminal"* ]]
	run bash -c "'$PROF' report p.data --format flamegraph > /dev/full"
	assert_error 1 'No space left'
}
