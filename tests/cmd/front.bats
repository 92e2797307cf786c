#!/usr/bin/env bats
# The name `ruchy` of ruchy-prof: what is ours, what is the real one's, and that the real one notices nothing.
load helper
bats_require_minimum_version 1.5.0

SHIM=$(dirname "$PROF")/../shim

# A real ruchy of our own making that says what it was given.
setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir -p real
	cat > real/ruchy <<- 'S'
		#!/bin/sh
		case $1 in
		--version) echo 'ruchy 4.2.1' ;;
		status) exit "$2" ;;
		signal) kill -s "$2" $$ ;;
		pid) echo $$ ;;
		cat) cat ;;
		both) echo out; echo err >&2 ;;
		fds) ls /proc/self/fd ;;
		signals) grep -E '^Sig(Ign|Blk)' /proc/self/status ;;
		environment) env ;;
		*) printf 'theirs'; for word; do printf ' [%s]' "$word"; done; echo ;;
		esac
	S
	chmod +x real/ruchy
	FULL=$PATH
	SYSTEM=/usr/bin:/bin
	PATH=$SHIM:$BATS_TEST_TMPDIR/real:$SYSTEM
	unset RUCHY_PROF_RUCHY
}

@test "arguments reach the real one byte by byte" {
	[ "$(ruchy)" = theirs ]
	[ "$(ruchy run 'a b' '' '*' $'new\nline' -- --instrument '"')" = $'theirs [run] [a b] [] [*] [new\nline] [--] [--instrument] ["]' ]
	[ "$(ruchy $'\xff\xfe' -e '1 + 1')" = $'theirs [\xff\xfe] [-e] [1 + 1]' ]
}

@test "exit statuses and signals are the real one's" {
	for wanted in 0 1 2 7 127 255; do
		run -"$wanted" ruchy status "$wanted"
		[ -z "$output" ]
	done
	run ruchy signal KILL
	[ "$status" -eq 137 ]
	run ruchy signal TERM
	[ "$status" -eq 143 ]
}

@test "streams are the real one's; it is the same process, with the signals and descriptors that we were given" {
	head -c 300000 /dev/urandom > bytes
	ruchy cat < bytes | cmp - bytes
	ruchy both > out 2> err
	[ "$(cat out)" = out ] && [ "$(cat err)" = err ]
	[ "$(sh -c 'echo $$; exec ruchy pid' | uniq | wc -l)" -eq 1 ]
	[ "$(ruchy signals)" = "$(real/ruchy signals)" ]
	[ "$(sh -c 'trap "" PIPE; exec ruchy signals')" = "$(sh -c 'trap "" PIPE; exec real/ruchy signals')" ]
	[ "$(ruchy fds)" = "$(real/ruchy fds)" ]
	[ "$(ruchy fds <&- 2>&-)" = "$(real/ruchy fds <&- 2>&-)" ]
	# a closed pipe ends it as it would end without us
	run bash -c 'ruchy cat < /dev/zero | head -c 1 > /dev/null; echo "${PIPESTATUS[0]}"'
	[ "${lines[0]}" = "$(bash -c 'real/ruchy cat < /dev/zero | head -c 1 > /dev/null; echo "${PIPESTATUS[0]}"' 2> /dev/null)" ]
}

@test "its environment has no more than the depth" {
	diff <(real/ruchy environment | grep -v '^_=' | sort) <(ruchy environment | grep -v '^_=' | sort) > log || true
	[ "$(grep -c '^[<>]' log)" -eq 1 ]
	grep -qx '> RUCHY_PROF_FRONT_DEPTH=1' log
}

@test "theirs stays theirs, ours is ours" {
	cp "$FIB" fibonacci.ruchy
	mkdir examples
	for line in "transpile fibonacci.ruchy" "transpile fibonacci.ruchy -o x.rs" "transpile fibonacci.ruchy -- --instrument" "bench fibonacci.ruchy" \
		"bench fibonacci.ruchy --iterations 3 --format json" "report" "report examples" "report examples --format json -o r.json" \
		"run profile" "--help" "-h" "help" "help transpile" "help bench" "--trace profile" "profiles" "runtime x --profile --binary" "compile --pgo x"; do
		[[ "$(ruchy $line)" == theirs* ]] || { echo "not theirs: $line"; false; }
	done
	for line in "profile --help" "help profile" "transpile --instrument --help" "transpile --source-map --help"; do
		run ruchy $line
		[ "$status" -eq 0 ]
		[[ $output == *ruchy-prof* ]] || { echo "not ours: $line: $output"; false; }
	done
	for line in "profile" "profile fibonacci.ruchy" "transpile --instrument absent" "transpile x --pgo-data=absent" "analyze --no-such-option" "pgo --no-such-option" \
		"bench --regression no-such-word x" "bench x --with-pgo=no"; do
		run ruchy $line
		[ "$status" -ne 0 ]
		[[ $output == *"ruchy-prof: "* ]] || { echo "not ours: $line: $output"; false; }
	done
}

@test "report is ours with a profile, wherever its name stands; a profile as the output does not count" {
	rust p.rs <<< 'fn f() -> u32 { 7 } fn main() { println!("{}", f()); }'
	PATH=$SHIM:$BATS_TEST_TMPDIR/real:$FULL
	"$PROF" build p.rs --instrument --output p
	RUCHY_PROF_FILE=p.raw ./p
	ruchy report p.raw | grep -q 'f()'
	ruchy report --format json p.raw --data p.data | jq -e '.functions | length == 2'
	ruchy report p.data | grep -q 'f()'
	[[ "$(ruchy report examples --output p.raw)" == theirs* ]]
	[[ "$(ruchy report absent.raw)" == theirs* ]]
}

@test "it finds itself never: links, copies, copies without symbols, twice, relative and empty entries of PATH" {
	mkdir link copy strip hard
	ln -s "$PROF" link/ruchy
	cp "$PROF" copy/ruchy
	cp "$PROF" strip/ruchy
	strip strip/ruchy 2> /dev/null || true
	ln "$PROF" hard/ruchy 2> /dev/null || cp "$PROF" hard/ruchy
	for path in "$SHIM:$SHIM:link:copy:strip:hard:real" "copy:strip:$SHIM:link:real" "hard:copy:$PWD/copy:./copy/:$SHIM/:real" ":copy:real" "strip::link:$PWD/real"; do
		[ "$(PATH=$path:$SYSTEM ruchy run x)" = 'theirs [run] [x]' ]
		[ "$(PATH=$path:$SYSTEM copy/ruchy run x)" = 'theirs [run] [x]' ]
	done
	cd copy
	[ "$(PATH=:../link:../real:$SYSTEM ruchy run x)" = 'theirs [run] [x]' ]
}

@test "no real one: a clear error and 127; what can't be run: 126" {
	mkdir copy
	cp "$PROF" copy/ruchy
	for path in "copy:$SYSTEM" "copy:$PWD/copy:$SYSTEM" copy; do
		PATH=$path RUCHY_PROF_RUCHY= run -127 copy/ruchy run x
		assert_error 127 'no real ruchy'
	done
	RUCHY_PROF_RUCHY=none run -127 ruchy run x
	assert_error 127 'no real ruchy'
	RUCHY_PROF_RUCHY=$SHIM/ruchy run -127 ruchy run x
	assert_error 127 'names ruchy-prof itself'
	RUCHY_PROF_RUCHY=/nonexistent/ruchy run -127 ruchy run x
	assert_error 127 'names no program'
	printf '#!/nonexistent/interpreter\n' > real/ruchy
	run ruchy run x
	assert_error 126 'cannot run the real ruchy'
}

@test "RUCHY_PROF_RUCHY names the real one, by path or by a name on PATH" {
	cp real/ruchy other
	sed -i 's/theirs/others/' other
	[ "$(RUCHY_PROF_RUCHY=$PWD/other ruchy run x)" = 'others [run] [x]' ]
	[ "$(RUCHY_PROF_RUCHY=ruchy ruchy run x)" = 'theirs [run] [x]' ]
}

@test "a script named ruchy that leads back to us ends with an error" {
	printf '#!/bin/sh\nexec "%s/ruchy" "$@"\n' "$SHIM" > real/ruchy
	run timeout 20 ruchy run x
	assert_error 126 'leads back'
	printf '#!/bin/sh\n"%s/ruchy" "$@"\n' "$SHIM" > real/ruchy
	run timeout 20 ruchy run x
	[ "$status" -eq 126 ]
	[[ $output == *'leads back'* ]]
}

@test "a script without #! is run as a shell would" {
	printf 'echo plain "$@"\n' > real/ruchy
	[ "$(ruchy run x)" = 'plain run x' ]
}

@test "ruchy-prof itself transpiles with the real one, not with our name" {
	cat > real/ruchy <<- 'S'
		#!/bin/sh
		[ "$1" = transpile ] && exec cp "$2.rs" "$4"
		echo 'ruchy 9.9.9'
	S
	echo 'println("hello")' > h.ruchy
	echo 'fn main() { println!("hello"); }' > h.ruchy.rs
	[ "$(PATH=$SHIM:$PATH "$PROF" transpile h.ruchy)" = 'fn main() { println!("hello"); }' ]
	ruchy transpile --source-map h.ruchy -o h.rs
	cmp h.rs h.ruchy.rs
	[ -s h.rs.map ]
}

@test "env: sh, bash, dash, zsh and fish put our name ahead, once" {
	PATH=$BATS_TEST_TMPDIR/real:$SYSTEM
	for shell in sh bash dash zsh; do
		command -v $shell > /dev/null || continue
		[[ "$($shell -c "eval \"\$('$PROF' env)\"; eval \"\$('$PROF' env)\"; ruchy help profile; ruchy run x; echo \$PATH")" == *ruchy-prof*'theirs [run] [x]'*/shim:"$PATH" ]]
		[[ "$($shell -c "eval \"\$('$PROF' env --shell bash)\"; command -v ruchy")" == */shim/ruchy ]]
	done
	[[ "$(env -u PATH sh -c "eval \"\$('$PROF' env)\"; echo \"\$PATH\"")" == */shim* ]]
	if command -v fish > /dev/null; then
		[[ "$(HOME=$PWD fish -c "'$PROF' env --shell fish | source; '$PROF' env --shell fish | source; ruchy help profile; ruchy run x")" == *ruchy-prof*'theirs [run] [x]' ]]
	fi
	run "$PROF" env --shell csh
	assert_error 2 'unknown shell'
	run "$PROF" env x
	assert_error 2 'takes no file'
}

@test "an installation has it too, in a directory with any name" {
	local root="$PWD/it's \$a \"dir\\ectory"
	mkdir -p "$root/bin" "$root/lib/ruchy-prof/shim"
	cp "$PROF" "$root/bin/ruchy-prof"
	run "$root/bin/ruchy-prof" env
	assert_error 1 'is missing'
	ln -s ../../../bin/ruchy-prof "$root/lib/ruchy-prof/shim/ruchy"
	for shell in sh bash zsh; do
		command -v $shell > /dev/null || continue
		[ "$(ROOT=$root $shell -c 'eval "$("$ROOT/bin/ruchy-prof" env)"; command -v ruchy')" = "$root/lib/ruchy-prof/shim/ruchy" ]
	done
	if command -v fish > /dev/null; then
		[ "$(HOME=$PWD ROOT=$root fish -c '$ROOT/bin/ruchy-prof env --shell fish | source; command -v ruchy')" = "$root/lib/ruchy-prof/shim/ruchy" ]
	fi
	mkdir -p a:b/bin a:b/shim
	cp "$PROF" a:b/bin/ruchy-prof
	ln -s ../bin/ruchy-prof a:b/shim/ruchy
	run a:b/bin/ruchy-prof env
	assert_error 1 'colon'
}
