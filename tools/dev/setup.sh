#!/usr/bin/env bash
# Install the development packages that are missing: through apt (with sudo when not root); elsewhere say what to install and stop.
#   setup.sh           what building and testing need
#   setup.sh --build   what building alone needs
#   setup.sh --aarch64 what building and testing need, and a cross compiler and an emulator for the tests on aarch64 (56 MB), with Rust's library for it
#                      where rustup is there to fetch it
set -euo pipefail

build=(gcc:gcc make:make pkg-config:pkg-config cargo:cargo rustc:rustc)
build_libs=(libcbor:libcbor-dev libzstd:libzstd-dev libxxhash:libxxhash-dev libdw:libdw-dev libelf:libelf-dev jansson:libjansson-dev zlib:zlib1g-dev libmicrohttpd:libmicrohttpd-dev)
tests=(bats:bats jq:jq xxhsum:xxhash clang:clang shellcheck:shellcheck clang-format:clang-format clang-tidy:clang-tidy mandoc:mandoc xmllint:libxml2-utils zstd:zstd callgrind_annotate:valgrind go:golang-go
	chromium:chromium chromedriver:chromium-driver)
tests+=(zsh:zsh fish:fish pahole:dwarves musl-gcc:musl-tools)
tests_libs=(cmocka:libcmocka-dev)

missing=()
want_tools=("${build[@]}") want_libs=("${build_libs[@]}")
if [ "${1:-}" != --build ]; then
	want_tools+=("${tests[@]}") want_libs+=("${tests_libs[@]}")
	python=python3
	[ -x /usr/bin/python3 ] && python=/usr/bin/python3
	for module in jsonschema cbor2 zstandard xxhash selenium; do
		$python -c "import $module" 2> /dev/null || missing+=("python3-$module")
	done
fi
[ -z "${python:-}" ] || $python -m pip --version > /dev/null 2>&1 || missing+=(python3-pip)
if [ "${1:-}" = --aarch64 ]; then
	want_tools+=(aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu qemu-aarch64:qemu-user)
	[ -e /usr/aarch64-linux-gnu/include/stdio.h ] || missing+=(libc6-dev-arm64-cross)
	if command -v rustup > /dev/null && [ -z "$(rustup target list --installed | grep -x aarch64-unknown-linux-gnu)" ]; then
		rustup --quiet target add aarch64-unknown-linux-gnu || echo "no Rust library for aarch64: its tests are skipped" >&2
	fi
fi
for pair in "${want_tools[@]}"; do
	command -v "${pair%%:*}" > /dev/null || missing+=("${pair#*:}")
done
# Reads what the programs of rustc 1.95 count, which llvm-profdata 14 does not; without it the tests of LLVM's profiles are skipped.
if [ "${1:-}" != --build ] && ! command -v llvm-profdata-19 llvm-profdata-2{0,1,2} > /dev/null; then
	if apt-cache show llvm-19 > /dev/null 2>&1; then missing+=(llvm-19); fi
fi
for pair in "${want_libs[@]}"; do
	pkg-config --exists "${pair%%:*}" 2> /dev/null || missing+=("${pair#*:}")
done
[ -e /usr/include/libiberty/demangle.h ] || missing+=(libiberty-dev)
printf '#include <tree_sitter/api.h>\nint main(void){ts_parser_delete(ts_parser_new());return 0;}\n' |
	cc -x c - -ltree-sitter -o /dev/null 2> /dev/null || missing+=(libtree-sitter-dev)

[ ${#missing[@]} -gt 0 ] || exit 0
if ! command -v apt-get > /dev/null; then
	echo "ruchy-prof: development packages are missing: ${missing[*]} (Debian names); install them with this system's package manager" >&2
	exit 1
fi
sudo=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo > /dev/null || {
		echo "ruchy-prof: development packages are missing; install them as root: apt-get install ${missing[*]}" >&2
		exit 1
	}
	sudo=sudo
fi
install() {
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" > /dev/null
}
echo "installing ${missing[*]}"
install 2> /dev/null || { $sudo apt-get update -qq && install; } || {
	echo "ruchy-prof: the packages could not be installed; try: ${sudo:+sudo }apt-get install ${missing[*]}" >&2
	exit 1
}
