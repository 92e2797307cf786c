#!/usr/bin/env bats
# Completions, manual pages, and what a terminal gets.
load helper

commands() {
	"$PROF" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'
}

# Bash's completion of the words given.
complete_bash() {
	"$PROF" completions bash > c.bash
	bash -c '. ./c.bash; compopt() { :; }; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ruchy_prof; printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}

@test "completions are scripts that their shells can read" {
	for shell in bash zsh fish; do
		"$PROF" completions $shell > script.$shell
		[ -s script.$shell ]
	done
	bash -n script.bash
	if command -v zsh; then zsh -n script.zsh; fi
	if command -v fish; then fish --no-execute script.fish; fi
	shellcheck -s bash -S warning script.bash
	run "$PROF" completions tcsh
	assert_error 2 'known shells: bash, zsh, fish'
	run "$PROF" completions
	assert_error 2 'no shell is given'
}

@test "bash completes commands, options and the values of options" {
	[ "$(complete_bash ruchy-prof repo)" = report ]
	[ "$(complete_bash ruchy-prof report --form)" = --format ]
	[ "$(complete_bash ruchy-prof report --format jso)" = json ]
	[ "$(complete_bash ruchy-prof report --format = jso)" = json ]
	[ "$(complete_bash ruchy-prof report --color n)" = never ]
	[ "$(complete_bash ruchy-prof completions f)" = fish ]
	[ -z "$(complete_bash ruchy-prof profile x.ruchy -- --form)" ]
}

@test "fish completes the same" {
	command -v fish || skip "no fish"
	"$PROF" completions fish > c.fish
	HOME=$PWD run fish -c 'source c.fish; complete -C "ruchy-prof repo"; complete -C "ruchy-prof report --form"; complete -C "ruchy-prof report --format jso"'
	[[ ${lines[0]} == report$'\t'* ]]
	[[ ${lines[1]} == --format$'\t'* ]]
	[[ ${lines[2]} == json$'\t'* ]]
}

@test "every option of every command is in its help, its manual page and the completions" {
	"$PROF" completions bash > c.bash
	"$PROF" completions zsh > c.zsh
	"$PROF" completions fish > c.fish
	[ "$(commands | wc -l)" -gt 5 ]
	for command in $(commands); do
		"$PROF" man "$command" > page.1
		for option in $("$PROF" "$command" --help | sed -n 's/^  .. *--\([a-z0-9-]*\).*/\1/p'); do
			grep -q -- "Fl -$option" page.1
			grep -A1 "^	$command)" c.bash | grep -q -- " --$option"
			grep -q "from $command' -l $option" c.fish
			grep -q -- "--$option" c.zsh
		done
	done
}

@test "manual pages are good mdoc, and refer to pages that there are" {
	command -v mandoc || skip "no mandoc"
	mkdir -p man/man1
	"$PROF" man > man/man1/ruchy-prof.1
	for command in $(commands); do
		"$PROF" man "$command" > "man/man1/ruchy-prof-$command.1"
	done
	# The pages are not installed where mandoc looks for them.
	run bash -c "mandoc -Tlint man/man1/*.1 | grep -v 'referenced manual not found: Xr ruchy-prof'"
	[ -z "$output" ] || { echo "$output"; false; }
	for page in $(sed -n 's/^\.Xr \(ruchy-prof[a-z-]*\) 1.*/\1/p' man/man1/*.1 | sort -u); do
		[ -s "man/man1/$page.1" ]
	done
	run "$PROF" man nothing
	assert_error 2 'unknown command'
}

@test "make install installs pages and completions" {
	make -s -C "$ROOT" install DESTDIR="$PWD/root" PREFIX=/usr > /dev/null
	[ -s root/usr/share/man/man1/ruchy-prof.1 ]
	[ -s root/usr/share/man/man1/ruchy-prof-profile.1 ]
	[ -s root/usr/share/bash-completion/completions/ruchy-prof ]
	[ -s root/usr/share/zsh/site-functions/_ruchy-prof ]
	[ -s root/usr/share/fish/vendor_completions.d/ruchy-prof.fish ]
	root/usr/bin/ruchy-prof --version
}

@test "misspelt commands and options are answered with the nearest" {
	run "$PROF" profil
	assert_error 2 'did you mean `profile`'
	run "$PROF" report --fromat json x
	assert_error 2 'did you mean --format'
}

@test "help fits a narrow terminal" {
	for command in $(commands); do
		wide=$(COLUMNS=50 "$PROF" "$command" --help | sed '1,/^Options:/d' | awk 'length($0) > 50')
		[ -z "$wide" ] || { echo "$wide"; false; }
	done
}

@test "help fits 80 columns, and names every format" {
	for command in "" $(commands); do
		wide=$(COLUMNS=80 "$PROF" $command --help | awk 'length($0) > 80')
		[ -z "$wide" ] || { echo "$wide"; false; }
	done
	run "$PROF" report /dev/null --format '?'
	for format in $(sed -n 's/.*known formats: //p' <<< "$output" | tr -d ,); do
		"$PROF" report --help | grep -qw -- "$format" || { echo "$format is not in the help"; false; }
		grep -q "^| .$format. |" "$BATS_TEST_DIRNAME/../../docs/formats.md" || { echo "$format is not in docs/formats.md"; false; }
	done
}

@test "colour: --color, then NO_COLOR, CLICOLOR_FORCE, TERM" {
	rust a.rs <<< 'fn main() { println!("{}", 1); }'
	"$PROF" profile --binary a.rs --iterations 1 --no-reference --data p.data > /dev/null
	has() { env "${@:2}" "$PROF" report p.data --color "$1" | grep -q $'\x1b\['; }
	hasnt() { ! has "$@"; }
	has always A=b
	has always NO_COLOR=1
	has auto CLICOLOR_FORCE=1
	hasnt auto CLICOLOR_FORCE=1 NO_COLOR=1
	has auto CLICOLOR_FORCE=1 NO_COLOR=
	hasnt never CLICOLOR_FORCE=1
	hasnt auto TERM=xterm
	# on a terminal
	TERM=xterm script -qec "'$PROF' report p.data" /dev/null | grep -q $'\x1b\['
	[ "$(TERM=dumb script -qec "'$PROF' report p.data" /dev/null | grep -c $'\x1b\[')" = 0 ]
}

@test "a .rs source is shown as it was given; a C locale gets ASCII alone" {
	rust a.rs <<< 'fn main() { println!("{}", 1); }'
	"$PROF" profile --binary a.rs --iterations 2 --data p.data > report
	grep -qx 'File: a.rs' report
	LC_ALL=C "$PROF" report p.data > ascii
	[ "$(LC_ALL=C grep -cP '[^\x00-\x7f]' ascii)" = 0 ]
}

@test "a live line while it runs, on a terminal only" {
	rust slow.rs <<< 'fn main() { std::thread::sleep(std::time::Duration::from_millis(2500)); println!("{}", 1); }'
	TERM=xterm CI= script -qec "'$PROF' profile --binary slow.rs --iterations 1 --no-reference -o report.txt" /dev/null > typescript
	grep -q 'running slow.rs: 1 of 1, 2 s' typescript
	TERM=xterm CI=true script -qec "'$PROF' profile --binary slow.rs --iterations 1 --no-reference -o report.txt" /dev/null > typescript
	[ ! -s typescript ]
}
