#!/usr/bin/env bash
# index-transpiles.sh DIR FILE.rs...: copy the checked-in transpiles to DIR/HASH.rs. Their first line is
# `// ruchy VERSION, source XXH3 HASH`; files without it (siblings written by hand) are left out.
set -euo pipefail
dir=$1
shift
rm -rf "$dir" && mkdir -p "$dir"
for file in "$@"; do
	IFS= read -r line < "$file" || continue
	[[ $line =~ ^//\ ruchy\ [0-9.]+,\ source\ XXH3\ ([0-9a-f]{32})$ ]] || continue
	cp -- "$file" "$dir/${BASH_REMATCH[1]}.rs"
done
