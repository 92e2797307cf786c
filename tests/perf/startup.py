#!/usr/bin/env python3
"""What the runtime adds to the start of a program: an empty main, plain and instrumented, run in turns.

startup.py [--rounds N] [--limit MICROSECONDS] [DIRECTORY...]

For each directory (by default /dev/shm, which is tmpfs, and the working directory) prints one TAP line: the median over the rounds of
(instrumented - plain) with its 95 % interval from the ranks of the binomial distribution, of the processes' CPU time (which other programs on the machine hardly
change; nothing here waits for a disk) and of the time from before the start of the process until after its end. A line fails when the whole interval of
the CPU time lies above the limit (200 us by default). LIB is the directory of librprof.a.
"""
import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
TEXT = """//: slots 4 functions 1
//| fn 0 0 fn t 1 1 1 1 main
fn main() { let __rprof_a = __rprof::count(0); let __rprof_s = __rprof_a.timed(0); }
"""


def build(directory):
    lib = os.environ.get("LIB", os.path.join(TOP, "build", "lib"))
    text = os.path.join(directory, "text.rs")
    with open(text, "w", encoding="utf-8") as file:
        file.write(TEXT)
    with open(os.path.join(directory, "plain.rs"), "w", encoding="utf-8") as file:
        file.write("fn main() {}\n")
    with open(os.path.join(directory, "instrumented.rs"), "w", encoding="utf-8") as file:
        subprocess.run([sys.executable, os.path.join(TOP, "tests/e2e/assemble.py"), text, os.path.join(TOP, "runtime/prelude.rs")], stdout=file, check=True)
    for name in ("plain", "instrumented"):
        subprocess.run(["rustc", "--edition", "2021", "-O", "-L", "native=" + lib, "-o", os.path.join(directory, name),
                        os.path.join(directory, name + ".rs")], check=True)


def run(program, raw):
    before = time.perf_counter_ns()
    pid = os.posix_spawn(program, [program], {"RUCHY_PROF_FILE": raw})
    _, status, used = os.wait4(pid, 0)
    passed = time.perf_counter_ns() - before
    if status != 0:
        sys.exit(f"{program}: status {status}")
    return (used.ru_utime + used.ru_stime) * 1e6, passed / 1000


def measure(programs, directory, rounds):
    differences = []
    with tempfile.TemporaryDirectory(prefix="startup.", dir=directory) as work:
        raw = os.path.join(work, "raw")
        for turn in range(rounds + 20):
            order = ("plain", "instrumented") if turn % 2 else ("instrumented", "plain")
            took = {name: run(os.path.join(programs, name), raw) for name in order}
            if not os.path.getsize(raw):
                sys.exit("no raw file was written")
            os.unlink(raw)
            if turn >= 20:  # the first ones warm caches
                differences.append([ours - plain for ours, plain in zip(took["instrumented"], took["plain"])])
    return [sorted(column) for column in zip(*differences)]


def interval(ordered):
    """The median's 95 % interval; the binomial distribution by its normal approximation."""
    half = 0.98 * math.sqrt(len(ordered))
    low = max(0, int(len(ordered) / 2 - half))
    return ordered[low], ordered[len(ordered) - 1 - low]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=400)
    options.add_argument("--limit", type=float, default=200)
    options.add_argument("directory", nargs="*", default=["/dev/shm", os.getcwd()])
    chosen = options.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory(prefix="startup.") as programs:
        build(programs)
        for number, directory in enumerate(chosen.directory, 1):
            cpu, wall = measure(programs, directory, chosen.rounds)
            low, high = interval(cpu)
            kind = subprocess.run(["stat", "-f", "-c", "%T", directory], stdout=subprocess.PIPE, check=True, text=True).stdout.strip()
            slow = low > chosen.limit
            bad += slow
            print(f"{'not ok' if slow else 'ok'} {number} - start-up on {kind}: {statistics.median(cpu):.0f} us of CPU time more than plain, "
                  f"95 % interval {low:.0f} to {high:.0f}, limit {chosen.limit:.0f}; wall {statistics.median(wall):.0f}, {' to '.join(f'{x:.0f}' for x in interval(wall))}", flush=True)
    print(f"1..{len(chosen.directory)}")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
