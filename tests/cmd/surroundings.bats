#!/usr/bin/env bats
# Where the command finds itself: directories, descriptors, limits, and files that must not be overwritten.
load helper

hello() {
	rust "$1" <<< 'fn f() -> u32 { 7 } fn main() { println!("{}", f()); }'
}

@test "an output that would overwrite the source, an input or the other output is refused" {
	hello src.rs
	cp src.rs kept.rs
	ln -s src.rs link.rs
	for target in src.rs ./src.rs link.rs; do
		for command in "profile --binary src.rs --output" "profile --binary src.rs --data" "profile --binary link.rs --output" \
			"build src.rs --output" "transpile src.rs --output"; do
			run "$PROF" $command "$target"
			assert_error 2 'would overwrite'
			cmp src.rs kept.rs
		done
	done
	run "$PROF" profile --binary src.rs --output x --data x
	assert_error 2 'would overwrite'
	[ ! -e x ]
	"$PROF" profile --binary src.rs --iterations 1 --no-reference --data p.data > /dev/null
	cp p.data kept.data
	run "$PROF" report p.data --output p.data
	assert_error 2 'would overwrite'
	cmp p.data kept.data
}

@test "the sum of profiles may replace one of them" {
	hello src.rs
	"$PROF" profile --binary src.rs --iterations 1 --no-reference --data p.data > /dev/null
	"$PROF" report p.data p.data --data p.data > /dev/null
	"$PROF" report p.data --format json | jq -e '.iterations == 2'
}

@test "--data is checked before the runs, and is a file" {
	rust slow.rs <<< 'fn main() { std::thread::sleep(std::time::Duration::from_secs(100)); }'
	for data in /nonexistent/p.data . - ''; do
		run timeout 30 "$PROF" profile --binary slow.rs --data "$data"
		[ "$status" -eq 1 ] || [ "$status" -eq 2 ] || { echo "$status: $BATS_RUN_COMMAND: $output"; false; }
		[[ ${lines[0]} == "ruchy-prof: "* ]]
	done
	[ ! -e ./- ]
}

@test "samples reach the program when the cache lies below the working directory" {
	rust spin.rs <<- 'R'
		fn spin(n: u64) -> u64 { let mut s = 0u64; for i in 0..n { s = std::hint::black_box(s ^ i); } s }
		fn main() { println!("{}", spin(100000000)); }
	R
	XDG_CACHE_HOME=$PWD/cache "$PROF" profile --binary spin.rs --iterations 1 --format json > spin.json
	[ "$(jq .samples.total spin.json)" != 0 ] || skip "no samples here"
	jq -e '.samples.inside > .samples.outside' spin.json
}

@test "TMPDIR that is missing, holds blanks and percent signs; no HOME; a cache that cannot be made" {
	hello src.rs
	mkdir 'tmp %p %n d'
	for setting in TMPDIR=/nonexistent "TMPDIR=$PWD/tmp %p %n d" XDG_CACHE_HOME=/proc/none XDG_CACHE_HOME=relative; do
		env "$setting" "$PROF" profile --binary src.rs --iterations 1 --format json | jq -e '.functions[] | select(.name == "f") | .calls == 1'
	done
	[ -z "$(ls -A tmp*)" ]
	[ ! -e relative ]
}

@test "standard streams that are closed" {
	hello src.rs
	"$PROF" profile --binary src.rs --iterations 1 --format json <&- | jq -e '.functions[] | select(.name == "f") | .calls == 1'
	"$PROF" profile --binary src.rs --iterations 1 --format json 2>&- | jq -e '.functions[] | select(.name == "f") | .calls == 1'
	"$PROF" profile --binary src.rs --iterations 1 --format json --output closed.json <&- >&- 2>&-
	jq -e '.functions[] | select(.name == "f") | .calls == 1' closed.json
}

@test "output to a pipe, to /dev/stdout" {
	hello src.rs
	mkfifo pipe
	"$PROF" profile --binary src.rs --iterations 1 --format json --output pipe 3>&- &
	jq -e '.iterations == 1' < pipe
	wait $!
	"$PROF" profile --binary src.rs --iterations 1 --format json --output /dev/stdout | jq -e '.iterations == 1'
}

@test "an edited source is built anew; two programs of one name are two" {
	mkdir a b
	for n in 1 2; do
		printf 'fn f() {}\nfn main() { for _ in 0..%s { f(); } }\n' $n > src.rs
		"$PROF" profile --binary src.rs --iterations 1 --no-reference --format json | jq -e '.functions[] | select(.name == "f") | .calls == '$n
		cp src.rs "$([ $n = 1 ] && echo a || echo b)/"
	done
	for n in 1 2; do
		"$PROF" profile --binary "$([ $n = 1 ] && echo a || echo b)/src.rs" --iterations 1 --no-reference --format json |
			jq -e '.functions[] | select(.name == "f") | .calls == '$n
	done
}

# Ctrl-C comes while $2 stands in the verbose log, or at once for the first step.
interrupt_at() { # interrupt_at SIGNAL PATTERN ARGUMENTS...
	local signal=$1 pattern=$2
	shift 2
	mkdir -p tmp
	TMPDIR=$PWD/tmp XDG_CACHE_HOME=$PWD/cache env --default-signal=INT,TERM,HUP "$PROF" profile --verbose "$@" > out 2> log 3>&- &
	pid=$!
	for _ in $(seq 200); do
		grep -q -- "$pattern" log && break
		sleep 0.05
	done
	kill -"$signal" $pid
	status=0
	wait $pid || status=$?
	echo "status $status; log: $(cat log); left: $(find tmp cache -name 'tmp-*' -o -path 'tmp/*')"
	[ -z "$(find tmp cache -name 'tmp-*' -o -path 'tmp/*')" ]
}

@test "interrupted while it compiles: status of the signal, one line, nothing left behind" {
	rust slow.rs <<< 'fn main() { std::thread::sleep(std::time::Duration::from_millis(100)); }'
	for signal in INT TERM HUP; do
		rm -rf cache
		interrupt_at $signal '^instrument' --binary slow.rs
		[ $status -eq $((128 + $(kill -l $signal))) ]
		[ "$(tail -n 1 log)" = "ruchy-prof: interrupted" ]
		[ ! -s out ]
	done
}

@test "interrupted between and in runs: the report of what ran, nothing left behind" {
	rust quick.rs <<< 'fn f() {} fn main() { f(); std::thread::sleep(std::time::Duration::from_millis(2)); }'
	XDG_CACHE_HOME=$PWD/cache "$PROF" profile --binary quick.rs --iterations 1 > /dev/null
	for _ in 1 2 3 4 5 6; do
		interrupt_at INT 'compile (instrumented)' --binary quick.rs --iterations 100000 --format json
		[ $status -eq 130 ]
		# A run that was cut off stands alone or not at all, and may have ended before its first call.
		if [ -s out ]; then
			jq -e '(.functions[] | select(.name == "f") | .calls) as $calls
			       | .iterations >= 1 and ($calls == 1 or ($calls == 0 and .iterations == 1 and .unfinished_runs == 1))' out
		fi
	done
}
