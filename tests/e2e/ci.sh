#!/usr/bin/env bash
# The examples in docs/ci: the shell script run from an empty store to a regression, the YAML against the schemas that its readers publish.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
bin=$(cd "$(dirname "${RUCHY_PROF:-$top/build/bin/ruchy-prof}")" && pwd)
export PATH=$bin:$PATH
unset GITHUB_ACTIONS GITHUB_STEP_SUMMARY BENCH_STORE BENCH_VERSION BENCH_REPORTS
mkdir "$work/project" && cd "$work/project" || exit 1

program() { # program N: of the corpus, so that no ruchy is needed, as its Rust
	sed "s/fibonacci(35)/fibonacci($1)/" "$top/bench-corpus/fibonacci/siblings/fibonacci.rs" > "fib one.rs"
}

gate() { # gate: what the script says, and its exit status
	BENCH_METRICS=calls BENCH_OPTIONS="--runs 4 --no-compile" "$top/docs/ci/bench.sh" "fib one.rs" > out 2> err
	echo "exit $?"
}

program 20
check 'nothing to compare with passes' "$(gate)" 'exit 0'
check 'and says so' "$(head -n 1 out)" 'fib one.rs: no baseline yet'
BENCH_VERSION=abc gate > status
check 'the main branch makes a baseline' "$(cat status; grep -o 'Baseline: abc' out)" $'exit 0\nBaseline: abc'
check 'the same program passes' "$(gate; grep -o 'No significant regression' out)" $'exit 0\nNo significant regression'
program 21
check 'more calls fail with 3' "$(gate; grep -oE '`[a-z]+` 21,891 → 35,421 calls' out)" $'exit 3\n`fibonacci` 21,891 → 35,421 calls'
check 'JUnit names the metric' "$(grep -c '<failure type="regression"' 'bench-reports/fib one.rs.xml')" 1
BENCH_VERSION=def gate > status
check 'a regression makes no baseline' "$(cat status; ruchy-prof bench history 'fib one.rs' --format csv | wc -l)" $'exit 3\n2'
export GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$work/summary.md
check 'GitHub gets annotations on the line' "$(gate; grep -cE '^::error file=fib one.rs,line=[0-9]+,title=FAIL::Calls' out)" $'exit 3\n1'
check 'and a summary of the step' "$(grep -c '^### ❌ FAIL: `fib one.rs`' "$work/summary.md")" 1
unset GITHUB_ACTIONS GITHUB_STEP_SUMMARY
echo 'fn main() { std::process::exit(9); }' > 'fib one.rs'
check 'a program that fails is no regression' "$(gate; grep -o 'exit status 9' err)" $'exit 1\nexit status 9'

schemas=$top/build/ci-schemas/check_jsonschema/builtin_schemas/vendor
valid() { # valid YAML SCHEMA: "yes", or what is wrong
	python3 - "$top/docs/ci/$1" "$schemas/$2" <<- 'P'
		import json, sys, warnings
		warnings.simplefilter("ignore")
		import jsonschema, yaml
		document = yaml.safe_load(open(sys.argv[1]))
		document = {"on" if key is True else key: value for key, value in document.items()}
		schema = json.load(open(sys.argv[2]))
		errors = list(jsonschema.validators.validator_for(schema)(schema).iter_errors(document))
		print("yes" if not errors else errors[0].message[:300])
	P
}
if [ -d "$schemas" ] && python3 -c 'import jsonschema, yaml' 2> /dev/null; then
	check 'the workflow fits the schema of GitHub' "$(valid github-workflow.yml github-workflows.json)" yes
	check 'the job fits the schema of GitLab' "$(valid gitlab-ci.yml gitlab-ci.json)" yes
	sed 's/runs-on/runs-onto/' "$top/docs/ci/github-workflow.yml" > "$work/bad.yml"
	top=$work && mkdir -p "$work/docs/ci" && cp "$work/bad.yml" "$work/docs/ci/"
	check 'a misspelt key does not' "$([ "$(valid bad.yml github-workflows.json)" != yes ] && echo refused)" refused
else
	number=$((number + 1))
	echo "ok $number - the YAML # SKIP the schemas (make ci-schemas) or python3-jsonschema and python3-yaml are not here"
fi
finish
