#!/usr/bin/env python3
"""What optimisation by profile gains: every corpus program, plain, with LLVM's profile alone, and ours, by `bench --with-pgo`.

    pgo.py [--only NAME,...] [--json FILE] [--page FILE] [--layouts N] [--rounds N] [--budget S] [--data DIR] [--fresh] [--decide]

Profiles with the decisions that were measured are kept in DIR (default tests/perf/pgo), so that a later run only measures; --fresh collects
and decides anew, --decide does that and measures nothing. fibonacci is also measured against the C program by gcc -O3 and clang -O3. Exit status 1: a program was slower than plain, or failed.
"""
import argparse
import json
import math
import os
import pathlib
import random
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROF = os.environ.get("RUCHY_PROF", str(ROOT / "build/bin/ruchy-prof"))
SERVED = {"bootstrap"}  # runs against a server alone
RECURSIVE = {"ackermann", "fibonacci", "hofstadter", "mutual-recursion"}
BEGIN, END = "<!-- pgo: begin, by make bench-pgo -->", "<!-- pgo: end -->"


def command(*words, **options):
    return subprocess.run([PROF, *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def last_line(text):
    lines = text.strip().splitlines()
    return lines[-1] if lines else "no message"


def decide(source, data, options):
    """The profile of the program, with decisions. None, or why there is none."""
    if options.fresh or not data.exists():
        data.unlink(missing_ok=True)
        run = command("pgo", "collect", source, "--output", data, "--max-failures", 100)
        if run.returncode:
            return last_line(run.stderr)
    run = command("transpile", source, "--pgo-data", data, "--output", options.work / (source.stem + ".rs"), "--budget", options.budget)
    return last_line(run.stderr) if run.returncode else None


def measure(source, data, options):
    run = command("bench", source, "--with-pgo", "--compare-baseline", "--pgo-data", data, "--format", "json", "--layouts", options.layouts,
                  "--runs", options.rounds, "--budget", options.budget)
    if run.returncode not in (0, 3):
        return None, last_line(run.stderr)
    return json.loads(run.stdout), None


def geomean(values):
    return math.exp(statistics.fmean(math.log(v) for v in values)) if values else float("nan")


def gain(entry):
    return entry and entry["against_plain"]


def cell(interval):
    return "-" if not interval else f"{interval['value']:.2f} [{interval['low']:.2f}, {interval['high'] or float('inf'):.2f}]"


# --- fibonacci against C ------------------------------------------------------------------------------------------------------------------

def cpu_time(program):
    with open(os.devnull, "w") as nothing:
        child = subprocess.Popen([program], stdin=subprocess.DEVNULL, stdout=nothing)
        _, _, usage = os.wait4(child.pid, 0)
        child.returncode = 0
    return usage.ru_utime + usage.ru_stime


def against_c(options, data):
    """Medians of interleaved runs in ms: plain, ours, and the C program."""
    work, folder = options.work, ROOT / "bench-corpus/fibonacci"
    run = command("transpile", folder / "fibonacci.ruchy", "--pgo-data", data, "--output", "optimized.rs", cwd=work)
    if run.returncode:
        return {"problem": last_line(run.stderr)}
    line = next(l for l in (work / "optimized.rs").read_text().splitlines() if l.startswith("//   rustc"))
    subprocess.run(shlex.split(line[2:]), cwd=work, check=True, stderr=subprocess.DEVNULL)
    command("build", folder / "fibonacci.ruchy", "--output", work / "plain")
    programs = {"plain": work / "plain", "ours": work / "fibonacci"}
    for compiler in ("gcc", "clang"):
        if shutil.which(compiler):
            subprocess.run([compiler, "-O3", folder / "siblings/fibonacci.c", "-o", work / compiler], check=True)
            programs[compiler + " -O3"] = work / compiler
    times = {name: [] for name in programs}
    for _ in range(25):
        for name in random.sample(list(programs), len(programs)):
            times[name].append(cpu_time(programs[name]) * 1e3)
    return {name: statistics.median(values) for name, values in times.items()}


# --- the report -----------------------------------------------------------------------------------------------------------------------------

def row(name, result):
    one = result["inputs"][0]
    hints = ", ".join(dict.fromkeys(h["kind"] for h in result["hints"])) or ("" if result["llvm_profile_applied"] else "nothing")
    if result["llvm_profile_applied"]:
        hints = (hints + ", " if hints else "") + "LLVM profile"
    return f"| {name} | {one['plain']['median_ns'] / 1e6:.1f} | {cell(gain(one['llvm']))} | {cell(gain(one['ours']))} | {cell(one['ours_against_llvm'])} | {hints} |"


def summary(results):
    ours = {name: gain(r["inputs"][0]["ours"])["value"] for name, r in results.items()}
    llvm = {name: gain(r["inputs"][0]["llvm"])["value"] for name, r in results.items() if r["inputs"][0]["llvm"]}
    rest = [v for name, v in ours.items() if name not in RECURSIVE]
    slower = [n for n, r in results.items() if r["verdict"] == "slower"]
    below = [n for n, r in results.items() if r["inputs"][0]["ours_against_llvm"] and (r["inputs"][0]["ours_against_llvm"]["high"] or 2) < 1]
    return [f"Geometric mean over {len(ours)} programs: ours {geomean(ours.values()):.3f}, LLVM's profile alone {geomean(llvm.values()):.3f} times as fast as plain.",
            f"Without the recursive programs ({', '.join(sorted(RECURSIVE & ours.keys()))}): ours {geomean(rest):.3f}, "
            f"LLVM's profile alone {geomean([v for n, v in llvm.items() if n not in RECURSIVE]):.3f}.",
            f"Slower than plain beyond the interval: {', '.join(slower) or 'none'}. Slower than with LLVM's profile alone beyond the interval: {', '.join(below) or 'none'}."]


def text(results, c, options, seconds):
    lines = ["## Optimisation by profile", "",
             f"Made by `make bench-pgo` (`tests/perf/pgo.py --layouts {options.layouts} --rounds {options.rounds}`, {seconds:.0f} s, "
             f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f} at the end). How many times as fast as the plain build: CPU time of interleaved runs over "
             f"{options.layouts} code layouts of each program, 95 % interval by bootstrap over layouts and rounds; wall time for `threads`. Decisions were measured before, over other runs.", "",
             "| program | plain, ms | LLVM profile alone | ours | ours against LLVM's | made of |", "|---|---:|---:|---:|---:|---|"]
    lines += [row(name, result) for name, result in results.items()]
    lines += [""] + [line + "\n" for line in summary(results)]
    if c and "problem" not in c:
        lines += ["fibonacci(35), CPU time of a run in ms, median of 25 interleaved runs: " + ", ".join(f"{n} {t:.2f}" for n, t in c.items()) + ".", ""]
    return "\n".join(lines)


