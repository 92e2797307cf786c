#!/usr/bin/env python3
"""What counting costs: every corpus program, plain against ours and against other ways to count, interleaved in one go.

    bench.py [--quick] [--only NAME,...] [--json FILE] [--page FILE] [--layouts N] [--rounds N]

Each variant is built in several code layouts (the linker shuffles the sections by a seed), since placement alone moves a small program by
up to 25 %. One round runs every variant of every layout once, in random order; the figure is CPU time (user + system). A ratio is the median
over layouts and rounds of variant / plain of the same round and layout; its 95 % interval comes from a bootstrap over the rounds and layouts.
"""
import argparse
import concurrent.futures
import json
import math
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROF = os.environ.get("RUCHY_PROF", str(ROOT / "build/bin/ruchy-prof"))
BASE = ["--edition", "2021", "-C", "opt-level=3", "-C", "codegen-units=1"]


def layout(seed):
    return [] if seed == 0 else ["-C", f"link-arg=-Wl,--shuffle-sections=.text*={seed}"]


def rustc(source, out, seed, *flags):
    subprocess.run(["rustc", *BASE, *layout(seed), *flags, "--crate-name", "bench_" + source.stem.replace("-", "_"), "-A", "warnings",
                    str(source), "-o", str(out)], check=True, stderr=subprocess.DEVNULL)


def ours(source, out, seed, *flags):
    subprocess.run([PROF, "build", str(source), "--instrument", "--output", str(out), "--rustc-flags", " ".join(layout(seed)), *flags],
                   check=True, stderr=subprocess.DEVNULL)


# name, what it is, builder(source, out, seed), command prefix
VARIANTS = [
    ("plain", "rustc -C opt-level=3", rustc, []),
    ("ours", "exact calls, edges, clock, allocations", ours, []),
    ("calls", "ours without allocations (--no-memory): what profile-generate is to be compared with", lambda s, o, n: ours(s, o, n, "--no-memory"), []),
    ("entry", "ours with one counter at each function's entry (--entry-counters)", lambda s, o, n: ours(s, o, n, "--entry-counters"), []),
    ("lines", "ours with the executions of every line (--lines)", lambda s, o, n: ours(s, o, n, "--lines"), []),
    ("pgo-gen", "-C profile-generate", lambda s, o, n: rustc(s, o, n, "-C", "profile-generate"), []),
    ("coverage", "-C instrument-coverage", lambda s, o, n: rustc(s, o, n, "-C", "instrument-coverage"), []),
]


# Tools that watch the plain program from outside: name, what it is, the executable, command prefix. Slow, so few runs of few programs.
OUTSIDE = [
    ("perf", "perf record, default rate", "perf", ["perf", "record", "-q", "-o", "perf.data"]),
    ("uftrace", "uftrace record -P . (misses inlined calls)", "uftrace", ["uftrace", "record", "-P", ".", "--no-libcall", "--no-event", "-d", "uftrace.data"]),
    ("callgrind", "valgrind --tool=callgrind (misses inlined calls)", "valgrind",
     ["valgrind", "-q", "--tool=callgrind", "--callgrind-out-file=callgrind.out"]),
    ("heaptrack", "heaptrack (memory)", "heaptrack", ["heaptrack", "-o", "heaptrack.out"]),
]
WATCHED = ["fibonacci", "collatz", "interpreter", "strings", "allocations"]


def programs(only):
    found = sorted(p / f"{p.name}.rs" for p in (ROOT / "bench-corpus").iterdir() if (p / f"{p.name}.calls").exists())
    found += sorted((ROOT / "tests/perf/hard").glob("*.rs"))
    return [p for p in found if not only or p.stem in only]


def run(command, directory):
    environment = dict(os.environ, RUCHY_PROF_FILE=f"{directory}/run.raw", LLVM_PROFILE_FILE=f"{directory}/run.profraw")
    with open(os.devnull, "r+b") as null:
        process = subprocess.Popen(command, stdin=null, stdout=null, stderr=null, env=environment, cwd=directory)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
    if status != 0:
        raise SystemExit(f"bench.py: {command} ended with wait status {status}")
    return usage.ru_utime + usage.ru_stime


