#!/usr/bin/env bash
# Every command line of the feature request through the name `ruchy`, verbatim, as request.txt has them. TAP on stdout; exit status 1 if one
# that is required failed. fibonacci(35) is fibonacci(20) here, since one of the lines runs it 1,000 times and another 10,000 times; where the
# real ruchy is absent, a stand-in behind the name prints the corpus' transpile with the same change.
set -u
export RUCHY_PROF_SIBLINGS=built
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
corpus=$top/bench-corpus
bin=$(cd "$(dirname "${RUCHY_PROF:-$top/build/bin/ruchy-prof}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir "$work/programs" "$work/real" && cd "$work/programs" || exit 1

smaller() { # smaller FROM TO
	sed 's/fibonacci(35)/fibonacci(20)/; s/fib(35)/fib(20)/' "$1" > "$2"
}
smaller "$corpus/fibonacci/fibonacci.ruchy" fibonacci.ruchy
for suffix in rs py c go; do
	smaller "$corpus/fibonacci/siblings/fibonacci.$suffix" "fibonacci.$suffix"
done
for file in "$corpus"/*/bootstrap.ruchy; do
	[ -e "$file" ] && cp "$file" .
done

real=${RUCHY_PROF_RUCHY:-$(command -v ruchy)}
if [ -z "$real" ] || [ "$real" = none ]; then
	real=
	unset RUCHY_PROF_RUCHY
	smaller "$corpus/fibonacci/fibonacci.rs" "$work/fibonacci.rs"
	cat > "$work/real/ruchy" <<- S
		#!/bin/sh
		[ "\$1" = --version ] && exec echo 'ruchy 4.2.1'
		[ "\$1 \$2 \$3" = 'transpile fibonacci.ruchy -o' ] && exec cp '$work/fibonacci.rs' "\$4"
		[ "\$1 \$2 \$3" = 'transpile bootstrap.ruchy -o' ] && exec cp '$corpus/bootstrap/bootstrap.rs' "\$4"
		echo 'Error: this stand-in knows two programs' >&2
		exit 1
	S
	chmod +x "$work/real/ruchy"
	PATH=$PATH:$work/real
fi
eval "$("$bin/ruchy-prof" env)"

number=0 failures=0
say() { # say ok|'not ok' TEXT
	number=$((number + 1))
	[ "$1" = ok ] || failures=$((failures + 1))
	echo "$1 $number - $2"
}

# Its output file is shown after what it prints.
run_line() {
	local written
	written=$(sed -nE 's/.* (--output|-o) ([^ ]+).*/\2/p' <<< "$1")
	[ "$written" = fibonacci.rs ] || rm -f ${written:+"$written"}
	timeout 300 bash -c "$1" > out 2>&1 < /dev/null || { echo "exit status $?"; return; }
	[ -z "$written" ] || cat "$written" >> out || { echo "no $written"; return; }
	grep -qE -- "$2" out || echo "nothing in the output matches $2"
}

while IFS=$'\t' read -r switch line pattern; do
	case $switch in '' | '#'*) continue ;; esac
	if [ "$switch" = real ] && [ -z "$real" ]; then
		say ok "$line # SKIP the real ruchy is not here"
		continue
	fi
	why=$(run_line "$line" "$pattern")
	if [ -z "$why" ]; then
		case $switch in
		todo:*) say ok "$line # SKIP works, so write \`required\` before it in request.txt" ;;
		*) say ok "$line" ;;
		esac
	elif [ "${switch%%:*}" = todo ]; then
		say ok "$line # SKIP not there yet:${switch#todo:}"
	else
		say 'not ok' "$line"
		{ echo "$why"; head -n 20 out; } | sed 's/^/# /'
	fi
done < "$here/request.txt"
echo "1..$number"
[ $failures -eq 0 ]
