#!/usr/bin/env bash
# python-packages.sh DIRECTORY REQUIREMENTS: the Python packages of REQUIREMENTS, with their checksums, into DIRECTORY. Only tests want them, and
# are skipped without: so failing to fetch them is said, and no failure.
set -euo pipefail
python=python3
[ -x /usr/bin/python3 ] && python=/usr/bin/python3
mkdir -p "$1"
if $python -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --only-binary :all: --require-hashes \
	--upgrade --target "$1" --requirement "$2"; then
	touch "$1/ok"
else
	echo "no Python packages of $2: the tests that want them are skipped" >&2
fi
