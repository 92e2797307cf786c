# Shared by check.sh and update.sh; sourced, with $here = the directory of the corpus.
# shellcheck shell=sh disable=SC2154

# The real transpiler: RUCHY, then PATH, then the one that `make ruchy` installs.
find_ruchy() {
	if [ -n "${RUCHY:-}" ]; then
		command -v "$RUCHY"
	elif command -v ruchy; then
		:
	else
		command -v "$here/../build/ruchy/bin/ruchy"
	fi
}

# XXH3-128 of a file as 32 lower-case hex digits, most significant byte first.
xxh3_of() {
	xxhsum -H2 "$1" | cut -c 1-32
}

# First line of a checked-in transpile: ruchy version, source file.
header_line() {
	echo "// ruchy $1, source XXH3 $(xxh3_of "$2")"
}

# transpile_to RUCHY SOURCE OUT: what it prints goes to OUT.log
transpile_to() {
	rm -f "$3"
	"$1" transpile "$2" -o "$3" > "$3.log" 2>&1 && [ -s "$3" ]
}
