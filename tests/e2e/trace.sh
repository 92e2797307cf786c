#!/usr/bin/env bash
# End-to-end tests of traced programs: what they print stays theirs, counts are exact, trees are golden (tests/golden/trace.*, rewritten with
# GOLDEN=write), and nothing that was recorded is lost by a kill, a panic, threads, a fork or more calls than are kept. TAP on stdout.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../tap.sh"
root=$here/../..
prof=${RUCHY_PROF:-$root/build/bin/ruchy-prof}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# golden NAME GOT
golden() {
	local file=$root/tests/golden/trace.$1
	[ "${GOLDEN:-}" != write ] || printf '%s\n' "$2" > "$file"
	check "golden: $1" "$2" "$(cat "$file")"
}

ask() {
	python3 "$here/trace.py" "$@" 2>&1
}

# build SOURCE FUNCTION: the traced program, as `traced`
build() {
	"$prof" build "$1" --trace-calls "$2" --output traced 2> err || check "$1 $2: builds" "$(cat err)" ""
}

# run [SETTINGS]: leaves run.raw and run.jsonl, prints the status and what the program printed
run() {
	rm -f run.raw*
	RUCHY_PROF_TRACE=${1:-} RUCHY_PROF_FILE="$work/run.raw" timeout 60 ./traced 2> err < /dev/null
	echo "status $?"
	"$prof" report run.raw --format jsonl --output run.jsonl
}

# Durations, and the spaces in front of them; the directory
no_times() {
	sed -E -e "s#^File: .*/#File: #" -e 's/ +[0-9.]+ (ns|µs|ms|s)  /            /' -e 's/ (calls?) {4,}/ \1  /'
}

# --- every function of a program: same output, and the same calls as the exact counts
for source in "$here"/trace/shapes.rs "$root"/bench-corpus/{closures,early-return,generics,methods,panic,threads,traits}/*.ruchy; do
	name=$(basename "${source%.*}")
	"$prof" build "$source" --instrument --output counted 2> err || check "$name: builds" "$(cat err)" ""
	counted=$(RUCHY_PROF_FILE="$work/count.raw" ./counted 2> err < /dev/null; echo "status $?")
	"$prof" report count.raw --format json --output count.json
	build "$source" '*'
	check "$name: the output stays its own" "$(run)" "$counted"
	check "$name: as many calls as the exact counts" "$(ask counts run.jsonl count.json)" ""
done

# --- trees
cp "$here"/trace/*.rs .
printf 'fun fibonacci(n: i32) -> i32 {\n    if n <= 1 { n } else {\n        fibonacci(n - 1) + fibonacci(n - 2)\n    }\n}\n\nfun main() {\n    println(fibonacci(N))\n}\n' > fibonacci.in
for n in 4 20; do
	sed "s/(N)/($n)/" fibonacci.in > fibonacci.ruchy
	printf '// made by hand\nfn fibonacci(n: i32) -> i32 {\n    if n <= 1 { n } else { fibonacci(n - 1) + fibonacci(n - 2) }\n}\nfn main() {\n    println!("{:?}", fibonacci(%d))\n}\n' $n > fibonacci.rs
	build fibonacci.rs fibonacci
	run > out
	check "fibonacci($n): every argument as often as the formula says" "$(ask formula run.jsonl $n)" ""
	[ $n = 4 ] && golden fibonacci.tree "$("$prof" report run.raw | no_times)"
done
golden fibonacci.first "$(RUCHY_PROF_TRACE=first=8,last=4,slowest=2 RUCHY_PROF_FILE=$work/few.raw ./traced > out && "$prof" report few.raw | no_times)"
run first=30000 > out
check "a second reader, from FORMAT.md" "$(python3 "$here/read_trace.py" run.raw | cksum)" "$(ask rows run.jsonl | cksum)"
run first=5,last=3,slowest=2,depth=4 > out
check "--trace-depth: no deeper call is kept, each is counted" "$(ask tree run.jsonl | grep -c '        fibonacci'), $(ask show run.jsonl calls kept)" "0, 21891 15"
run first=1000,min-ns=1000000000 > out
check "--trace-min-time: nothing takes that long" "$(ask show run.jsonl calls kept)" "21891 0"
run first=1000,last=1000,min-ns=20000 > out
check "--trace-min-time: every call that is kept has its callers" "$(ask tree run.jsonl | awk '{ d = index($0, "fibonacci") / 2; if (d > last + 1) print; last = d }' | sed 1d)" ""
run first=0,last=0,slowest=0 > out
check "nothing is kept, all is counted" "$(ask show run.jsonl calls), $(ask formula run.jsonl 20)" "21891, "
run 'first=99999999999999999999,last=,slowest=x,keys=0,nonsense=3,=,,' > out
check "settings that are none" "$(ask show run.jsonl calls)" "21891"

build shapes.rs '*'
run > out
golden shapes.tree "$(ask tree run.jsonl | grep '^1 ' | grep -v '{closure#4}')" # which thread comes first is open

# --- ends
build killed.rs work
check "abort: its own end" "$(run 2> /dev/null | head -n 1)" "status 134"
golden killed.tree "$("$prof" report run.raw | no_times)"

build threads.rs f
check "threads: output" "$(run)" "$(printf '1\nstatus 0')"
check "threads: calls, panics" "$(ask show run.jsonl calls panicked)" "391 1"
check "threads: no more places than threads at once" "$(ask show run.jsonl threads lost_threads | awk '{ print ($1 <= 5), $2 }')" "1 0"
check "threads: each argument" "$(python3 -c 'import json; s = [json.loads(l) for l in open("run.jsonl")][-1]["summary"]; print(sorted(r["calls"] for r in s["arguments"]) == [1] + 39 * [10])')" True

build fork.rs '*'
run > out
check "fork: the parent" "$(ask tree run.jsonl | sed 's/ inside.*//')" "$(printf '1 main() null\n1   outer(7) 7\n1     inner(1) 2\n1     inner(2) 3')"
"$prof" report run.raw.* --format jsonl --output run.jsonl
check "fork: the child has its own calls and those that were open" "$(ask tree run.jsonl | sed 's/ inside.*//')" "$(printf '1     inner(30) 31\n1     inner(31) 32\n1 main() null\n1   outer(7) 7')"

