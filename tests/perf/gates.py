#!/usr/bin/env python3
"""gates.py [--page FILE] [--only NAME,...] [--quick]: what the promises of `bench` are worth, measured.

  false-alarms  the same program against itself, 200 gates at 5 % on a busy machine: at most 2 FAIL
  detection     one that is 10 % slower, 40 gates of at most 30 s: at least 38 FAIL
  counts        one call of 30 million more: found always
  coverage      intervals over rounds of real noise, recorded here: at least 93 % hold the truth
  agreement     Mann-Whitney against SciPy and benchstat: to 1e-9, and in the verdict
  hyperfine     the same two programs in the same time: narrower interval, less cost a run

Exit status 1 when one of them is missed. The load: LOAD processes that compute half of the time, in pieces of random length.
"""
import argparse
import contextlib
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

TOP = pathlib.Path(__file__).resolve().parents[2]
PROF = str(TOP / "build/bin/ruchy-prof")
COVERAGE = str(TOP / "build/tests/coverage")
LOAD = 3

PROGRAM = """fun work(n: i64) -> i64 {{
    let mut x: i64 = 1
    let mut i: i64 = 0
    while i < n {{
        x = (x * 1103515245 + 12345) % 2147483648
        i += 1
    }}
    x
}}

fun main() {{
    println("{{}}", work({n}))
}}
"""
RUST = """fn work(n: i64) -> i64 {{
    let mut x: i64 = 1;
    let mut i: i64 = 0;
    while i < n {{
        x = (x * 1103515245 + 12345) % 2147483648;
        i += 1;
    }}
    x
}}
fn main() {{
    println!("{{}}", work(std::hint::black_box({n})));
}}
"""
FIB = """fn fibonacci(n: i32) -> i32 {{
    if n <= 1 {{ n }} else {{ fibonacci(n - 1) + fibonacci(n - 2) }}
}}
fn main() {{
    println!("{{}}", fibonacci(35){more});
}}
"""
BUSY = """
import random, time
while True:
    end = time.monotonic() + random.expovariate(1 / 0.05)
    while time.monotonic() < end:
        pass
    time.sleep(random.expovariate(1 / 0.05))
"""


class Load:
    def __enter__(self):
        self.processes = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(LOAD)]

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()


def bench(*arguments):
    """Exit status and the JSON report."""
    run = subprocess.run([PROF, "bench", "--format", "json", *arguments], capture_output=True, text=True)
    if run.returncode not in (0, 3):
        sys.exit(f"bench {' '.join(arguments)}: {run.stderr}")
    return run.returncode, json.loads(run.stdout)


def make_baseline(directory, name, text):
    path = directory / name
    path.write_text(text)
    bench("--regression", "baseline", str(path), "--version", "v1", "--runs", "10", "--no-counts", "--no-compile")
    return path


def gates(directory, first, second, count, seconds):
    """Verdicts and times of `count` gates; `second` replaces the text of the program."""
    path = make_baseline(directory, "program.rs", first)
    path.write_text(second)
    verdicts, took, rounds, estimates = [], [], [], []
    for seed in range(count):
        start = time.monotonic()
        status, report = bench("--regression", "ci", str(path), "--threshold", "5%", "--max-time", f"{seconds}s", "--seed", str(seed),
                               "--no-counts", "--no-compile")
        assert (status == 3) == (report["verdict"] == "fail")
        # What the times alone say: programs that are the same byte for byte don't fail, whatever the times say.
        verdicts.append(report["metrics"][0]["verdict_of_one_layout"])
        took.append(time.monotonic() - start)
        rounds.append(report["rounds"])
        estimates.append(report["metrics"][0]["ratio"]["value"])
    return verdicts, took, rounds, estimates


def tell(verdicts):
    return ", ".join(f"{verdicts.count(v)} {v.upper()}" for v in ("pass", "fail", "inconclusive"))


def false_alarms(options, directory):
    count = 20 if options.quick else 200
    text = RUST.format(n=15000000)
    with Load():
        verdicts, took, rounds, estimates = gates(directory, text, text, count, 10)
    good = verdicts.count("fail") <= count // 100
    return good, [f"{count} gates of a program of some 20 ms against itself, threshold 5 %, `--max-time 10s`, {LOAD} processes as load: "
                  f"{tell(verdicts)} (at most {count // 100} FAIL allowed).",
                  f"A gate took {statistics.median(took):.1f} s in the median, {max(took):.1f} s at most, with {statistics.median(rounds):.0f} "
                  f"rounds; the estimates of the ratio lie within {min(estimates):.3f} and {max(estimates):.3f}."]


