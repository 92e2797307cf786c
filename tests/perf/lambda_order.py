#!/usr/bin/env python3
"""Is the order of the corpus' five bootstraps by their cold starts the same each time?

lambda_order.py [--repetitions N] [--starts N]

In each repetition the command itself starts all of them in rounds, in random order within each, and ranks them: two are apart when the 95 %
interval of the ratio within the rounds is wholly more than 3 % away from 1, else they share a rank. An order that holds in all repetitions is told as
`<`; a pair that is not apart in each of them is a tie, `=`. TAP: a pair that is apart one way in one repetition and the other way in another
fails, and so does a bootstrap that is missing.
"""
import argparse
import itertools
import json
import os
import subprocess
import sys

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
MARGIN = 1.03
ALL = 5


def measure(starts):
    prof = os.environ.get("RUCHY_PROF", os.path.join(TOP, "build/bin/ruchy-prof"))
    done = subprocess.run([prof, "analyze", "--lambda-ready", os.path.join(TOP, "bench-corpus/bootstrap/bootstrap.ruchy"), "--runs", str(starts),
                           "--format", "json"], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)["lambda"]


def say(result):
    parts = []
    totals = {p["program"]: p for p in [result] + result["versus"]}
    last = None
    for row in result["ranking"]:
        sign = "" if last is None else "  =  " if row["rank"] == last else "  <  "
        low, high = totals[row["program"]]["total_ci95_ms"]
        parts.append(f"{sign}{row['program']} {totals[row['program']]['total_ms']:.2f} ms ({low:.2f} to {high:.2f})")
        last = row["rank"]
    print("# " + "".join(parts), flush=True)
    for program in result["versus"]:
        if program["failed"]:
            print(f"# {program['program']} failed: {program['failed']}", flush=True)


def ways(results):
    """By pair: in how many repetitions the first is before the second, and behind."""
    found = {}
    for result in results:
        for pair in result["pairs"]:
            a, b = pair["over"], pair["program"]
            low, high = pair["ci95"] or (0, float("inf"))
            before, behind = found.get((a, b), (0, 0))
            found[a, b] = (before + (low > MARGIN), behind + (high < 1 / MARGIN))
    return found


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--repetitions", type=int, default=5)
    options.add_argument("--starts", type=int, default=40)
    chosen = options.parse_args()
    results = []
    for _ in range(chosen.repetitions):
        results.append(measure(chosen.starts))
        say(results[-1])
    found = ways(results)
    names = [row["program"] for row in results[0]["ranking"]]
    bad = 0
    number = 1
    complete = len(names) == ALL
    print(f"{'ok' if complete else 'not ok'} 1 - all {ALL} are there{'' if complete else ': make bootstraps'}")
    bad += not complete
    for a, b in itertools.combinations(names, 2):
        before, behind = found[a, b] if (a, b) in found else tuple(reversed(found[b, a]))
        if behind > before:
            a, b, before, behind = b, a, behind, before
        number += 1
        contradicted = before and behind
        bad += bool(contradicted)
        ratios = sorted(pair["ratio"] if (pair["over"], pair["program"]) == (a, b) else 1 / pair["ratio"]
                        for result in results for pair in result["pairs"] if {pair["over"], pair["program"]} == {a, b})
        sign = "<" if before == chosen.repetitions else "="
        print(f"{'not ok' if contradicted else 'ok'} {number} - {a} {sign} {b}: before it in {before} of {chosen.repetitions} repetitions, behind it in "
              f"{behind}; {ratios[0]:.2f} to {ratios[-1]:.2f} times")
    same = sum(result["ranking"] == results[0]["ranking"] for result in results)
    print(f"# ranks, ties included, the same in {same} of {chosen.repetitions} repetitions")
    print(f"1..{number}")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
