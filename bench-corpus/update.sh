#!/bin/sh
# Transpile programs of the corpus again and rewrite NAME/NAME.rs: usage update.sh NAME...
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

[ $# -gt 0 ] || { echo "usage: update.sh NAME..." >&2; exit 2; }
ruchy=$(find_ruchy) || { echo "update.sh: no ruchy: set RUCHY, or run 'make ruchy'" >&2; exit 1; }
version=$("$ruchy" --version | awk '{ print $2 }')
for name in "$@"; do
	source=$here/$name/$name.ruchy
	[ -f "$source" ] || { echo "update.sh: no such program: $source" >&2; exit 1; }
	new=$here/$name/.$name.rs.new
	transpile_to "$ruchy" "$source" "$new.body" || { cat "$new.body.log" >&2; rm -f "$new.body" "$new.body.log"; exit 1; }
	{ header_line "$version" "$source" && cat "$new.body"; } > "$new"
	mv "$new" "$here/$name/$name.rs"
	rm -f "$new.body" "$new.body.log"
done
