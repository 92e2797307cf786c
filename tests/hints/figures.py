#!/usr/bin/env python3
"""figures.py [PROGRAM...]: what each kind of hint gains on the programs of the corpus, as a Markdown table.

All candidates of one kind, with the usual amounts, against the plain program: several code layouts (the linker shuffles the sections by a
seed), runs interleaved, CPU time. The ratio is plain / changed, of the least time in each layout; its range is over the layouts. No profile
chooses here, so this shows what a kind can do, and where it does harm; `make bench-pgo` shows what is kept.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile

SEEDS = [1, 2, 3, 4, 5]
ROUNDS = int(os.environ.get("ROUNDS", "6"))
KINDS = {
    "inline-recursion": ["1", "2", "3"],
    "format": [""],
    "collect": [""],
    "clone": [""],
    "entry": [""],
    "capacity": ["8", "64"],
    "hasher": [""],
    "swap": [""],
    "halving": [""],
    "residue": [""],
    "remainder": [""],
    "batch": [""],
    "invariant": [""],
    "rows": [""],
    "order": [""],
    "arms": [""],
    "memoize": [""],
    "inline": [""],
}


def build(rust, directory, name, seed):
    source = os.path.join(directory, f"{name}.rs")
    program = os.path.join(directory, f"{name}.{seed}")
    with open(source, "w", encoding="utf-8") as file:
        file.write(rust)
    subprocess.run(
        ["rustc", "--edition", "2021", "--cap-lints", "allow", "--crate-name", "program", "-C", "opt-level=3", "-C", "codegen-units=1"]
        + ["-C", f"link-arg=-Wl,--shuffle-sections=.text*={seed}", source, "-o", program],
        check=True,
    )
    return program


def run(program):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = subprocess.run([program], capture_output=True, check=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, out


def variants_of(name):
    path = f"bench-corpus/{name}/{name}.rs"
    with open(path, encoding="utf-8") as file:
        plain = file.read()
    variants = {}
    for kind, amounts in KINDS.items():
        for amount in amounts:
            word = f"{kind}={amount}" if amount else kind
            rust = subprocess.run(["build/tests/hint", "-k", word, path], check=True, capture_output=True, text=True).stdout
            if rust != plain:
                variants[word] = rust
    return plain, variants


def measure(name, directory):
    plain, variants = variants_of(name)
    if not variants:
        return
    programs = {
        (word, seed): build(rust, directory, f"{name}-{word.replace('=', '_')}", seed)
        for word, rust in {"": plain, **variants}.items()
        for seed in SEEDS
    }
    times = {key: [] for key in programs}
    expected = run(programs["", 1])[1]
    for _ in range(ROUNDS):
        for key, program in programs.items():
            seconds, out = run(program)
            if out != expected:
                raise SystemExit(f"figures.py: {name} with {key[0]}: another output")
            times[key].append(max(seconds, 1e-4))
    for word in variants:
        ratios = [min(times["", seed]) / min(times[word, seed]) for seed in SEEDS]
        print(f"| {name} | {word} | {statistics.geometric_mean(ratios):.2f} | {min(ratios):.2f} to {max(ratios):.2f} |", flush=True)


def main():
    names = sys.argv[1:] or sorted(os.listdir("bench-corpus"))
    print("| program | hint | times faster | over layouts |\n|---|---|--:|--:|")
    with tempfile.TemporaryDirectory() as directory:
        for name in names:
            if os.path.exists(f"bench-corpus/{name}/{name}.out"):
                measure(name, directory)


main()