def interval(values, statistic=statistics.median, draws=1000):
    generator = random.Random(1)
    means = sorted(statistic(generator.choices(values, k=len(values))) for _ in range(draws))
    return means[int(draws * 0.025)], means[int(draws * 0.975)]


def measure(source, options, directory):
    built = {(name, seed): [*prefix, str(directory / f"{source.stem}.{name}.{seed}" / source.stem)] for name, _, _, prefix in VARIANTS for seed in range(options.layouts)}
    for command in built.values():  # one each: rustc names its temporary files after the crate alone
        os.mkdir(pathlib.Path(command[-1]).parent)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(build, source, pathlib.Path(built[name, seed][-1]), seed) for name, _, build, _ in VARIANTS for seed in range(options.layouts)]
        for job in jobs:
            job.result()
    seconds = {key: [] for key in built}
    rounds, started = 0, time.monotonic()
    while rounds < options.rounds and (rounds < 3 or time.monotonic() - started < options.seconds):
        for key in random.sample(sorted(built), len(built)):
            seconds[key].append(run(built[key], directory))
        rounds += 1
    row = {"program": source.stem, "rounds": rounds, "layouts": options.layouts,
           "plain_ms": 1e3 * statistics.median(sum((seconds["plain", s] for s in range(options.layouts)), [])), "ratio": {}}
    for name, *_ in VARIANTS[1:]:
        ratios = [v / max(p, 1e-9) for s in range(options.layouts) for v, p in zip(seconds[name, s], seconds["plain", s])]
        row["ratio"][name] = {"median": statistics.median(ratios), "ci95": interval(ratios)}
    for key in built:
        shutil.rmtree(directory / f"{source.stem}.{key[0]}.{key[1]}")
    return row


def watch(source, directory, rounds):
    """CPU time of the tools that run the plain program, as multiples of it; None where the tool is absent or fails."""
    plain = directory / "watched"
    rustc(source, plain, 0, "-g")
    tools = [t for t in OUTSIDE if shutil.which(t[2])]
    seconds = {t[0]: [] for t in tools}
    seconds["plain"] = []
    for _ in range(rounds):
        seconds["plain"].append(run([str(plain)], directory))
        for name, _, _, prefix in tools:
            shutil.rmtree(directory / "uftrace.data", ignore_errors=True)
            try:
                seconds[name].append(run([*prefix, str(plain)], directory))
            except SystemExit:
                pass
    base = statistics.median(seconds.pop("plain"))
    return {name: statistics.median(v) / base if v else None for name, v in seconds.items()}


def outside_table(rows):
    names = [t[0] for t in OUTSIDE]
    lines = ["| program | ours | " + " | ".join(names) + " |", "|---|---:|" + "---:|" * len(names)]
    for row in rows:
        if "outside" in row:
            cells = [f"{row['outside'][n]:.1f}" if row["outside"].get(n) else "not measured" for n in names]
            lines.append(f"| {row['program']} | {row['ratio']['ours']['median']:.2f} | " + " | ".join(cells) + " |")
    legend = "\n".join(f"- `{name}`: {what}" for name, what, *_ in OUTSIDE)
    return f"## Tools that watch the plain program\n\nCPU time of tool and program together, as a multiple of the program alone.\n\n{legend}\n\n" + "\n".join(lines) + "\n"


def geometric(rows, name):
    return math.exp(statistics.fmean(math.log(r["ratio"][name]["median"]) for r in rows))


