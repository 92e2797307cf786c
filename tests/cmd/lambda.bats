#!/usr/bin/env bats
# analyze --lambda-ready: what it refuses, and what it says of programs that are no bootstrap. Programs here are shell scripts and small C.
load helper

# A bootstrap in a few lines of Python over plain sockets.
bootstrap() {
	command -v python3 > /dev/null || skip "no python3"
	cat > bootstrap <<- 'P'
		#!/usr/bin/env python3
		import http.client, os, sys
		api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
		root = "/2018-06-01/runtime/"
		while True:
		    api.request("GET", root + "invocation/next")
		    answer = api.getresponse()
		    event, id = answer.read(), answer.headers["Lambda-Runtime-Aws-Request-Id"]
		    for name in ("Lambda-Runtime-Deadline-Ms", "Lambda-Runtime-Invoked-Function-Arn", "Lambda-Runtime-Trace-Id"):
		        assert answer.headers[name], name
		    if event == b'"fail"':
		        api.request("POST", root + "invocation/" + id + "/error", b'{"errorMessage":"it failed"}')
		    elif event == b'"exit"':
		        sys.exit(7)
		    else:
		        api.request("POST", root + "invocation/" + id + "/response", event)
		    assert api.getresponse().read() and answer.status == 200
	P
	[ ! -x /usr/bin/python3 ] || sed -i '1s|.*|#!/usr/bin/python3 -S|' bootstrap # no wrapper of a version manager
	chmod +x bootstrap
}

@test "a bootstrap is started, served and ended; figures in JSON" {
	bootstrap
	echo '{"a": 1}' > event.json
	"$PROF" analyze --lambda-ready ./bootstrap --versus ./bootstrap --runs 2 --event event.json --format json > out.json
	jq -e '.lambda | .starts == 2 and .total_ms > 0 and .base_rss_bytes > 1000000 and .peak_rss_bytes >= .base_rss_bytes' out.json
	jq -e '.lambda | (.phases | length >= 4) and ((.phases | map(.median_ms) | add) + .difference_ms - .total_ms | fabs < 0.001)' out.json
	jq -e '.lambda.until_first_next | .system_calls > 50 and .page_faults > 100 and .relocations > 0' out.json
	jq -e '.lambda.versus | length == 1 and .[0].starts == 2' out.json
	[ -z "$(pgrep -f "$PWD/bootstrap")" ]
}

@test "a program that asks for no event says so" {
	run "$PROF" analyze --lambda-ready /bin/true --runs 1
	assert_error 1 'ended by exit status 0 before it asked for an event: /bin/true; is it a Lambda bootstrap'
	run "$PROF" analyze --lambda-ready /bin/sleep --runs 1 --timeout 0.3 -- 60
	assert_error 1 'did not ask for an event in time'
}

@test "an error that the function reports is shown, and a bootstrap that ends" {
	bootstrap
	echo '"fail"' | tr -d '\n' > event.json
	run "$PROF" analyze --lambda-ready ./bootstrap --runs 1 --event event.json
	assert_error 1 'answered an event with an error'
	[[ $output == *"it failed"* ]]
	echo '"exit"' | tr -d '\n' > event.json
	run "$PROF" analyze --lambda-ready ./bootstrap --runs 1 --event event.json
	assert_error 1 'ended by exit status 7 before its last event was answered'
}

@test "options that are not usable" {
	run "$PROF" analyze --lambda-ready /bin/true --target-ms soon
	assert_error 2 'target-ms'
	run "$PROF" analyze --lambda-ready /bin/true --lambda-size 64
	assert_error 2 '128 to 10240'
	run "$PROF" analyze --lambda-ready /bin/true --siblings --no-siblings
	assert_error 2 'contradict each other'
	echo 'no JSON' > event.json
	run "$PROF" analyze --lambda-ready /bin/true --event event.json
	assert_error 1 'an event is JSON'
	run "$PROF" analyze --lambda-ready /bin/true --event missing.json
	assert_error 1 'missing.json'
	run "$PROF" analyze --lambda-ready /bin/true --cloudwatch event.json
	assert_error 1 'no REPORT line'
	run "$PROF" analyze --lambda-ready event.json --runs 1
	[ "$status" -eq 1 ]
}

