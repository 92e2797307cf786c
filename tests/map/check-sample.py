#!/usr/bin/env python3
"""The hand-checked samples (tests/golden/map/*.tsv) against the maps, read by an independent reader; and that the samples' Rust lines are
still the ones that the rule of sample.py chooses. TAP, one test a program."""
import os
import shutil
import subprocess
import sys
import tempfile

from maptools import HERE, ROOT, Map, transpile, upstream_package


def rows(name):
    programs = {}
    with open(os.path.join(ROOT, "tests/golden/map", name), encoding="utf-8") as f:
        for line in f:
            if not line.startswith("#"):
                name, rust, ruchy = line.rstrip("\n").split("\t")
                programs.setdefault(name, []).append((int(rust), int(ruchy)))
    return programs


def check(path, name, wanted, work):
    rust = os.path.join(work, "p.rs")
    why = transpile(path, rust, "--source-map")
    if why:
        return [why]
    with open(rust, encoding="utf-8") as f:
        lines = f.read().split("\n")
    found = Map(rust + ".map")
    wrong = []
    for n, ruchy in wanted:
        if found.line(lines, n) != ruchy:
            wrong.append("Rust line %d is from line %d, the map says %d: %s" % (n, ruchy, found.line(lines, n), lines[n - 1].strip()))
    chosen = subprocess.run([sys.executable, os.path.join(HERE, "sample.py"), "--rows", name], capture_output=True, text=True).stdout
    if [int(row.split("\t")[1]) for row in chosen.splitlines()] != [n for n, _ in wanted]:
        wrong.append("the rule of sample.py chooses other lines: " + chosen.replace("\n", "; "))
    return wrong


def main():
    programs, failed, package = rows("sample.tsv"), 0, upstream_package()
    good = len(programs) == 20 and sum(map(len, programs.values())) == 200
    programs.update(rows("second-sample.tsv"))
    print("1..%d" % (len(programs) + 1))
    with tempfile.TemporaryDirectory() as work:
        for i, (name, wanted) in enumerate(programs.items(), 1):
            path = os.path.join(ROOT, "bench-corpus", name)
            if not os.path.isfile(path):
                path = os.path.join(package or "/nonexistent", name)
                if not os.path.isfile(path) or os.environ.get("RUCHY_PROF_RUCHY") == "none" or not shutil.which("ruchy"):
                    print("ok %d - %s # SKIP the real ruchy and its package are not here" % (i, name))
                    continue
            wrong = check(path, name, wanted, work)
            failed += bool(wrong)
            print("%s %d - %s: %d lines" % ("not ok" if wrong else "ok", i, name, len(wanted)))
            for why in wrong:
                print("# " + why)
    print("%s %d - the first sample is 200 lines of 20 programs" % ("ok" if good else "not ok", len(programs) + 1))
    return 1 if failed or not good else 0


sys.exit(main())
