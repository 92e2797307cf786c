#!/usr/bin/env python3
"""each.py PROGRAM DIRECTORY: write DIRECTORY/PROGRAM.result, `same`, or what went wrong with the candidates of a program of the corpus.

All variants of a program are modules of one crate, so that rustc starts three times and not three hundred.
"""

import os
import re
import subprocess
import sys

MARKS = ["cold", "cold-branch", "inline", "no-inline"]
HINT = "build/tests/hint"


def hint(path, *arguments):
    return subprocess.run([HINT, *arguments, path], check=True, capture_output=True, text=True).stdout


def module(name, rust):
    """The program as a module: inner attributes go, main is called from outside, `crate::` is the module."""
    rust = re.sub(r"^#!\[.*\]$", "", rust, flags=re.M)
    rust = re.sub(r"\bcrate::", f"crate::{name}::", rust)
    rust = re.sub(r"^fn main\(\)", "pub fn main()", rust, flags=re.M)
    return f"mod {name} {{\n{rust}\n}}\n"


def crate(variants):
    arms = "".join(f'        "{name}" => {name}::main(),\n' for name in variants)
    body = "".join(module(name, rust) for name, rust in variants.items())
    return (
        f"{body}fn main() {{\n    match std::env::args().nth(1).unwrap().as_str() {{\n{arms}        _ => panic!(),\n    }}\n}}\n"
    )


def rustc(source, *options):
    run = subprocess.run(
        ["rustc", "--edition", "2021", "--crate-name", "variants", "--cap-lints", "allow", *options, source], capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise RuntimeError(f"rustc: {run.stderr[:2000]}")


def run_all(directory, variants, expected, *options):
    source, program = f"{directory}.rs", f"{directory}.exe"
    with open(source, "w", encoding="utf-8") as out:
        out.write(crate(variants))
    rustc(source, "-o", program, *options)
    for name in variants:
        run = subprocess.run([program, name], capture_output=True, text=True, check=False, timeout=60)
        if run.returncode or run.stdout != expected:
            raise RuntimeError(f"{name}: exit {run.returncode}, prints {run.stdout[:200]!r}, {run.stderr[:300]!r}")


def check(name, directory):
    path = f"bench-corpus/{name}/{name}.rs"
    with open(f"bench-corpus/{name}/{name}.out", encoding="utf-8") as file:
        expected = file.read()
    rows = [line.split("\t") for line in hint(path, "-l").splitlines()]
    alone = {f"v{row[0]}": hint(path, "-n", row[0]) for row in rows}
    base = os.path.join(directory, name)
    with open(f"{base}.all.rs", "w", encoding="utf-8") as out:
        out.write(crate(alone))
    rustc(f"{base}.all.rs", "--emit=metadata", "-o", f"{base}.meta")
    for row in rows:
        if "// " + row[1] not in alone[f"v{row[0]}"]:
            raise RuntimeError(f"{row}: not applied, or without a comment")
    variants = {f"v{row[0]}": alone[f"v{row[0]}"] for row in rows if row[1] not in MARKS}
    for kind in MARKS:
        if kind in [row[1] for row in rows]:
            variants["k_" + kind.replace("-", "_")] = hint(path, "-k", kind)
    together = {"all": hint(path, "-a"), "kept": hint(path, "-a", "-k", "memoize")}
    kinds = sorted({row[1] for row in rows} - set(MARKS))
    together["changes"] = hint(path, *[word for kind in kinds for word in ("-k", kind)])
    if "inline-recursion" in kinds:
        together["deep"] = hint(path, "-k", "inline-recursion=3", "-k", "format", "-k", "clone")
    run_all(base + ".o", {**variants, **together}, expected, "-C", "opt-level=2", "-C", "codegen-units=2")
    run_all(base + ".d", together, expected, "-C", "opt-level=1", "-C", "debug-assertions=on", "-C", "codegen-units=2")
    return "same"


def main():
    name, directory = sys.argv[1:]
    try:
        result = check(name, directory)
    except (RuntimeError, subprocess.SubprocessError, OSError) as error:
        result = str(error)
    with open(os.path.join(directory, f"{name}.result"), "w", encoding="utf-8") as out:
        out.write(result + "\n")


main()
