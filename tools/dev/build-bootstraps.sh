#!/usr/bin/env bash
# build-bootstraps.sh DIRECTORY [LANGUAGE...]: the Lambda function of bench-corpus/bootstrap in other languages, as it would be deployed, each as
# DIRECTORY/LANGUAGE/bootstrap. One whose toolchain or packages are not there is left out, and said.
set -uo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
sources=$here/bench-corpus/bootstrap/siblings
mkdir -p "$1" && root=$(cd "$1" && pwd) || exit 1
shift
[ $# -gt 0 ] || set -- rust go cpp python

rust() {
	cargo build --quiet --release --locked --manifest-path "$sources/rust/Cargo.toml" --target-dir "$root/rust/target" &&
		cp "$root/rust/target/release/bootstrap" "$root/rust/bootstrap"
}
go() {
	(cd "$sources/go" && CGO_ENABLED=0 command go build -mod=readonly -trimpath -tags lambda.norpc -ldflags '-s -w' -o "$root/go/bootstrap" .)
}
cpp() {
	g++ -std=c++17 -O2 -s -o "$root/cpp/bootstrap" "$sources/cpp/bootstrap.cpp"
}
python() {
	local python=python3
	[ -x /usr/bin/python3 ] && python=/usr/bin/python3
	"$here/tools/dev/python-packages.sh" "$root/python/packages" "$sources/python/requirements.txt" && [ -e "$root/python/packages/ok" ] &&
		cp "$sources/python/handler.py" "$root/python/" &&
		sed "s|@PYTHON@|$($python -c 'import sys; print(sys.executable)')|" "$sources/python/bootstrap.in" > "$root/python/bootstrap" &&
		chmod +x "$root/python/bootstrap"
}

for language in "$@"; do
	mkdir -p "$root/$language"
	echo "  BUILD   $root/$language/bootstrap"
	"$language" > "$root/$language/log" 2>&1 || {
		rm -f "$root/$language/bootstrap"
		echo "no bootstrap in $language; see $root/$language/log:" >&2
		tail -n 3 "$root/$language/log" >&2
	}
done
exit 0
