#!/usr/bin/env python3
"""Reports of large profiles: time, memory, and whether they grow with the profile alone. TAP on stdout.

    scale.py [--keep FILE]     FILE: where the profile of 10,000 functions and 1,000,000 edges is left

Time is CPU time of the whole command. A profile with four times the edges may take six times as long; the limits of a second and 20 ms are
those of a machine that does nothing else, and are checked with a factor of three.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROF = os.environ.get("RUCHY_PROF", str(ROOT / "build/bin/ruchy-prof"))
FORMATS = ["text", "json", "html"]
number = failures = 0


def check(name, wrong):
    global number, failures
    number += 1
    failures += bool(wrong)
    print(f"{'not ok' if wrong else 'ok'} {number} - {name}" + (f"\n# {wrong}" if wrong else ""))
    sys.stdout.flush()


def run(*arguments):
    """CPU seconds (the least of three), MiB."""
    best, peak = float("inf"), 0
    for _ in range(3):
        process = subprocess.Popen([PROF, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        if status != 0:
            raise SystemExit(f"scale.py: {arguments} ended with wait status {status}")
        best, peak = min(best, usage.ru_utime + usage.ru_stime), max(peak, usage.ru_maxrss / 1024)
    return best, peak


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep")
    o = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        large, quarter, small = (os.path.join(directory, name) for name in ("large.data", "quarter.data", "small.data"))
        for path, functions, edges in ((large, 10000, 1000000), (quarter, 10000, 250000), (small, 100, 200)):
            # In a process of its own: the memory of whoever starts a command is counted as the command's.
            subprocess.run([sys.executable, str(ROOT / "tests/perf/profiles.py"), path, str(functions), str(edges)], check=True)
        for name in FORMATS:
            seconds, peak = run("report", large, "--format", name)
            less, _ = run("report", quarter, "--format", name)
            tiny, _ = run("report", small, "--format", name)
            print(f"# {name}: 10,000 functions and 1,000,000 edges in {seconds:.2f} s and {peak:.0f} MiB; a quarter of the edges in {less:.2f} s; 100 functions in {1000 * tiny:.1f} ms")
            check(f"{name}: a large profile takes less than a second and 256 MiB", seconds > 3 and f"{seconds:.2f} s" or peak > 256 and f"{peak:.0f} MiB")
            check(f"{name}: time grows with the size alone", seconds > 6 * max(less, 0.02) and f"{less:.2f} s, then {seconds:.2f} s")
            check(f"{name}: a small profile takes less than 20 ms", tiny > 0.06 and f"{1000 * tiny:.0f} ms")
        seconds, peak = run("diff", large, quarter)
        print(f"# diff: {seconds:.2f} s and {peak:.0f} MiB")
        check("diff: a large profile takes less than a second and 256 MiB", seconds > 3 and f"{seconds:.2f} s" or peak > 256 and f"{peak:.0f} MiB")
        if o.keep:
            pathlib.Path(o.keep).write_bytes(pathlib.Path(large).read_bytes())
    print(f"1..{number}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
