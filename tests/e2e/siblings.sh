#!/usr/bin/env bash
# What a bootstrap is compared with when nothing is named: the same program in its own folder, else the corpus' function, built into the cache on first
# use. Compilers that take long or need a network are stand-ins here; g++ is real. TAP on stdout.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
build=$(cd "$(dirname "${RUCHY_PROF:-$top/build/bin/ruchy-prof}")/.." && pwd)
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
. "$here/../tap.sh"
cd "$work" || exit 1
if ! command -v g++ > /dev/null; then
	echo "1..0 # SKIP no g++"
	exit 0
fi

# As it is installed: without what `make bootstraps` has built.
mkdir -p inst/bin inst/lib inst/share stand-ins
cp "$build/bin/ruchy-prof" inst/bin/ && cp "$build"/lib/* inst/lib/ && cp -R "$build/share/ruchy-prof" inst/share/
export XDG_CACHE_HOME=$work/cache PATH=$work/stand-ins:$PATH PIP_NO_INDEX=1
unset RUCHY_PROF_SIBLINGS
for tool in cargo go; do
	printf '#!/bin/sh\ncase $1 in --version | version) echo "%s 1"; exit ;; esac\necho x >> "%s/%s-asked"\necho "error: no route to the registry" >&2\nexit 101\n' \
		"$tool" "$work" "$tool" > "stand-ins/$tool"
	chmod +x "stand-ins/$tool"
done
g++ -O1 -o subject "$top/bench-corpus/bootstrap/siblings/cpp/bootstrap.cpp" || exit 1
analyze() { # analyze PROGRAM OPTIONS...: JSON in out.json
	inst/bin/ruchy-prof analyze --lambda-ready "$@" --runs 1 --format json > out.json 2> err || cat err
}
why() { # why NAME
	jq -r --arg name "$1" '.lambda.not_compared[] | select(.name == $name).why' out.json
}

RUCHY_PROF_SIBLINGS=built analyze ./subject
check "with RUCHY_PROF_SIBLINGS=built nothing is built" "$(jq -r '.lambda | "\(.versus | length) \(.not_compared | length)"' out.json) $(cat ./*-asked 2> /dev/null)" "0 4 "
analyze ./subject --no-siblings
check "with --no-siblings there is none" "$(jq -r '.lambda | "\(.versus | length) \(.not_compared | length)"' out.json)" "0 0"
analyze ./subject
check "C++ is built and compared with" "$(jq -r '.lambda.versus | map("\(.program) \(.answer)") | join(",")' out.json | sed 's/{.*//')" "C++ "
check "what can't be built is told, with what its tool said" "$(why Go | grep -c 'could not be built: error: no route to the registry; .*/log has all of it')" 1
analyze ./subject
check "what failed is not tried again" "$(wc -l < go-asked) $(why Go | grep -c 'siblings tries again')" "1 1"
sed -i 's|^echo "error.*|while [ "$1" != --target-dir ]; do shift; done; mkdir -p "$2/release"; cp "$XDG_CACHE_HOME"/ruchy-prof/bootstraps/*/cpp/bootstrap "$2/release/bootstrap"; exit 0|' stand-ins/cargo
analyze ./subject --siblings
check "with --siblings it is" "$(wc -l < go-asked) $(jq -r '.lambda.versus | map(.program) | join(",")' out.json)" "2 Rust (tokio),C++"
echo '// another version' >> inst/share/ruchy-prof/bootstraps/cpp/bootstrap.cpp
analyze ./subject
check "sources that changed are another entry of the cache" "$(find cache -path '*/cpp/bootstrap' | wc -l)" 2
if [ -z "$(PATH=/usr/bin:/bin command -v go)" ]; then
	PATH=/usr/bin:/bin analyze ./subject
	check "a tool that is absent is told, and how to get it" "$(why Go)" "there is no go here; get it: https://go.dev/dl, or the package golang-go"
fi
sed -i 's|^echo x.*|exec sleep 987|' stand-ins/cargo
sed -i 's|echo "cargo 1"|echo "cargo 2"|' stand-ins/cargo
timeout -s INT 3 inst/bin/ruchy-prof analyze --lambda-ready ./subject --siblings --runs 1 > /dev/null 2> err
check "Ctrl-C ends the build and the command" "$(grep -c interrupted err) $(pgrep -f '^sleep 987' | wc -l)" "1 0"

mkdir own && cp "$top/bench-corpus/bootstrap/bootstrap.ruchy" own/f.ruchy && cp "$top/bench-corpus/bootstrap/bootstrap.rs" own/f.rs
cp "$top/bench-corpus/bootstrap/siblings/cpp/bootstrap.cpp" own/f.cpp && echo 'int main() { no }' > own/f.c
analyze own/f.ruchy
check "the same program in its own folder comes first; its transpile is none" "$(jq -r '.lambda.versus | map(.program) | join(",")' out.json)" "C++"
check "and one that does not compile is told" "$(why C | grep -c 'does not compile')" 1
finish