def put_into_page(path, section):
    page = pathlib.Path(path)
    old = page.read_text() if page.exists() else ""
    new = f"{BEGIN}\n{section}{END}\n"
    if BEGIN in old and END in old:
        old = re.sub(re.escape(BEGIN) + ".*?" + re.escape(END) + "\n?", lambda _: new, old, flags=re.S)
    else:
        old = old.rstrip("\n") + "\n\n" + new
    page.write_text(old)


def one(name, options):
    source, data = ROOT / "bench-corpus" / name / f"{name}.ruchy", options.data / f"{name}.data"
    problem = decide(source, data, options)
    if problem or options.decide:
        return None, problem
    return measure(source, data, options)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--only")
    parser.add_argument("--json")
    parser.add_argument("--page")
    parser.add_argument("--layouts", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--budget", default="40s")
    parser.add_argument("--data", type=pathlib.Path, default=ROOT / "tests/perf/pgo")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--decide", action="store_true")
    options = parser.parse_args()
    os.chdir(ROOT)
    options.data = pathlib.Path(os.path.relpath(options.data, ROOT)) if options.data.is_absolute() else options.data
    options.data.mkdir(parents=True, exist_ok=True)
    options.data = options.data.resolve()
    results, problems, start = {}, {}, time.time()
    names = options.only.split(",") if options.only else sorted(p.parent.name for p in ROOT.glob("bench-corpus/*/*.ruchy") if p.stem == p.parent.name and p.parent.name not in SERVED)
    with tempfile.TemporaryDirectory() as work:
        options.work = pathlib.Path(work)
        for name in names:
            began = time.time()
            result, problem = one(name, options)
            if result:
                results[name] = result
                print(f"{row(name, result)} {time.time() - began:.0f} s", flush=True)
            elif problem:
                problems[name] = problem
                print(f"{name}: {problem}", flush=True)
        c = against_c(options, options.data / "fibonacci.data") if "fibonacci" in results else None
    if options.decide:
        return bool(problems)
    section = text(results, c, options, time.time() - start)
    print("\n" + section)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"programs": results, "fibonacci_ms": c, "problems": problems}, indent=1) + "\n")
    if options.page:
        put_into_page(options.page, section)
    return bool(problems) or any(r["verdict"] == "slower" for r in results.values())


sys.exit(main())
