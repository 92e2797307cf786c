# tap.sh - sourced by the test scripts: TAP lines on stdout. A script ends with `finish`.
# shellcheck shell=bash
number=0
failures=0

# check NAME GOT EXPECTED
check() {
	number=$((number + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $number - $1"
	else
		failures=$((failures + 1))
		echo "not ok $number - $1"
		diff <(printf '%s\n' "$3") <(printf '%s\n' "$2") | head -n 40 | sed 's/^/# /'
	fi
}

finish() {
	echo "1..$number"
	[ "$failures" -eq 0 ]
	exit
}
