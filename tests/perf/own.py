#!/usr/bin/env python3
"""What `profile` of a cached program takes beside the runs of the program: spawning, raw files, samples, the report.

    own.py [--rounds N] [--limit MILLISECONDS]

Prints the median and the interval of the median over the rounds, for one iteration and for the default number. A line fails (`not ok`) when the whole
interval is above the limit.
"""
import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

from bench import interval

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROF = os.environ.get("RUCHY_PROF", str(ROOT / "build/bin/ruchy-prof"))


def own(options):
    started = time.monotonic()
    said = subprocess.run([PROF, "profile", "--binary", str(ROOT / "bench-corpus/fibonacci/fibonacci.ruchy"), "--verbose", *options],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True).stderr
    whole = 1e3 * (time.monotonic() - started)
    running, beside = map(float, re.search(r"^running +([\d.]+) ms, of which ([\d.]+) ms beside the runs", said, re.M).groups())
    return whole - running + beside


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--limit", type=float, default=50)
    options = parser.parse_args()
    failed = False
    for number, (name, flags) in enumerate([("1 iteration", ["--iterations", "1"]), ("10 iterations", [])], 1):
        own(flags)  # builds
        values = [own(flags) for _ in range(options.rounds)]
        low, high = interval(values)
        failed |= low > options.limit
        print(f"{'not ' * (low > options.limit)}ok {number} - {name}: {statistics.median(values):.1f} ms beside the runs, 95 % interval {low:.1f} to {high:.1f}, limit {options.limit:.0f}")
    print("1..2")
    sys.exit(failed)


if __name__ == "__main__":
    main()