@test "logs: Init Durations by version, plain and gzip, beside the local figures" {
	bootstrap
	for i in 1 2 3; do
		printf 'INIT_START Runtime Version: provided:al2023.v15\tRuntime Version ARN: x\nSTART RequestId: %d Version: 7\n' $i
		printf 'REPORT RequestId: %d\tDuration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 14 MB\tInit Duration: 8.%d0 ms\n' $i $i
	done > log
	gzip -c log > log.gz
	"$PROF" analyze --lambda-ready ./bootstrap --versus ./bootstrap --runs 1 --cloudwatch log --cloudwatch log.gz --format json > out.json
	jq -e '.lambda.cloudwatch | length == 1 and .[0].version == "7" and .[0].cold_starts == 6 and .[0].init_duration_median_ms == 8.2' out.json
	jq -e '.lambda.where == "local"' out.json
	head -c 60 log.gz > cut.gz
	run "$PROF" analyze --lambda-ready ./bootstrap --cloudwatch cut.gz
	[ "$status" -eq 1 ]
}

@test "the limits of a Lambda size hold, or are said to be unavailable" {
	bootstrap
	"$PROF" analyze --lambda-ready ./bootstrap --versus ./bootstrap --runs 1 --lambda-size 512 --format json > out.json
	jq -e '.lambda | .lambda_mb == 512 and ((.memory_limited and .cpu_limited) or (.not_limited_because | length > 10))' out.json
}

@test "a budget of the cold start" {
	bootstrap
	run "$PROF" analyze --lambda-ready ./bootstrap --versus ./bootstrap --runs 6 --budget cold-start=1us
	assert_error 3 'cold-start exceeded'
	"$PROF" analyze --lambda-ready ./bootstrap --versus ./bootstrap --runs 6 --budget cold-start=1000s > /dev/null
}

@test "pages of the file that another process holds are not dropped, and that is said" {
	bootstrap
	case $(stat -f -c %T .) in tmpfs | ramfs | overlayfs) skip "the file system keeps its pages" ;; esac
	"$PROF" analyze --lambda-ready ./bootstrap --no-siblings --runs 2 --format json > out.json
	jq -e '.lambda | .file_pages == 1 and .dropped_pages_kept == 0 and .dropped_total_ms > 0' out.json
	python3 -c '
import mmap, sys, time
with open("bootstrap", "rb") as file:
    held = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
held[0]
open("held", "w").close()
time.sleep(60)' &
	local holder=$!
	while [ ! -e held ]; do sleep 0.05; done
	"$PROF" analyze --lambda-ready ./bootstrap --no-siblings --runs 2 > out.txt
	kill $holder
	grep -q 'up to 1 of its 1 pages stayed' out.txt
	grep -q 'These starts are not all cold' out.txt
}

@test "the order of two that are alike is not told as one, and each cause has its share" {
	bootstrap
	"$PROF" analyze --lambda-ready ./bootstrap --versus ./bootstrap --runs 2 --format json > out.json
	jq -e '.lambda | (.ranking | map(.rank)) == [1, 1] and (.pairs | length == 1 and .[0].ci95 == null)' out.json
	jq -e '.lambda.until_first_next | (.causes | map(.percent // 0) | add) - 100 | fabs < 0.01' out.json
	jq -e '.lambda.until_first_next | .system_calls_cpu_ms > 0 and (.system_call_kinds | map(.calls) | add) > 50' out.json
	"$PROF" analyze --lambda-ready ./bootstrap --versus ./bootstrap --runs 2 > out.txt
	grep -q 'Difference to bootstrap (ms more' out.txt
	grep -q 'not explained' out.txt
}

@test "its JSON fits the schema, with another program that fails beside it" {
	/usr/bin/python3 -c 'import jsonschema' || skip "python3-jsonschema is not installed"
	bootstrap
	"$PROF" analyze --lambda-ready ./bootstrap --versus /bin/true --runs 1 --output a.json
	"$PROF" analyze --lambda-ready ./bootstrap --runs 1 --output b.json
	/usr/bin/python3 - "$ROOT/docs/analyze.schema.json" a.json b.json <<- 'P'
		import json, jsonschema, sys
		validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
		for path in sys.argv[2:]:
		    document = json.load(open(path))
		    problems = [f"{e.json_path}: {e.message}" for e in validator.iter_errors(document)]
		    assert not problems, problems[:5]
		    document["lambda"]["until_first_next"]["causes"][0]["ms"] = "many"
		    assert not validator.is_valid(document)
	P
	jq -e '.lambda.versus[0].failed | length > 10' a.json
}
