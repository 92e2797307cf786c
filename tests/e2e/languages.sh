#!/usr/bin/env bash
# The siblings of the corpus print what the Ruchy programs print, in every language that is installed; a comparison fits its schema; its
# picture is looked at in headless Chromium. TAP on stdout. The Python siblings that take seconds run in `make bench-langs` alone.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
. "$top/tests/tap.sh"
prof=$(cd "$(dirname "${RUCHY_PROF:-$top/build/bin/ruchy-prof}")" && pwd)/ruchy-prof
PYTHON=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$top" || exit 1

for directory in bench-corpus/*/siblings; do
	name=$(basename "$(dirname "$directory")")
	[ -e "bench-corpus/$name/$name.out" ] || continue
	languages=rust,c,cpp,go,node
	case $name in fibonacci | wordcount) languages=$languages,python ;; esac
	"$prof" profile --compare "bench-corpus/$name/$name.ruchy" --baseline-langs $languages --runs 1 --format json --output "$work/$name.json" 2> "$work/err" < /dev/null
	check "$name: all siblings print the same" "$?$(cat "$work/err")" 0
	check "$name: as many bytes as $name.out has" "$(jq .output_bytes "$work/$name.json")" "$(wc -c < "bench-corpus/$name/$name.out")"
	check "$name: calls of the Ruchy program, exactly" "$(jq '.programs[] | select(.name == "Ruchy") | .calls' "$work/$name.json")" \
		"$(awk -F '\t' '{ sum += $2 } END { printf "%d\n", sum }' "bench-corpus/$name/$name.calls")"
	missing=$(for word in ${languages//,/ }; do case $word in node) suffix=js ;; rust) suffix=rs ;; python) suffix=py ;; *) suffix=$word ;; esac
		[ -e "$directory/$name.$suffix" ] || echo "$name.$suffix"; done)
	check "$name: there is one in each language" "$missing" ""
done

if python3 -c 'import jsonschema' 2> /dev/null; then
	check "reports fit docs/compare.schema.json, damaged ones do not" "$(python3 - docs/compare.schema.json "$work"/*.json <<- 'PYTHON'
		import copy, json, sys
		import jsonschema
		schema = json.load(open(sys.argv[1]))
		jsonschema.Draft202012Validator.check_schema(schema)
		validator = jsonschema.Draft202012Validator(schema)
		for path in sys.argv[2:]:
		    for error in validator.iter_errors(json.load(open(path))):
		        print(path, error.json_path, error.message[:200])
		good = json.load(open(sys.argv[2]))
		for key in list(good):
		    bad = copy.deepcopy(good)
		    del bad[key]
		    if validator.is_valid(bad):
		        print("accepted without", key)
		for key in list(good["programs"][0]):
		    bad = copy.deepcopy(good)
		    del bad["programs"][0][key]
		    if validator.is_valid(bad):
		        print("accepted without programs", key)
	PYTHON
	)" ""
else
	echo "ok $((number += 1)) - schema # SKIP python3-jsonschema is not installed"
fi

why=$(cd "$here" && "$PYTHON" -c 'import browser; print(browser.missing() or "")' 2>&1)
if [ -n "$why" ]; then
	echo "ok $((number += 1)) - the picture # SKIP $why"
else
	printf 'print(42)\n' > "$work/a rather long name for a program.py"
	printf 'console.log(42)\n' > "$work/<b> & \"c\".js"
	printf 'int puts(const char *);\nint main(void) { return puts("42") < 0; }\n' > "$work/c.c"
	(cd "$work" && "$prof" profile --compare c.c "a rather long name for a program.py" '<b> & "c".js' c.c --runs 6 --output chart.svg < /dev/null)
	check "the chart: all text inside, no bar behind a figure, nothing loaded, in light and dark" "$("$PYTHON" "$here/chart.py" "$work/chart.svg" 2>&1)" ""
fi
finish