def table(rows):
    names = [v[0] for v in VARIANTS[1:]]
    lines = ["| program | plain, ms | " + " | ".join(names) + " |", "|---|---:|" + "---:|" * len(names)]
    for row in rows:
        cells = [f"{row['ratio'][n]['median']:.2f} [{row['ratio'][n]['ci95'][0]:.2f}, {row['ratio'][n]['ci95'][1]:.2f}]" for n in names]
        lines.append(f"| {row['program']} | {row['plain_ms']:.1f} | " + " | ".join(cells) + " |")
    lines.append("| **geometric mean** | | " + " | ".join(f"**{geometric(rows, n):.3f}**" for n in names) + " |")
    return "\n".join(lines)


# Other costs, each by a script of its own: heading, command.
OTHERS = [
    ("Start-up", ["startup.py", "--rounds", "200"]),
    ("Large programs", ["many.py"]),
    ("The command's own time", ["own.py"]),
]


def others():
    out = []
    for heading, command in OTHERS:
        said = subprocess.run([sys.executable, str(ROOT / "tests/perf" / command[0]), *command[1:]], capture_output=True, text=True, check=False)
        out.append(f"## {heading}\n\n`tests/perf/{' '.join(command)}`\n\n" + "".join(f"    {line}\n" for line in said.stdout.splitlines()))
        print(out[-1], flush=True)
    return "\n".join(out)


def other_sections(path):
    """What pgo.py keeps in the same page stays."""
    old = pathlib.Path(path).read_text() if pathlib.Path(path).exists() else ""
    begin, end = old.find("<!-- pgo: begin"), old.find("<!-- pgo: end -->")
    return "\n" + old[begin:end] + "<!-- pgo: end -->\n" if 0 <= begin < end else ""


def page(rows, options):
    version = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    legend = "\n".join(f"- `{name}`: {what}" for name, what, *_ in VARIANTS)
    return (f"# What counting costs\n\nMade by `tests/perf/bench.py --layouts {options.layouts} --rounds {options.rounds} --page docs/benchmarks.md`; `make bench-quick` prints the same in under three minutes, `make bench` with more layouts and rounds ({version}, {os.cpu_count()} CPUs, {options.layouts} code layouts, "
            f"at most {options.rounds} rounds a program, stopped after {options.seconds} s once there are three). CPU time as a multiple of the plain build; median of interleaved runs, 95 % interval by bootstrap.\n\n{legend}\n\n{table(rows)}\n\n" + (outside_table(rows) + "\n" if any("outside" in r for r in rows) else "") + others() + notes())


def notes():
    """What a person wrote below the figures stays."""
    text = (ROOT / "docs/benchmarks.md").read_text()
    return "\n" + text[text.index("## Reading it"):] if "## Reading it" in text else ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", type=lambda s: s.split(","))
    parser.add_argument("--layouts", type=int)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--json", default=str(ROOT / "build/bench.json"))
    parser.add_argument("--page")
    options = parser.parse_args()
    options.layouts = options.layouts or (2 if options.quick else 6)
    options.rounds = options.rounds or (7 if options.quick else 20)
    options.seconds = 2 if options.quick else 60
    if options.quick:  # a step of its own, and not what this table is read for
        VARIANTS[:] = [v for v in VARIANTS if v[0] != "lines"]
    rows = []
    with tempfile.TemporaryDirectory() as directory:
        for source in programs(options.only):
            rows.append(measure(source, options, pathlib.Path(directory)))
            r = rows[-1]
            if source.stem in WATCHED and not options.quick:
                r["outside"] = watch(source, pathlib.Path(directory), 3)
            print(f"{r['program']:<20} plain {r['plain_ms']:7.1f} ms  " + "  ".join(f"{n} {v['median']:.2f} [{v['ci95'][0]:.2f}, {v['ci95'][1]:.2f}]"
                                                                                     for n, v in r["ratio"].items()), flush=True)
    if not rows:
        sys.exit("bench.py: no such program")
    print(table(rows))
    pathlib.Path(options.json).write_text(json.dumps({"rows": rows, "layouts": options.layouts}, indent=1))
    if options.page:
        pathlib.Path(options.page).write_text(page(rows, options) + other_sections(options.page))


if __name__ == "__main__":
    main()
