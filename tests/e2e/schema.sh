#!/usr/bin/env bash
# Every JSON report in tests/golden, and one of a real profile when the command is built, fits docs/profile.schema.json; and reports
# with a required key missing or a wrong type do not, so that a schema which allows anything would be noticed.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
if ! python3 -c 'import jsonschema' 2> /dev/null; then
	echo "1..0 # skip python3-jsonschema is not installed"
	echo "ok 1 - schema # skip python3-jsonschema is not installed"
	exit 0
fi
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
prof=${RUCHY_PROF:-build/bin/ruchy-prof}
if [ -x "$prof" ]; then
	"$prof" profile --binary bench-corpus/fibonacci/fibonacci.ruchy --iterations 2 --format json --output "$work/real.json" 2> "$work/err" ||
		sed 's/^/# /' "$work/err"
else
	echo "# $prof is not built: no real profile"
fi
python3 - docs/profile.schema.json "$prof" "$work/real.json" tests/golden/json.* << 'PYTHON'
import copy, json, os, sys
import jsonschema

schema_path, prof, real, *golden = sys.argv[1:]
schema = json.load(open(schema_path))
Validator = jsonschema.Draft202012Validator
results = []

def check(name, wrong):
    results.append(not wrong)
    print(f"{'not ok' if wrong else 'ok'} {len(results)} - {name}")
    for line in wrong[:10]:
        print("# " + line[:300])

def errors(document):
    return [f"{e.json_path}: {e.message}" for e in Validator(schema).iter_errors(document)]

Validator.check_schema(schema)
check("there are golden reports", [] if len(golden) > 5 else [f"{len(golden)} found"])
for path in golden + ([real] if os.access(prof, os.X_OK) else []):
    try:
        document = json.load(open(path, encoding="utf-8"))
        check(os.path.basename(path) + " fits", errors(document))
    except (OSError, ValueError) as e:
        check(os.path.basename(path) + " fits", [str(e)])

good = json.load(open("tests/golden/json.fibonacci.all", encoding="utf-8"))
for key in schema["required"]:
    bad = copy.deepcopy(good)
    del bad[key]
    check(f"without {key}: refused", [] if errors(bad) else ["accepted"])
for array in ("functions", "edges", "hotspots", "lines", "recommendations"):
    for key in list(good[array][0]):
        bad = copy.deepcopy(good)
        del bad[array][0][key]
        check(f"{array} without {key}: refused", [] if errors(bad) else ["accepted"])
for path, value in ((("functions", 0, "calls"), "1"), (("functions", 0, "self_percent"), 101), (("functions", 0, "line_start"), 0),
                    (("time", "plain_ns"), 5), (("schema",), "ruchy-prof.profile/2"), (("memory", "peak_rss_bytes"), -1)):
    bad = copy.deepcopy(good)
    at = bad
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    check(f"{'.'.join(map(str, path))} = {value!r}: refused", [] if errors(bad) else ["accepted"])
print(f"1..{len(results)}")
sys.exit(0 if all(results) else 1)
PYTHON
