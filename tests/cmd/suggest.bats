#!/usr/bin/env bats
# `analyze --suggest`: flags that are tried, what is rejected, and the file of flags. Times are never asserted; sizes are exact.
load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	cat > probe.rs <<- 'R'
		fn spin(n: u64) -> u64 {
		    let mut sum = 0u64;
		    for i in 0..n {
		        sum = sum.wrapping_mul(31).wrapping_add(i);
		    }
		    sum
		}

		fn main() {
		    println!("{} {}", spin(300_000), cfg!(panic = "abort"));
		}
	R
	local top
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	"${RUCHY_PROF:-$top/build/bin/ruchy-prof}" analyze --suggest probe.rs \
		--try opt-level-s,opt-level-2,no-pie,panic-abort,static,cpu-native,build-std --max-time 10m --format json --output all.json
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	cp "$BATS_FILE_TMPDIR"/probe.rs "$BATS_FILE_TMPDIR"/all.json .
}

@test "every set of flags has a row that says whether it was tried; ranks are in order" {
	jq -e '[.suggestions[] | select(.kind == "default")] | length == 1' all.json
	jq -e '[.suggestions[] | select(.kind == "flags") | .id] | contains(["opt-level-s", "panic-abort", "cpu-native", "no-pie"])' all.json
	jq -e '[.suggestions[] | select(.id == "build-std")][0] | .tried == false and (.why | test("nightly"))' all.json
	jq -e '[.suggestions[] | select(.rank) | .rank] | . == [range(1; length + 1)] and length > 0' all.json
	jq -e '[.suggestions[] | select(.rank) | .gain_percent] | . == (sort | reverse)' all.json
	jq -e '[.suggestions[] | select(.rank)] | all(.gain_is == (if .tried then "measured" else "upper bound" end))' all.json
}

@test "the rows fit the schema, and a broken row does not" {
	python3 -c 'import jsonschema' 2> /dev/null || skip 'python3-jsonschema is not installed'
	cat > fits.py <<- 'P'
		import json, sys, jsonschema
		rows = json.load(open("all.json"))["suggestions"]
		v = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
		v.validate(rows)
		del rows[0]["kind"]
		assert not v.is_valid(rows)
	P
	python3 fits.py "$ROOT/docs/suggestions.schema.json"
}

@test "a size is that of the file that these flags make" {
	"$PROF" build probe.rs --rustc-flags '-C strip=symbols' -o plain
	"$PROF" build probe.rs --rustc-flags '-C relocation-model=static -C strip=symbols' -o fixed
	jq -e --argjson a "$(stat -c %s plain)" --argjson b "$(stat -c %s fixed)" \
		'[.suggestions[] | select(.id == "no-pie")][0].changes.size | .from == $a and .to == $b and .proven' all.json
	"$PROF" build probe.rs -o whole
	jq -e --argjson a "$(stat -c %s whole)" --argjson b "$(stat -c %s plain)" \
		'[.suggestions[] | select(.id == "strip")][0].gain_percent - 100 * ($a - $b) / $a | fabs < 0.001' all.json
}

@test "intervals hold their ratio, and what is proven does not hold 1" {
	jq -e '[.suggestions[] | .changes // {} | .[] | select(. != null)] | length > 10 and
		all(.ratio_lo <= .ratio and .ratio <= .ratio_hi) and all((.proven | not) or .layouts == 0 or .ratio_hi < 1 or .ratio_lo > 1)' all.json
}

@test "a set of flags with which the program prints something else is rejected and not combined" {
	jq -e '[.suggestions[] | select(.id == "panic-abort")][0] | .state == "rejected" and (.rank | not) and (.why | test("prints something else"))' all.json
	jq -e '[.suggestions[] | select(.kind == "combination") | .flags] | all(test("panic") | not)' all.json
}

