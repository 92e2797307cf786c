#!/usr/bin/env python3
"""Does a call cost more in a large program? Programs of 2 and of some 200 functions, each a tree of as many calls.

    many.py [--rounds N] [--json FILE]

Every function does the same few operations and calls two others, down to leaves; the 2-function program reaches the same depth by recursion of
its one inner function. Built plain and instrumented; the overhead of a call is (instrumented - plain) / calls, CPU time, interleaved runs. What is
reported is the overhead of both and their difference, each with a 95 % interval by bootstrap.
"""
import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROF = os.environ.get("RUCHY_PROF", str(ROOT / "build/bin/ruchy-prof"))
DEPTH = 25  # calls in a tree: 2**DEPTH - 1
LAYERS = 8
WIDTH = 25


def leaf(name):
    return f"#[inline(never)]\nfn {name}(n: u64, left: u32) -> u64 {{\n    if left == 0 {{ n.rotate_left(7) ^ 0x9e37 }} else {{ LEFT(n ^ 1, left - 1) ^ RIGHT(n + 1, left - 1) }}\n}}\n"


def program(functions):
    """`functions` in all; layer by layer each calls two of the next one, the last layer two of the first."""
    if functions == 2:
        names = [["node"]]
    else:
        names = [[f"layer{l}_node{i}" for i in range(WIDTH)] for l in range(LAYERS)]
    text = []
    for l, layer in enumerate(names):
        below = names[(l + 1) % len(names)]
        for i, name in enumerate(layer):
            text.append(leaf(name).replace("LEFT", below[(2 * i) % len(below)]).replace("RIGHT", below[(2 * i + 1) % len(below)]))
    text.append(f"fn main() {{\n    println!(\"{{}}\", {names[0][0]}(std::hint::black_box(1), {DEPTH - 1}));\n}}\n")
    return "".join(text), 2**DEPTH


def seconds(path, directory):
    with open(os.devnull, "r+b") as null:
        process = subprocess.Popen([path], stdin=null, stdout=null, stderr=null, cwd=directory,
                                   env=dict(os.environ, RUCHY_PROF_FILE=f"{directory}/run.raw"))
        _, process.returncode, usage = os.wait4(process.pid, 0)
    if process.returncode != 0:
        raise SystemExit(f"many.py: {path} ended with wait status {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def interval(samples):
    generator = random.Random(1)
    medians = sorted(statistics.median(generator.choices(samples, k=len(samples))) for _ in range(1000))
    return medians[25], medians[974]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        built, calls = {}, {}
        for functions in (2, LAYERS * WIDTH):
            text, calls[functions] = program(functions)
            source = pathlib.Path(directory) / f"many{functions}.rs"
            source.write_text(text)
            for variant, flags in (("plain", []), ("ours", ["--instrument"])):
                out = f"{directory}/many{functions}.{variant}"
                subprocess.run([PROF, "build", str(source), *flags, "--output", out], check=True, stderr=subprocess.DEVNULL)
                built[functions, variant] = out
        measured = {key: [] for key in built}
        for _ in range(options.rounds):
            for key in random.sample(sorted(built), len(built)):
                measured[key].append(seconds(built[key], directory))
    result = {}
    for functions in calls:
        plain, ours = measured[functions, "plain"], measured[functions, "ours"]
        ratios = [o / p for o, p in zip(ours, plain)]
        extra = [1e9 * (o - p) / calls[functions] for o, p in zip(ours, plain)]
        result[functions] = {"calls": calls[functions], "plain_ns": 1e9 * statistics.median(plain) / calls[functions],
                             "ratio": statistics.median(ratios), "ratio_ci95": interval(ratios),
                             "extra_ns": statistics.median(extra), "extra_ns_ci95": interval(extra)}
        r = result[functions]
        print(f"{functions:4} functions  plain {r['plain_ns']:.2f} ns a call  ratio {r['ratio']:.3f} [{r['ratio_ci95'][0]:.3f}, {r['ratio_ci95'][1]:.3f}]"
              f"  extra {r['extra_ns']:+.3f} ns a call [{r['extra_ns_ci95'][0]:+.3f}, {r['extra_ns_ci95'][1]:+.3f}]")
    few, many = result
    more = [1e9 * ((measured[many, "ours"][i] - measured[many, "plain"][i]) / calls[many] - (measured[few, "ours"][i] - measured[few, "plain"][i]) / calls[few])
            for i in range(options.rounds)]
    low, high = interval(more)
    print(f"a call of the {many}-function program costs {statistics.median(more):+.3f} ns more than one of the {few}-function program [{low:+.3f}, {high:+.3f}]")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"programs": result, "more_ns": statistics.median(more), "more_ns_ci95": [low, high]}, indent=1))


if __name__ == "__main__":
    main()
