#!/usr/bin/env python3
"""What tests/e2e/trace.sh asks of a trace in JSON lines.
   counts TRACE PROFILE    functions whose calls differ between a trace of all and the exact counts of a profile
   formula TRACE N         calls of fibonacci by argument that differ from the formula
   bounds TRACE            counts of `f` by argument that are not within their error (f(k) is called 1 + k % 7 times)
   show TRACE KEY...       fields of the summary
   rows TRACE              what read_trace.py prints of the same raw file, where one thread had fewer calls than are kept
   tree TRACE              calls in the order in which they began, indented, without times"""
import json
import sys


def read(path):
    lines = [json.loads(line) for line in open(path, encoding="utf-8")]
    return lines[:-1], lines[-1]["summary"]


def counts(trace, profile):
    _, summary = read(trace)
    functions = json.load(open(profile))["functions"]
    exact = {f["name"]: f["calls_total"] for f in functions if f["kind"] not in ("inlined", "skipped") and "async" not in f["flags"]}
    traced = {f["name"]: f["calls"] for f in summary["functions"]}
    for name in sorted(exact.keys() | traced.keys()):
        if exact.get(name) != traced.get(name):
            print(name, "exact", exact.get(name), "traced", traced.get(name))


def formula(trace, n):
    n = int(n)
    fibonacci = [0, 1]
    while len(fibonacci) <= n + 1:
        fibonacci.append(fibonacci[-1] + fibonacci[-2])
    _, summary = read(trace)
    got = {row["arguments"][0]["value"]: row["calls"] for row in summary["arguments"]}
    for k in range(n + 1):
        expected = fibonacci[n - k + 1] if k else fibonacci[n - 1]
        if got.pop(k, 0) != expected:
            print(k, "expected", expected)
    print(*got, sep="\n", end="")
    if any(row["error"] for row in summary["arguments"]) or summary["functions"][0]["distinct"] != n + 1:
        print("not exact")


def bounds(trace):
    _, summary = read(trace)
    function = summary["functions"][0]
    rows = [(row["arguments"][0]["value"], row["calls"], row["error"]) for row in summary["arguments"]]
    for k, calls, error in rows:
        if not calls - error <= 1 + k % 7 <= calls:
            print(k, "at most", calls, "error", error)
    if sum(1 + k % 7 for k in range(int(function["distinct"] * 2))) < function["calls"]:
        print("distinct", function["distinct"])
    if not function["distinct_error"]:
        print("no error is told")


def show(trace, *keys):
    _, summary = read(trace)
    print(*(summary[key] for key in keys))


def value(argument):
    if not argument.get("by_value", True):
        return "<%s>" % argument["type"]
    return json.dumps(argument["value"]) + ("+%d" % argument["length"] if "length" in argument else "")


def tree(trace):
    calls, _ = read(trace)
    for call in sorted(calls, key=lambda c: (c["thread"], c["call"])):
        result = {"returned": json.dumps(call["result"])}.get(call["outcome"], call["outcome"])
        print("%d %s%s(%s) %s inside %s" % (call["thread"], "  " * (call["depth"] - 1), call["function"],
                                           ", ".join(map(value, call["arguments"])), result, call["calls_inside"]))
        if call["outcome"] != "open" and (call["duration_ns"] is None or call["duration_ns"] < 0):
            print("no duration")


def rows(trace):
    calls, summary = read(trace)
    names = [f["name"] for f in summary["functions"]]
    for call in sorted(calls, key=lambda c: c["call"]):
        arguments = [a["value"] for a in call["arguments"]]
        print(json.dumps([call["call"], call["depth"], names.index(call["function"]), arguments, call["outcome"], call["result"], call["calls_inside"]]))
    keys = [[names.index(r["function"]), [a["value"] for a in r["arguments"]], r["calls"], r["error"]] for r in summary["arguments"]]
    for row in sorted(keys, key=json.dumps):
        print(json.dumps(row))


{"rows": rows, "counts": counts, "formula": formula, "bounds": bounds, "show": show, "tree": tree}[sys.argv[1]](*sys.argv[2:])
