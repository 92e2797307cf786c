#!/usr/bin/env python3
"""What allocations a program should have made by its `//=` lines, and what a report says.

memory.py functions PROG.rs REPORT.json   prints what differs from the `//= NAME: KEY VALUE, ...` lines; a value is a Python expression
memory.py lines PROG.rs REPORT.json       prints which lines do not allocate as often as their `//# N` says, 0 where there is none
memory.py rows REPORT.json                prints them in the words of `read_raw.py --memory`
memory.py totals REPORT.json              prints the totals in the words of memory/counter.rs.in
"""
import json
import re
import sys

KEYS = {"allocations": "allocations", "bytes": "allocated_bytes", "reallocations": "reallocations", "leaked": "leaked", "leaked_bytes": "leaked_bytes",
        "largest": "largest_bytes"}


def totals(report):
    memory = report["memory"]
    return " ".join([f"{key} {memory[name]}" for key, name in KEYS.items()] + [f"peak {memory['peak_live_bytes']}"])


def functions(program, report):
    found = {f["name"]: f["memory"] for f in report["functions"]}
    expected = re.findall(r"^ *//= (.*?): (.*)$", program, re.M)
    if not expected:
        yield "nothing is expected"
    for name, text in expected:
        for key, value in re.findall(r"(\w+) (.+?)(?:, (?=[a-z_]+ )|$)", text):
            got = found[name][KEYS[key]] if found.get(name) else None
            if got != eval(value):
                yield f"{name}: {key} {got}, expected {value} = {eval(value)}"


def lines(program, report):
    expected = {}
    for number, text in enumerate(program.split("\n"), 1):
        for count in re.findall(r"//# (\d+)", text):
            expected[number] = int(count)
    found = {}
    for row in report["memory"]["lines"]:
        found[row["line"] or 0] = found.get(row["line"] or 0, 0) + row["allocations"]
    if not expected:
        yield "nothing is expected"
    for number in sorted(set(expected) | set(found)):
        if expected.get(number, 0) != found.get(number, 0):
            yield f"line {number}: {found.get(number, 0)}, expected {expected.get(number, 0)}"


def sums(report):
    """The totals are the sums over functions and the outside."""
    parts = [f["memory"] for f in report["functions"] if f["memory"]] + [report["memory"]["outside"]]
    for key in ("allocations", "reallocations", "allocated_bytes", "leaked", "leaked_bytes"):
        if sum(part[key] for part in parts) != report["memory"][key]:
            yield f"sum of {key}: {sum(part[key] for part in parts)}, not {report['memory'][key]}"


def line_sums(report):
    """Those of a function are the sums over its lines; no block is counted twice."""
    lines = report["memory"].get("lines")
    for f in report["functions"] if lines is not None else []:
        own = [row for row in lines if row["function_id"] == f["id"]]
        for key in ("allocations", "reallocations", "allocated_bytes", "leaked", "leaked_bytes", "at_peak_bytes"):
            if f["memory"] and sum(row[key] for row in own) != f["memory"][key]:
                yield f"{f['name']}: sum of {key} over its lines: {sum(row[key] for row in own)}, not {f['memory'][key]}"
    # Each block ends once: freed here or elsewhere, reallocated, or never.
    ends = sum(row["ended"] + row["freed_elsewhere"] + row["leaked"] + row["reallocations"] - row["allocations"] for row in lines or [])
    outside = report["memory"]["outside"]
    if lines and not 0 >= ends >= -outside["allocations"] - outside["reallocations"]:
        yield f"blocks ended {ends} times more than they were taken"


def main():
    with open(sys.argv[-1], encoding="utf-8") as file:
        report = json.load(file)
    if sys.argv[1] == "totals":
        print(totals(report))
        return
    if sys.argv[1] == "rows":
        rows = [(f["name"], f["memory"]) for f in report["functions"] if f["memory"]] + [("(outside)", report["memory"]["outside"])]
        keys = "allocations allocated_bytes reallocations leaked leaked_bytes largest_bytes at_peak_bytes".split()
        for name, row in rows:
            print("memory", name, *(row[key] for key in keys))
        for row in report["memory"].get("lines", []):
            name = next(f["name"] for f in report["functions"] if f["id"] == row["function_id"])
            print("memory", f"{name}:{row['line'] or 0}", *(row[key] for key in keys), row["ended"],
                  round((row["mean_life_bytes"] or 0) * row["ended"]), row["short_lived"], row["short_lived_bytes"], row["freed_elsewhere"])
        print("memory (peak)", report["memory"]["peak_live_bytes"])
        return
    with open(sys.argv[2], encoding="utf-8") as file:
        text = file.read()
        if sys.argv[1] == "lines":
            print("\n".join([*lines(text, report), *sums(report), *line_sums(report)]), end="")
            return
        for line in [*functions(text, report), *sums(report), *line_sums(report)]:
            print(line)


if __name__ == "__main__":
    main()
