#!/usr/bin/env python3
"""sample.py PROGRAM.ruchy...: the lines of the hand-checked sample, by a fixed rule: of the executable Rust lines that hold a word or a number,
ten of each program at even distances. Prints both texts for reading and, with --rows, rows PROGRAM<TAB>RUST LINE<TAB>? to be filled in.
Programs are named below bench-corpus/ or the package ruchy 4.2.1."""
import os
import re
import sys
import tempfile

from maptools import ROOT, executable_lines, transpile, upstream_package

PER_PROGRAM = 10


def find(name):
    for root in (os.path.join(ROOT, "bench-corpus"), upstream_package() or "/nonexistent"):
        if os.path.isfile(os.path.join(root, name)):
            return os.path.join(root, name)
    sys.exit("%s is neither in bench-corpus nor in the package ruchy 4.2.1" % name)


def chosen(rust, work):
    with open(rust, encoding="utf-8") as f:
        text = f.read().split("\n")
    lines = [n for n in executable_lines(rust, work) or [] if re.search(r"\w", text[n - 1])]
    if len(lines) < PER_PROGRAM:
        return []
    return [lines[(2 * k + 1) * len(lines) // (2 * PER_PROGRAM)] for k in range(PER_PROGRAM)]


def main():
    rows_only = "--rows" in sys.argv
    with tempfile.TemporaryDirectory() as work:
        for name in (a for a in sys.argv[1:] if not a.startswith("--")):
            rust = os.path.join(work, "p.rs")
            why = transpile(find(name), rust)
            if why:
                sys.exit("%s: %s" % (name, why))
            lines = chosen(rust, work)
            if rows_only:
                for n in lines:
                    print("%s\t%d\t?" % (name, n))
                continue
            print("==== %s: %s" % (name, " ".join(map(str, lines)) or "too few executable lines"))
            for path in (find(name), rust):
                with open(path, encoding="utf-8") as f:
                    for n, line in enumerate(f.read().rstrip("\n").split("\n"), 1):
                        print("%s%4d %s" % ("*" if path == rust and n in lines else " ", n, line))
                print("----")


main()
