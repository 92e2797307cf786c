#!/usr/bin/env python3
"""shares.py PROFILE.json KIND METHOD: compare the shares of a report with the truth, which the programs in shares/ have by construction.

METHOD is perf, timer or clock. Prints what it saw; exit status 1 if something is more than POINTS off.
"""
import json
import sys

POINTS = 3.0

# Self shares; `total` inclusive ones. A cycle of recursion has one clock, that of the function through which it is entered, so with the clock
# alone its members are one.
TRUTH = {
    "plain": {"self": {"a": 50, "b": 30, "c": 20}, "total": {"main": 100, "a": 50}},
    "inlined": {"self": {"a": 70, "b": 30}, "total": {"main": 100, "a": 70}},
    "tiny": {"self": {"left": 60, "right": 40}, "total": {"main": 100}},
    "recursive": {"self": {"down": 60, "flat": 40}, "total": {"main": 100, "down": 60}},
    # the first of three pings works before it calls pong
    "mutual": {"self": {"ping": 50, "pong": 25, "flat": 25}, "total": {"main": 100, "ping": 75, "pong": 75 - 50 / 3},
               "clock": {"self": {"ping": 75, "flat": 25}, "total": {"main": 100, "ping": 75}}},
    "threads": {"self": {"a": 60, "b": 40}, "total": {"a": 60}},
    "sleeper": {"self": {"a": 70, "b": 30, "nap": 0}, "total": {"main": 100}},
}
SLEPT_NS = 300e6


def main():
    path, kind, method = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    functions = {f["name"]: f for f in report["functions"]}
    time, bad = report["time"], []
    truth = TRUTH[kind].get(method) or TRUTH[kind]

    def check(what, got, want, within):
        print(f"{what}: {got if got is None else round(got, 2)}, truth {want}")
        if got is None or abs(got - want) > within:
            bad.append(what)

    source = report["samples"]["method"] if report["samples"] else "none"
    print(f"method {source}, {report['samples']['inside'] if report['samples'] else 0} samples, base {time['base']}")
    if not source.startswith({"perf": "perf_event", "timer": "timer", "clock": "none"}[method]):
        bad.append("method")
    if time["source"] != ("clock" if method == "clock" else "samples"):
        bad.append("source")
    check("sum", sum(f["self_percent"] or 0 for f in report["functions"]), 100, 0.1)
    for name, share in truth["self"].items():
        check(f"self {name}", functions[name]["self_percent"], share, POINTS)
    for name, share in truth["total"].items():
        check(f"total {name}", 100 * functions[name]["inclusive_ns"] / time["base_ns"], share, POINTS)
    if kind == "sleeper":
        blocked = functions["nap"]["blocked_ns"]
        check("blocked in nap, ms", blocked and blocked / 1e6, SLEPT_NS / 1e6, 0.15 * SLEPT_NS / 1e6)
        check("blocked in a, ms", functions["a"]["blocked_ns"], 0, 0)
    if bad:
        print("wrong:", ", ".join(bad))
    return 1 if bad else 0


sys.exit(main())
