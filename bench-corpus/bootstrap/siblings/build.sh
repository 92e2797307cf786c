#!/usr/bin/env bash
# build.sh DIRECTORY [LANGUAGE...]: this Lambda function in each language, as it would be deployed, as DIRECTORY/LANGUAGE/bootstrap. Nothing is
# written beside the sources. What the tools say is in DIRECTORY/LANGUAGE/log. Exit status 1 when one could not be built, which is said.
set -uo pipefail
sources=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1" && root=$(cd "$1" && pwd) || exit 1
shift
[ $# -gt 0 ] || set -- rust go cpp python

rust() {
	cargo build --quiet --release --locked --manifest-path "$sources/rust/Cargo.toml" --target-dir "$root/rust/target" &&
		mv "$root/rust/target/release/bootstrap" "$root/rust/new" && rm -rf "$root/rust/target"
}
go() {
	(cd "$sources/go" && CGO_ENABLED=0 command go build -mod=readonly -trimpath -tags lambda.norpc -ldflags '-s -w' -o "$root/go/new" .)
}
cpp() {
	g++ -std=c++17 -O2 -s -o "$root/cpp/new" "$sources/cpp/bootstrap.cpp"
}
python() {
	local python=python3
	[ -x /usr/bin/python3 ] && python=/usr/bin/python3
	$python -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --only-binary :all: --require-hashes \
		--upgrade --target "$root/python/packages" --requirement "$sources/python/requirements.txt" &&
		cp "$sources/python/handler.py" "$root/python/" &&
		sed "s|@PYTHON@|$($python -c 'import sys; print(sys.executable)')|" "$sources/python/bootstrap.in" > "$root/python/new" &&
		chmod +x "$root/python/new"
}

failed=0
for language in "$@"; do
	mkdir -p "$root/$language"
	echo "  BUILD   $root/$language/bootstrap"
	if "$language" > "$root/$language/log" 2>&1; then
		mv "$root/$language/new" "$root/$language/bootstrap"
	else
		rm -f "$root/$language/bootstrap" "$root/$language/new"
		echo "no bootstrap in $language; see $root/$language/log:" >&2
		tail -n 3 "$root/$language/log" >&2
		failed=1
	fi
done
exit $failed
