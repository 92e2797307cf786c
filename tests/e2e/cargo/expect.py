#!/usr/bin/env python3
"""expect.py REPORT.json LIMIT HANDLED...: the calls that the programs of ws/ make, from their sources by hand, against a JSON report.

`app` adds pillai(n) for n = 1..LIMIT; `boot` is asked for with LIMIT = boot. Prints what differs, exit status 1.
"""
import json
import sys


def gcd_calls(a, b):
    return 1 if b == 0 else 1 + gcd_calls(b, a % b)


def collatz_steps(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


def app(limit):
    # main: answer(30), answer(31), collatz(27); answer(n) asks check() once more than it goes round
    collatz = [n for top in (30, 31) for n in range(1, top + 1)] + [27]
    return {
        ("rt.ruchy", "Tally::start"): 1,
        ("rt.ruchy", "Tally::add"): limit,
        ("rt.ruchy", "pillai"): limit,
        ("rt.ruchy", "gcd"): sum(gcd_calls(i, n) for n in range(1, limit + 1) for i in range(1, n + 1)),
        ("rt.ruchy", "main"): 0,
        ("handler.ruchy", "answer"): 2,
        ("handler.ruchy", "check"): 31 + 32,
        ("handler.ruchy", "collatz"): len(collatz),
        ("handler.ruchy", "step"): sum(collatz_steps(n) for n in collatz),
        ("handler.ruchy", "main"): 0,
    }


def boot():
    return {
        ("main.ruchy", "main"): 1,
        ("main.ruchy", "sum_of_squares"): 1,
        ("main.ruchy", "square"): 10,
        ("words.ruchy", "weight"): 1,
        ("words.ruchy", "letter"): len("banana"),
        ("words.ruchy", "main"): 0,
        ("rt.ruchy", "gcd"): gcd_calls(48, 36),
        ("rt.ruchy", "pillai"): 0,
        ("rt.ruchy", "Tally::start"): 0,
        ("rt.ruchy", "Tally::add"): 0,
        ("rt.ruchy", "main"): 0,
    }


report = json.load(open(sys.argv[1], encoding="utf-8"))
expected = boot() if sys.argv[2] == "boot" else app(int(sys.argv[2]))
found = {(f["file"].rsplit("/", 1)[-1], f["name"]): f["calls"] for f in report["functions"]}
differ = sorted(key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key))
for key in differ:
    print(key, "expected", expected.get(key), "found", found.get(key))
sys.exit(bool(differ))