@test "what changes behaviour is combined only on demand" {
	jq -e '[.suggestions[] | select(.kind == "combination") | .flags] | all(test("static|target-cpu|relro|icf|relocs") | not)' all.json
	jq -e '[.suggestions[] | select(.id == "cpu-native")][0].behaviour | test("CPU")' all.json
}

@test "advice of the profile enters with its place and its bound" {
	jq -e '[.suggestions[] | select(.kind == "source")] | all(.tried == false and .gain_percent <= 100 and (.gain | test("not tried")))' all.json
}

@test "--apply-flags writes a file that builds use, and say that they do" {
	run "$PROF" analyze --suggest probe.rs --goal size --try opt-level-2 --max-time 1s --apply-flags
	[ "$status" -eq 0 ]
	[[ $output == *"Written: probe.rs.flags"* ]]
	grep -qx -- '-C strip=symbols' probe.rs.flags
	! grep -vE '^(#.*|-C [a-z-]+=[A-Za-z0-9.,+=-]+)$' probe.rs.flags
	"$PROF" build probe.rs --verbose -o small 2> verbose
	grep -q 'flags of probe.rs.flags: .*strip=symbols' verbose
	"$PROF" build probe.rs --flags-file none -o large
	[ "$(stat -c %s small)" -lt "$(stat -c %s large)" ]
	# a profile needs the names that stripping takes away
	"$PROF" profile --binary probe.rs -n 1 --format json | jq -e '.functions[] | select(.name == "spin") | .calls == 1'
}

@test "--flags-file says where; the default's own flags stay in it" {
	echo '-C codegen-units=2' > probe.rs.flags
	"$PROF" analyze --suggest probe.rs --goal size --try opt-level-2 --max-time 1s --apply-flags --flags-file here.flags > out
	grep -qx -- '-C codegen-units=2' here.flags
	grep -qx -- '-C strip=symbols' here.flags
	[ "$(cat probe.rs.flags)" = '-C codegen-units=2' ]
	"$PROF" build probe.rs --flags-file here.flags -v -o x 2>&1 | grep -q 'flags of here.flags'
	run "$PROF" build probe.rs --flags-file missing.flags
	assert_error 1 'there is no such file of flags: missing.flags'
}

@test "hostile files of flags are refused with their line, by every command that builds" {
	for line in '-C linker=/bin/sh' '@evil' '-C link-arg=-fuse-ld=/tmp/x' '-C target-cpu=help' '--cap-lints allow'; do
		printf '# fine\n-C lto=off\n%s\n' "$line" > probe.rs.flags
		run "$PROF" build probe.rs -o x
		assert_error 1 'probe.rs.flags:3'
		[ ! -e x ]
	done
	run "$PROF" profile --binary probe.rs -n 1
	assert_error 1 "can't stand in a file of flags: probe.rs.flags:3"
	rm probe.rs.flags && mkdir probe.rs.flags
	run "$PROF" build probe.rs -o x
	assert_error 1 'probe.rs.flags'
}

@test "wrong usage" {
	run "$PROF" analyze --suggest probe.rs --goal beauty
	assert_error 2 '--goal is not usable'
	run "$PROF" analyze --suggest probe.rs --try lto-fat,lto-thick
	assert_error 2 '--try names no set of flags: lto-thick'
	run "$PROF" analyze --suggest probe.rs --max-time 0
	assert_error 2 'max-time'
}

@test "of a program without source nothing is tried, and that is said" {
	run "$PROF" analyze --suggest /bin/true
	[ "$status" -eq 0 ]
	[[ $output == *"No flags were tried"*"give its source"* ]]
}

@test "a program that fails: sizes are measured, times are not" {
	printf 'fn main() { println!("x"); std::process::exit(3); }\n' > fails.rs
	run "$PROF" analyze --suggest fails.rs --try opt-level-s --max-time 10m
	[ "$status" -eq 0 ]
	[[ $output == *"No times: the program ends with exit status 3"* ]]
	[[ $output == *"strip=symbols"* ]]
}

