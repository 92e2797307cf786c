#!/usr/bin/env python3
"""What views of large profiles cost, and how that compares with go tool pprof and inferno on the same data.

    export.py [--rounds N] [--page FILE]

A profile of 10,000 functions and 1,000,000 calls between them, with and without samples, and one of 100 functions, are rendered as every format;
the largest twice as large too, to see that time grows with size. Times are CPU time (user + system), the median of interleaved runs; ratios are
medians of ratios within a round. pprof reads what we export as pprof and inferno what we export as folded stacks.
"""
import argparse
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROF = os.environ.get("RUCHY_PROF", str(ROOT / "build/bin/ruchy-prof"))
GRAPH = ROOT / "build/tests/graph"
INFERNO = ROOT / "build/tools/bin/inferno-flamegraph"


def formats():
    """Every row of the table of exporters, from the message about a format that there is not."""
    text = subprocess.run([PROF, "report", "/dev/null", "--format", "?"], capture_output=True, text=True).stderr
    return re.search(r"known formats: ([\w, -]+)", text)[1].split(", ")


def measure(command, stdin=None):
    """CPU seconds and peak MiB of a command."""
    with open(os.devnull, "r+b") as null:
        process = subprocess.Popen([str(part) for part in command], stdin=null, stdout=null, stderr=subprocess.PIPE)
        error = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if b"the source of the profile is not there" in error:
        raise LookupError(command)
    if process.returncode != 0:
        raise SystemExit(f"export.py: {command}: {error.decode()[-500:]}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--page", help="write the tables here as Markdown")
    arguments = parser.parse_args()
    lines = []
    late = []

    def say(text):
        print(text, flush=True)
        lines.append(text)

    with tempfile.TemporaryDirectory() as work:
        data = {}
        for name, shape in {"small": (100, 1000, 100), "derived": (10000, 1000000, 0), "sampled": (10000, 1000000, 100000),
                            "double": (20000, 2000000, 200000), "paths": (10000, 50000, 100000)}.items():
            data[name] = os.path.join(work, name + ".data")
            subprocess.run([GRAPH, *map(str, shape), data[name]], check=True)
        say("| format | 100 functions | 10,000 functions, 1,000,000 edges | without samples | memory | twice the size |")
        say("|---|---:|---:|---:|---:|---:|")
        for name in formats():
            times = {key: [] for key in ("small", "derived", "sampled", "double")}
            memory = []
            try:
                measure([PROF, "report", data["small"], "--format", name, "--output", os.path.join(work, "out")])
            except LookupError:
                continue  # a view of the source, and this program has none
            for _ in range(arguments.rounds):
                for key in ("small", "derived", "sampled", "double"):
                    path = data[key]
                    seconds, mib = measure([PROF, "report", path, "--format", name, "--output", os.path.join(work, "out")])
                    times[key].append(seconds)
                    if key in ("derived", "sampled"):
                        memory.append(mib)
            median = {key: statistics.median(values) for key, values in times.items()}
            double = statistics.median(b / a for a, b in zip(times["sampled"], times["double"]))
            say(f"| {name} | {median['small'] * 1e3:.0f} ms | {median['sampled']:.2f} s | {median['derived']:.2f} s | {max(memory):.0f} MiB | {double:.1f}x |")
            if median["small"] > 0.02 or max(median["derived"], median["sampled"]) > 1 or max(memory) > 256:
                late.append(name)
        packed, folded = os.path.join(work, "sampled.pb.gz"), os.path.join(work, "paths.folded")
        for key, path in (("sampled", packed), ("paths", folded)):
            subprocess.run([PROF, "report", data[key], "--output", path], check=True)
        pairs = []
        if shutil.which("go"):
            tool = subprocess.run(["go", "tool", "-n", "pprof"], capture_output=True, text=True).stdout.strip() or None
            command = [tool] if tool and os.path.exists(tool) else ["go", "tool", "pprof"]
            pairs.append(("load and print the functions, `go tool pprof -top`", command + ["-top", "-output", os.path.join(work, "top"), packed], "text", "sampled"))
            pairs.append(("load and write callgrind's format, `go tool pprof -callgrind`", command + ["-callgrind", "-output", os.path.join(work, "cg"), packed],
                          "callgrind", "sampled"))
        if INFERNO.exists():
            pairs.append(("draw a flame graph of 10,000 functions and 100,000 samples, `inferno-flamegraph`", [INFERNO, folded], "flamegraph", "paths"))
        say("")
        say("| the same with | their time | ours to theirs |")
        say("|---|---:|---:|")
        for name, theirs, ours, key in pairs:
            rounds = [(measure([PROF, "report", data[key], "--format", ours, "--output", os.path.join(work, "out")])[0], measure(theirs)[0])
                      for _ in range(arguments.rounds)]
            say(f"| {name} | {statistics.median(b for _, b in rounds):.2f} s | {statistics.median(a / b for a, b in rounds):.2f} |")
    if arguments.page:
        pathlib.Path(arguments.page).write_text("\n".join(lines) + "\n", encoding="utf-8")
    if late:
        print(f"above 20 ms, 1 s or 256 MiB: {', '.join(late)}", file=sys.stderr)
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