# --- more values than places
build values.rs f
check "values: output" "$(run keys=256)" "$(printf '5000150001\nstatus 0')"
check "values: calls" "$(ask show run.jsonl calls)" "199997"
check "values: each count within its error, their number within twice that of the sketch" "$(ask bounds run.jsonl)" ""
check "values: the text says so" "$("$prof" report run.raw | grep -c 'some .* distinct values, within 3.2%')" 1

# --- texts
build strings.rs say
run > out
check "texts: a second reader" "$(python3 "$here/read_trace.py" run.raw)" "$(ask rows run.jsonl)"
golden strings.tree "$(ask tree run.jsonl)"
check "texts: nothing that a terminal obeys" "$("$prof" report run.raw | LC_ALL=C grep -c $'[\001-\010\013-\037\177]\|\342\200\256')" 0
check "texts: ASCII where the terminal is" "$(LC_ALL=C "$prof" report run.raw | LC_ALL=C grep -c $'[\200-\377]')" 0
for columns in 28 40 80; do
	check "texts: $columns columns" "$(COLUMNS=$columns "$prof" report run.raw | awk -v w=$columns 'length($0) > w + 20' | head -n 3)" ""
done
"$prof" report run.raw --format chrome-trace --output run.json
check "Chrome: events that are complete, one a call" "$(python3 -c 'import json; e = json.load(open("run.json"))["traceEvents"]; print(len([x for x in e if x["ph"] == "X" and x["dur"] >= 0 and x["ts"] >= 0 and x["name"].startswith("say(")]), len(e))')" "12 13"

# --- the command line, as in the request
cp "$root/bench-corpus/fibonacci/fibonacci.ruchy" .
"$prof" profile --binary fibonacci.ruchy --function fibonacci --trace-calls > out 2> err
check "profile --trace-calls: status, errors" "$? $(cat err)" "0 "
check "profile --trace-calls: all 29,860,703 calls" "$(grep -c '^29,860,703 calls in 1 thread, up to 35 deep' out)" 1
check "profile --trace-calls: calls by argument" "$(grep -c '121,393 calls .*fibonacci(10)$' out)" 1
check "profile --trace-calls: as many lines as a pager likes" "$(awk 'END { print (NR > 100 && NR < 300) }' out)" 1
"$prof" profile --binary fibonacci.ruchy --trace-calls > out 2> err
check "--trace-calls wants a function" "$? $(cat err)" "2 ruchy-prof: --trace-calls is about one function: fibonacci.ruchy; name the function to trace: --function NAME"
"$prof" profile --binary fibonacci.ruchy --trace-calls --function fibonaci > out 2> err
check "a misspelt function" "$? $(grep -c fibonacci err)" "2 1"
"$prof" profile --binary fibonacci.ruchy --trace-calls --function fibonacci --format svg > out 2> err
check "an unknown format" "$? $(cat err)" "2 ruchy-prof: unknown format: svg; formats of a trace: text, jsonl, chrome-trace"
RUCHY_PROF_FILE=$work/one.raw ./traced > out
"$prof" report one.raw count.raw > out 2> err
check "a trace is no profile" "$? $(grep -c 'this is a trace of calls, not a profile' err)" "1 1"

# --- as it happens
cat > times.py << 'PYTHON'
import sys, time
times = [time.monotonic() for line in sys.stdin if "step" in line and ("=" in line or '"call"' in line)]
print(len(times), times[-1] - times[0] > 1)
PYTHON
for format in text jsonl; do
	check "$format: told while the program runs" "$("$prof" profile --binary slow.rs --function step --trace-calls --no-reference --format $format | python3 times.py)" \
		"8 True"
done
set -m
env --default-signal=INT "$prof" profile --binary slow.rs --function step --trace-calls --no-reference > out 2> err < /dev/null &
for _ in $(seq 300); do
	[ "$(grep -c 'step([0-9]) = ' out)" -ge 2 ] && break
	sleep 0.1
done
kill -INT $!
wait $!
check "interrupted: its status, and what ran is told" "$? $(awk '/step\([0-9]\) = /' out | wc -l | awk '{ print ($1 >= 2 && $1 < 8) }') $(grep -c 'calls in 1 thread' out)" "130 1 1"
set +m

# --- full disk, no file
RUCHY_PROF_FILE=$work/none/run.raw ./traced > out 2> err
check "no file: the program runs on" "$? $(cat out) $(wc -l < err)" "0 abc 1"
(ulimit -f 8 && RUCHY_PROF_FILE=$work/small.raw ./traced > out 2> err)
check "no space: the program runs on" "$? $(cat out) $(wc -l < err)" "0 abc 1"

finish
