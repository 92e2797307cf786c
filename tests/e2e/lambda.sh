#!/usr/bin/env bash
# The bootstraps of the corpus against our Runtime API: ours, and the runtime clients of AWS, which know the API better than we do. All answer
# the same event alike. TAP on stdout.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
prof=$(cd "$(dirname "${RUCHY_PROF:-$top/build/bin/ruchy-prof}")" && pwd)/ruchy-prof
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
. "$here/../tap.sh"
cd "$work" || exit 1
event='{"n":35,"name":"Ruchy"}' # in the order of its keys, which one of the clients brings them into
printf '%s' "$event" > event.json
expected=$(python3 -c '
import sys
total = 0
for byte in sys.argv[1].encode():
    total = (total * 31 + byte) % 1000003
print(len(sys.argv[1]), total)' "$event")

skip() {
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}
analyze() { # analyze PROGRAM OPTIONS...: JSON in out.json
	local program=$1
	shift
	"$prof" analyze --lambda-ready "$program" --runs 2 --event event.json --format json --versus "$program" "$@" > out.json 2> err || cat err
}
answered() {
	jq -r '.lambda.answer | fromjson | "\(.bytes) \(.sum)"' out.json
}

cp "$top/bench-corpus/bootstrap/bootstrap.ruchy" .
analyze bootstrap.ruchy
check "the Ruchy bootstrap answers" "$(answered)" "$expected"
check "phases and difference are the total" "$(jq '.lambda | (.phases | map(.median_ms) | add) + .difference_ms - .total_ms | fabs < 0.0001' out.json)" true
check "its phases" "$(jq -r '.lambda.phases | map(.name) | join(",")' out.json)" "fork, exec,kernel load,dynamic linking,before main,main to first next"
check "init code: until the first event, each of these ran once and the handler did not" \
	"$(jq -r '.lambda.init_functions | map(select(.calls > 0) | "\(.name) \(.calls)") | sort | join(",")' out.json)" \
	"exchange 1,main 1,next_event 1,serve 1"
check "causes and what is not explained are the total" \
	"$(jq '.lambda | (.until_first_next.causes | map(.ms // 0) | add) - .total_ms | fabs < 0.0001' out.json)" true
check "system calls have a time, and by kind they are as many" \
	"$(jq '.lambda.until_first_next | .system_calls_cpu_ms > 0 and (.system_call_kinds | (map(.calls) | add) >= 20 and any(.name == "connect" and .calls == 1 and .cpu_ms > 0))' out.json)" true
check "it starts no thread, makes system calls, allocates, relocates" \
	"$(jq '.lambda.until_first_next | .threads_started == 0 and .system_calls > 20 and .allocations > 3 and .relocations > 0' out.json)" true

if [ "${RUCHY_PROF_RUCHY:-}" != none ] && command -v ruchy > /dev/null; then
	printf 'fun lambda_handler(event: String) -> String {\n    format!("{{\\"bytes\\":{},\\"sum\\":{}}}", event.len(), 7)\n}\n' > handler.ruchy
	analyze handler.ruchy
	check "a handler without main runs in our bootstrap" "$(answered)" "${expected% *} 7"
else
	skip "a handler without main runs in our bootstrap" "no ruchy"
fi

for language in rust go cpp python; do
	program=$top/build/share/bootstraps/$language/bootstrap
	if [ ! -x "$program" ]; then
		skip "$language" "not built: make bootstraps"
		continue
	fi
	analyze "$program"
	check "$language answers" "$(answered)" "$expected"
done
if [ -x "$top/build/share/bootstraps/rust/bootstrap" ]; then
	analyze "$top/build/share/bootstraps/rust/bootstrap"
	check "tokio's threads are seen, and what they cost" \
		"$(jq '.lambda.until_first_next | .threads_started >= 1 and .threads_start_ms > 0 and .threads_cpu_ms > 0' out.json)" true
fi
finish
