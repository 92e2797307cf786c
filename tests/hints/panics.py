#!/usr/bin/env python3
"""panics.py DIRECTORY: tests/hints/programs/panics.rs, plain and with hints, in both build profiles: the same output, exit status and message
of the panic but for its line. Prints `same`, or the differences."""

import os
import re
import subprocess
import sys

SOURCE = "tests/hints/programs/panics.rs"
VARIANTS = {
    "plain": None,
    "all": ["-a"],
    "changes": "-k clone -k format -k collect -k entry -k swap -k batch -k capacity -k inline-recursion=2 -k memoize".split(),
}
PROFILES = {"release": ["-C", "opt-level=3"], "checked": ["-C", "opt-level=1", "-C", "debug-assertions=on"]}
WHICH = range(23)


def run(program, which):
    done = subprocess.run([program, str(which)], capture_output=True, text=True, check=False, timeout=120, env={"RUST_BACKTRACE": "0"})
    message = re.sub(r"\.rs:\d+:\d+|\(\d+\)", "", done.stderr)
    return done.returncode, done.stdout, re.sub(r"panicked at \S+", "panicked", message)


def main():
    directory = sys.argv[1]
    kinds = subprocess.run(["build/tests/hint", "-l", SOURCE], check=True, capture_output=True, text=True).stdout
    different = []
    for wanted in ["batch", "swap", "collect", "entry", "format", "inline-recursion", "memoize"]:
        if f"\t{wanted}\t" not in kinds:
            different.append(f"no candidate {wanted}")
    for profile, options in PROFILES.items():
        seen, panics = {}, 0
        for name, arguments in VARIANTS.items():
            source = os.path.join(directory, f"{profile}_{name}.rs")
            with open(source, "w", encoding="utf-8") as out:
                if arguments is None:
                    with open(SOURCE, encoding="utf-8") as plain:
                        out.write(plain.read())
                else:
                    hint = subprocess.run(["build/tests/hint", *arguments, SOURCE], check=True, capture_output=True, text=True)
                    out.write(hint.stdout)
            subprocess.run(
                ["rustc", "--edition", "2021", "--cap-lints", "allow", "--crate-name", "panics", *options, source, "-o", source[:-3]],
                check=True,
            )
            for which in WHICH:
                result = run(source[:-3], which)
                panics += result[0] == 101
                if seen.setdefault(which, result) != result:
                    different.append(f"{profile} {name} {which}: {result} and not {seen[which]}")
        if panics < 3 * 7:
            different.append(f"{profile}: only {panics} panics")
    print("\n".join(different) or "same")


main()