def detection(options, directory):
    count = 6 if options.quick else 40
    with Load():
        verdicts, took, rounds, estimates = gates(directory, RUST.format(n=15000000), RUST.format(n=16500000), count, 30)
    need = math.ceil(count * 0.95)
    good = verdicts.count("fail") >= need and max(took) <= 40
    return good, [f"{count} gates of the same program with 10 % more to do, threshold 5 %, `--max-time 30s`, the same load: {tell(verdicts)} "
                  f"(at least {need} FAIL wanted).",
                  f"A gate took {statistics.median(took):.1f} s in the median, {max(took):.1f} s at most; estimates {min(estimates):.3f} to "
                  f"{max(estimates):.3f}."]


def counts(options, directory):
    count = 2 if options.quick else 10
    path = directory / "fib.rs"
    path.write_text(FIB.format(more=""))
    bench("--regression", "baseline", str(path), "--version", "v1", "--runs", "5", "--no-compile")
    path.write_text(FIB.format(more=" + fibonacci(1)"))
    found, cause = 0, ""
    with Load():
        for _ in range(count):
            status, report = bench("--regression", "ci", str(path), "--metric", "calls", "--runs", "2", "--no-compile")
            row = next(m for m in report["metrics"] if m["name"] == "calls")
            found += status == 3 and row["current"] - row["baseline"] == 1
            cause = row["cause"]
    return found == count, [f"One call more of 29,860,704: found in {found} of {count} gates (`--metric calls`), with the cause \"{cause.replace(str(directory) + '/', '')}\"."]


def record(options, directory):
    """Rounds of one program against itself: (time judged, wall time) of both."""
    runs = 600 if options.quick else 6000
    path = make_baseline(directory, "noise.rs", RUST.format(n=8000000))
    with Load():
        _, report = bench("--regression", "ci", str(path), "--runs", str(runs), "--no-counts", "--no-compile")
    return {"wall time without waits for a CPU": (report["baseline_times_ns"], report["current_times_ns"]),
            "wall time": (report["baseline_wall_ns"], report["current_wall_ns"])}


def coverage(options, directory):
    lines, good = [], True
    for what, (a, b) in record(options, directory).items():
        pairs = "".join(f"{x} {y}\n" for x, y in zip(a, b))
        out = subprocess.run([COVERAGE, "simulate"], input=pairs, capture_output=True, text=True, check=True).stdout
        lines += ["", f"Noise: {what}, {len(a):,} rounds recorded under load; 8,000 experiments (1,000 of the bootstraps) each of 10, 20 and 50 consecutive "
                  "rounds; true ratios 0.8, 1, 1.05 and 1.5 in turn.", "",
                  "| interval (95 %) | 10 rounds | 20 rounds | 50 rounds | mean width at 20 |", "|---|---:|---:|---:|---:|"]
        rows = {}
        for line in out.splitlines():
            name, n, share, width = line.split()
            rows.setdefault(name, {})[int(n)] = float(share), float(width)
        for name, by_n in rows.items():
            lines.append(f"| {name.replace('-as-', ', as ').replace('-', ' ')} | " + " | ".join(f"{100 * by_n[n][0]:.1f} %" for n in (10, 20, 50)) +
                         f" | {100 * by_n[20][1]:.1f} % |")
            if name in ("signed-rank", "bootstrap-of-paired-median"):
                good &= min(share for share, _ in by_n.values()) >= 0.93
    lines += ["", "The verdict goes by the first row; the last one is what samples that were taken apart would give: machines drift. Both programs are the same, "
              "so an experiment draws again which of them ran first in each round. The rows \"as recorded\" do not, and go through all windows "
              f"instead: of 50 rounds there are {len(a) // 50} that do not overlap, which leaves a standard error of {100 * math.sqrt(0.95 * 0.05 / (len(a) // 50)):.1f} %."]
    return good, lines


# ---- other programs -------------------------------------------------------------------------------------------------------------------

GO = """package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/perf/benchmath"
)

func floats(s string) (x []float64) {
	for _, w := range strings.Fields(s) {
		v, _ := strconv.ParseFloat(w, 64)
		x = append(x, v)
	}
	return
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<20)
	for in.Scan() {
		p := strings.Split(in.Text(), "|")
		t := benchmath.DefaultThresholds
		c := benchmath.AssumeNothing.Compare(benchmath.NewSample(floats(p[0]), &t), benchmath.NewSample(floats(p[1]), &t))
		fmt.Println(strconv.FormatFloat(c.P, 'g', 17, 64), c.P < c.Alpha)
	}
}
"""