@test "flags that the source does not build with are told apart from those that it does" {
	printf '#[cfg(panic = "abort")]\ncompile_error!("not so");\nfn main() { println!("x"); }\n' > picky.rs
	"$PROF" analyze --suggest picky.rs --try panic-abort,opt-level-s --max-time 10m -f json > out
	jq -e '[.suggestions[] | select(.id == "panic-abort")][0] | .state == "does not build" and (.why | test("not so"))' out
	jq -e '[.suggestions[] | select(.id == "opt-level-s")][0] | .state == "tried"' out
}

@test "output that differs from run to run is said not to be compared" {
	printf 'fn main() { println!("{:?}", std::time::SystemTime::now()); }\n' > clock.rs
	run "$PROF" analyze --suggest clock.rs --try opt-level-s --max-time 10m
	[ "$status" -eq 0 ]
	[[ $output == *"differs from run to run"* ]]
}

@test "other formats, and measured gains in the advice of --binary-size" {
	"$PROF" analyze --suggest --binary-size probe.rs --try panic-abort,opt-level-2 --max-time 10m -f sarif > out.sarif
	jq -e '.runs[0].results | map(.ruleId) | contains(["strip"])' out.sarif
	jq -e '[.runs[0].results[] | select(.ruleId == "panic") | .message.text] | length == 1 and all(test("rejected: it prints something else"))' out.sarif
	"$PROF" analyze --suggest probe.rs --max-time 1s -f html > out.html
	grep -q 'Optimization Suggestions' out.html
}

@test "a cargo project: its settings are tried, and a file for cargo makes what was measured" {
	mkdir -p crate/src
	cp probe.rs crate/src/main.rs
	printf '[package]\nname = "my-app"\nversion = "0.1.0"\nedition = "2021"\n[profile.release]\nlto = "fat"\n' > crate/Cargo.toml
	cp -r crate before
	"$PROF" analyze --suggest crate --try opt-level-s,lto-fat,panic-abort,no-pie --goal size --apply-flags --max-time 10m -f json > out
	jq -e '[.suggestions[] | select(.id == "lto-fat")][0].state == "already on"' out
	jq -e '[.suggestions[] | select(.id == "opt-level-s")][0] | .tried and .changes.size.to > 0' out
	jq -e '[.suggestions[] | select(.id == "no-pie")][0] | .tried and .changes.size.to < .changes.size.from' out
	jq -e '[.suggestions[] | select(.id == "panic-abort")][0].state == "rejected"' out
	# what it says is what cargo makes of the file
	local size
	size=$(jq '[.suggestions[] | select(.kind == "combination" and .goal == "size")][0].changes.size.to // ([.suggestions[] | select(.kind == "default")][0].changes.size.to)' out)
	CARGO_TARGET_DIR=$PWD/target cargo build -q --release --manifest-path crate/Cargo.toml --config crate/ruchy-prof-release.toml
	[ "$(stat -c %s target/release/my-app)" -eq "$size" ]
	grep -qx 'strip = "symbols"' crate/ruchy-prof-release.toml
	# the user's files are as they were, and one that is not ours is not overwritten
	cmp crate/Cargo.toml before/Cargo.toml && cmp crate/src/main.rs before/src/main.rs
	echo mine > crate/ruchy-prof-release.toml
	run "$PROF" analyze --suggest crate --try opt-level-s --goal size --apply-flags --max-time 10m
	assert_error 1 'it is left as it is'
	[ "$(cat crate/ruchy-prof-release.toml)" = mine ]
	# rustflags of the project would be lost by others
	mkdir crate/.cargo && printf '[build]\nrustflags = ["-Cforce-frame-pointers"]\n' > crate/.cargo/config.toml
	"$PROF" analyze --suggest crate --try no-pie,opt-level-s --max-time 10m -f json > out
	jq -e '[.suggestions[] | select(.id == "no-pie")][0] | .state == "not tried" and (.why | test("rustflags"))' out
	jq -e '[.suggestions[] | select(.id == "opt-level-s")][0].state == "tried"' out
}
