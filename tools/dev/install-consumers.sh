#!/usr/bin/env bash
# Install the programs of others that open what ruchy-prof writes, at fixed versions, below the given directory: tests ask them. What cannot be
# installed here is left out, and its tests are skipped.
set -uo pipefail
root=$1
mkdir -p "$root"

want() { # want PROGRAM COMMAND...: unless it is there
	local program=$1
	shift
	[ -e "$root/$program" ] && return
	echo "installing $program into $root" >&2
	"$@" > "$root/install.log" 2>&1 || {
		echo "it could not be installed; see $root/install.log" >&2
		tail -n 3 "$root/install.log" >&2
	}
}

npm_install() { # each apart: one that fails leaves the others
	npm install --prefix "$root" --no-audit --no-fund --ignore-scripts "$1"
}

if command -v cargo > /dev/null; then
	want bin/inferno-flamegraph cargo install inferno --version 0.12.8 --locked --no-default-features --features cli --root "$root" --target-dir "$root/target"
	rm -rf "$root/target"
fi
if command -v npm > /dev/null; then
	want node_modules/speedscope/package.json npm_install speedscope@1.25.0
	want node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool npm_install @microsoft/sarif-multitool-linux@5.7.0
	want node_modules/@firefox-devtools/profiler-cli/package.json npm_install @firefox-devtools/profiler-cli@0.10.0
	chmod u+x "$root/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool" 2> /dev/null
fi
exit 0