def mann_whitney_cases():
    rng = random.Random(9)
    cases = []
    for n, m in [(4, 4), (5, 5), (6, 8), (8, 8), (10, 10), (12, 20), (20, 20), (30, 25), (40, 40)] * 6:
        shift = rng.choice([1, 1.01, 1.03, 1.1])
        cases.append(([rng.lognormvariate(3, 0.05) for _ in range(n)], [shift * rng.lognormvariate(3, 0.05) for _ in range(m)]))
    return cases


def go_says(directory, text):
    (directory / "main.go").write_text(GO)
    environment = dict(os.environ, GOFLAGS="-mod=mod")
    for command in (["go", "mod", "init", "check"], ["go", "get", "golang.org/x/perf/benchmath@latest"], ["go", "build", "-o", "check", "."]):
        subprocess.run(command, cwd=directory, env=environment, check=True, capture_output=True)
    version = [w for w in (directory / "go.mod").read_text().split("\n") if "golang.org/x/perf" in w][0].split()[-1]
    out = subprocess.run([directory / "check"], input=text, capture_output=True, text=True, check=True).stdout
    return [(float(line.split()[0]), line.split()[1] == "true") for line in out.splitlines()], version


def agreement(options, directory):
    cases = mann_whitney_cases()
    text = "".join(" ".join(map(repr, a)) + " | " + " ".join(map(repr, b)) + "\n" for a, b in cases)
    ours = [tuple(map(float, line.split())) for line in
            subprocess.run([COVERAGE, "mann-whitney"], input=text, capture_output=True, text=True, check=True).stdout.splitlines()]
    lines, good = [], True
    sys.path.insert(0, str(TOP / "build/scipy"))
    try:
        import scipy
        from scipy.stats import mannwhitneyu
        for column, method in enumerate(("exact", "asymptotic", "auto")):
            theirs = [mannwhitneyu(a, b, alternative="two-sided", method=method).pvalue for a, b in cases]
            worst = max(abs(x[column] - y) for x, y in zip(ours, theirs))
            same = sum((x[column] < 0.05) == (y < 0.05) for x, y in zip(ours, theirs))
            good &= worst < 1e-9 and same == len(cases)
            lines.append(f"SciPy {scipy.__version__}, `method={method}`: {len(cases)} pairs of samples, largest difference of p {worst:.1e}, the same verdict at 5 % in {same}.")
    except ImportError:
        lines.append("SciPy is not here (`make stats-check` fetches it): not compared.")
    if shutil.which("go"):
        theirs, version = go_says(directory, text)
        worst = max(abs(x[0] - y) for x, (y, _) in zip(ours, theirs))
        same = sum((x[0] < 0.05) == verdict for x, (_, verdict) in zip(ours, theirs))
        good &= worst < 1e-9 and same == len(cases)
        lines.append(f"benchstat (`golang.org/x/perf/benchmath` {version}, exact): largest difference of p {worst:.1e}, the same verdict in {same}.")
    else:
        lines.append("Go is not here: benchstat was not compared.")
    return good, lines


def compiled(directory, name, n):
    source = directory / f"{name}.rs"
    source.write_text(RUST.format(n=n))
    subprocess.run(["rustc", "-C", "opt-level=3", "-o", directory / name, source], check=True, capture_output=True)
    return str(source), str(directory / name)


RUNS, FEW, WARMUPS = 100, 10, 3


def beside(took, export):
    """What it took beside the CPU time of all runs, in s. Both tools export that, as the kernel tells it: the one figure of a run that does
    not depend on where a tool begins to count. And how many runs there were."""
    results = json.loads(export.read_text())["results"]
    counts = [len(r["times"]) + WARMUPS for r in results]
    return took - sum(n * (r["user"] + r["system"]) for n, r in zip(counts, results)), sum(counts)


