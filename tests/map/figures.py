#!/usr/bin/env python3
"""How much of the Rust is mapped: figures.py [--list] [PROGRAM.ruchy...]; without programs, all of bench-corpus and all inside the package
ruchy 4.2.1. Prints a table and ends with status 1 when a figure is below what it must be. --list: also show what is not mapped."""
import glob
import os
import shutil
import sys
import tempfile

from maptools import Map, definitions, executable_lines, transpile, upstream_package, without_text, ROOT

MUST_FUNCTIONS = 100.0
MUST_LINES = 97.0
RENAMED = {"new": ("new", "init"), "__ruchy_main": ("main",), "handle_message": ("receive",)}


class Figures:
    def __init__(self):
        self.programs = self.functions = self.mapped = self.made = self.lines = self.lines_mapped = self.lines_made = self.not_compiled = 0


def survives(name, ruchy):
    """Does the Rust function come from a definition in the Ruchy text?"""
    names = {n for _, _, n in definitions(ruchy, "fun|fn")}
    if name in names:
        return True
    if name == "main":
        return False  # an implicit one: of the statements outside of functions
    return any(w in names or w in ruchy.split() for w in RENAMED.get(name, ())) or (name.startswith("op_") and "operator" in ruchy)


def count_functions(figures, ruchy_text, rust_text, found, rust_lines, complain):
    ruchy = without_text(ruchy_text)
    defined = {}
    for line, _, name in definitions(ruchy, "fun|fn"):
        defined.setdefault(name, []).append(line)
    for line, column, name in definitions(without_text(rust_text), "fn"):
        if not survives(name, ruchy):
            figures.made += 1
            continue
        figures.functions += 1
        names = (name,) + RENAMED.get(name, ())
        known = [f for f in found.functions if f[0] <= line <= f[1] and not f[2].endswith("}") and f[2].split("::")[-1].split(" ")[0] in names]
        at = found.at(line, column)
        right = known and (name not in defined or at in defined[name] or name in ("new", "handle_message"))
        if right or (known and name.startswith("op_")):
            figures.mapped += 1
        else:
            complain(line, "function %s, to line %d" % (name, at))


def count_lines(figures, rust, work, found, rust_lines, complain):
    executable = executable_lines(rust, work)
    if executable is None:
        figures.not_compiled += 1
        return
    for line in executable:
        figures.lines += 1
        if found.line(rust_lines, line):
            figures.lines_mapped += 1
            continue
        if not any(f[0] <= line <= f[1] for f in found.functions):
            figures.lines_made += 1  # of a function that the transpiler added
        complain(line, rust_lines[line - 1].strip())


def measure(figures, source, work, show):
    # The name rustc and its line table shall show.
    rust = os.path.join(work, "p.rs")
    why = transpile(source, rust, "--source-map")
    if why:
        return False
    with open(source, encoding="utf-8", errors="replace") as f:
        ruchy_text = f.read()
    with open(rust, encoding="utf-8", errors="replace") as f:
        rust_text = f.read()
    rust_lines = rust_text.split("\n")
    found = Map(rust + ".map")

    def complain(line, what):
        if show:
            print("    %s: Rust line %d: %s" % (os.path.basename(source), line, what))

    figures.programs += 1
    count_functions(figures, ruchy_text, rust_text, found, rust_lines, complain)
    count_lines(figures, rust, work, found, rust_lines, complain)
    return True


def percent(part, whole):
    return 100.0 * part / whole if whole else 100.0


def row(name, f):
    functions = "%d of %d %5.1f%%" % (f.mapped, f.functions, percent(f.mapped, f.functions))
    lines = "%d of %d %5.1f%%" % (f.lines_mapped, f.lines, percent(f.lines_mapped, f.lines))
    print("%-14s %8d  %20s  %24s  %9d  %5d" % (name, f.programs, functions, lines, f.made, f.lines_made))


def main():
    show = "--list" in sys.argv[1:]
    given = [a for a in sys.argv[1:] if a != "--list"]
    package = upstream_package()
    groups = [("given", given)] if given else [("bench-corpus", sorted(glob.glob(ROOT + "/bench-corpus/*/*.ruchy")))]
    if not given and package and shutil.which("ruchy"):
        groups.append(("ruchy 4.2.1", sorted(glob.glob(package + "/**/*.ruchy", recursive=True))))
    elif not given:
        print("without the programs inside ruchy 4.2.1: %s is not here" % ("its package" if not package else "the command"))
    good = True
    print("%-14s %8s  %20s  %24s  %s" % ("", "", "functions from Ruchy", "executable Rust lines", "the transpiler's own"))
    print("%-14s %8s  %20s  %24s  %9s  %5s" % ("", "programs", "mapped", "mapped", "functions", "lines"))
    with tempfile.TemporaryDirectory() as work:
        for name, sources in groups:
            f = Figures()
            rejected = sum(not measure(f, source, work, show) for source in sources)
            row(name, f)
            if rejected or f.not_compiled:
                print("    %d more are rejected by ruchy; of %d the Rust is rejected by rustc, so their lines are not counted" % (rejected, f.not_compiled))
            good = good and percent(f.mapped, f.functions) >= MUST_FUNCTIONS and percent(f.lines_mapped, f.lines) >= MUST_LINES
    print("must be: %g%% of the functions, %g%% of the lines" % (MUST_FUNCTIONS, MUST_LINES))
    return 0 if good else 1


sys.exit(main())