def hyperfine_once(a, b, runs, directory):
    """Time that it took, and width and middle of the interval of the ratio: by Hodges and Lehmann, from the times that it exports."""
    out = directory / "hyperfine.json"
    start = time.monotonic()
    subprocess.run(["hyperfine", "-N", "--warmup", str(WARMUPS), "--runs", str(runs), "--export-json", str(out), a, b], check=True, capture_output=True)
    took = time.monotonic() - start
    logs = [[math.log(t) for t in r["times"]] for r in json.loads(out.read_text())["results"]]
    pairs = sorted(y - x for x in logs[0] for y in logs[1])
    n, m = len(logs[0]), len(logs[1])
    cut = max(0, int(n * m / 2 - 1.96 * math.sqrt(n * m * (n + m + 1) / 12)))
    return took, math.exp(pairs[-1 - cut]) - math.exp(pairs[cut]), math.exp(pairs[len(pairs) // 2]), *beside(took, out)


def ours_once(path, runs, seed, directory):
    out = directory / "ours.json"
    start = time.monotonic()
    _, report = bench("--regression", "ci", str(path), "--warmup", str(WARMUPS), "--runs", str(runs), "--no-counts", "--no-compile", "--seed", str(seed),
                      "--export-json", str(out))
    took = time.monotonic() - start
    ratio = report["metrics"][0]["ratio"]
    return took, ratio["hi"] - ratio["lo"], ratio["value"], *beside(took, out)


def against(tool):
    """One turn: `tool(runs)` with few runs and with many. Width, estimate, cost of one run more in ms, cost of the start in ms, total in s."""
    _, _, _, few, few_runs = tool(FEW)
    took, width, ratio, many, many_runs = tool(RUNS)
    cost = (many - few) / (many_runs - few_runs)
    return width, ratio, 1000 * cost, 1000 * (few - cost * few_runs), took


def hyperfine(options, directory):
    if not shutil.which("hyperfine"):
        return True, ["hyperfine is not here: not compared."]
    path = make_baseline(directory, "race.rs", RUST.format(n=15000000))
    slower, b = compiled(directory, "slower", 15300000)
    _, a = compiled(directory, "faster", 15000000)
    path.write_text(pathlib.Path(slower).read_text())
    ours_once(path, FEW, 0, directory)  # builds it
    lines, good, times = [], True, 5 if options.quick else 15
    for load in (False, True):
        rows = {"hyperfine": [], "ruchy-prof bench": []}
        tools = {"hyperfine": lambda runs: hyperfine_once(a, b, runs, directory), "ruchy-prof bench": lambda runs: ours_once(path, runs, turn, directory)}
        with Load() if load else contextlib.nullcontext():
            for turn in range(times):
                for name in sorted(tools, reverse=turn % 2):
                    rows[name].append(against(tools[name]))
        theirs, ours = ([statistics.median(row[i] for row in rows[name]) for i in range(5)] for name in tools)
        good &= ours[0] < theirs[0] and ours[4] <= 1.05 * theirs[4] and (load or ours[2] < theirs[2])
        lines += ["", f"{'On the busy machine' if load else 'Without added load'}, {times} times in turn, {RUNS} runs of each program, one 2 % slower:", "",
                  "| | width of the 95 % interval | estimates of the ratio | cost beside a run | start | total time |", "|---|---:|---:|---:|---:|---:|"]
        for name, medians in (("hyperfine", theirs), ("ruchy-prof bench", ours)):
            values = [row[1] for row in rows[name]]
            lines.append(f"| {name} | {100 * medians[0]:.2f} % | {min(values):.3f} to {max(values):.3f} | {medians[2]:.3f} ms | {medians[3]:.0f} ms | {medians[4]:.2f} s |")
    lines += ["", "hyperfine runs one program, then the other (`-N`, no shell); the interval is by Hodges and Lehmann on the times that it exports. "
              f"Cost: by how much {RUNS} runs take longer than {FEW}, less the CPU time of the programs as both tools export it, by runs. Neither tool's own wall times are in it: "
              "hyperfine begins to count before it makes the process, we just before the program is executed. Start: what is left of the whole; ours reads "
              "the baseline and looks up and checks both builds in the cache."]
    return good, lines


PARTS = [("false-alarms", "False alarms", false_alarms), ("detection", "Detection", detection), ("counts", "Counts", counts),
         ("coverage", "Coverage", coverage), ("agreement", "Agreement", agreement), ("hyperfine", "Against hyperfine", hyperfine)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--page")
    parser.add_argument("--only", default=",".join(name for name, _, _ in PARTS))
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    chosen, missed, page = options.only.split(","), [], []
    load = os.getloadavg()[0]
    for name, title, measure in PARTS:
        if name not in chosen:
            continue
        with tempfile.TemporaryDirectory() as directory:
            good, lines = measure(options, pathlib.Path(directory))
        print(f"{'ok' if good else 'MISSED'} {name}", *lines, sep="\n", flush=True)
        page += [f"## {title}", ""] + [line for line in lines] + ["", "" if good else "**Missed.**", ""]
        missed += [] if good else [name]
        if options.page:
            head = ("# What gates are worth\n\nMade by `make bench-gates` (`tests/perf/gates.py --page docs/gates.md`) "
                    f"on {os.cpu_count()} CPUs; load average before it {load:.2f}. \"Under load\" is with {LOAD} processes of its own that compute "
                    "half of the time, in pieces of random length.\n\n")
            pathlib.Path(options.page).write_text(head + "\n".join(page).replace("\n\n\n", "\n\n").rstrip() + "\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
