#!/usr/bin/env python3
"""How fast is merging, how much memory does it take, and how does it compare with `go tool pprof -proto`?

    merge.py [--files N] [--functions N] [--compare N] [--rounds N] [--check]

Makes N profiles of one program, each of another run, as profile.data and (the first --compare of them) as pprof files with the same
figures, and merges them. Speed is told per byte of the files on disk and per file, as a ratio between the two tools in interleaved rounds. --check
fails if 10,000 files of 200 functions take more than 10 s or 64 MiB, or if merging is slower per byte than pprof.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import profiles

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROF = os.environ.get("RUCHY_PROF", str(ROOT / "build/bin/ruchy-prof"))


def run(command, stdin=None, **more):
    """Wall seconds, CPU seconds, peak MiB."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdin=stdin or subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **more)
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status != 0:
        raise SystemExit(f"merge.py: {command[0]} failed: {error.decode(errors='replace')[:500]}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=10000)
    parser.add_argument("--functions", type=int, default=200)
    parser.add_argument("--compare", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--check", action="store_true")
    o = parser.parse_args()
    failed = []
    with tempfile.TemporaryDirectory() as directory:
        place, size = pathlib.Path(directory), {"data": 0, "pprof": 0}
        different = min(o.files, 500)  # the rest are copies under other names: as much work to read and add
        for i in range(o.files):
            data = profiles.pack(profiles.document(o.functions, 2 * o.functions, seed=i)) if i < different else None
            if data is None:
                shutil.copyfile(place / f"{i % different}.data", place / f"{i}.data")
                continue
            (place / f"{i}.data").write_bytes(data)
            if i < o.compare:
                other = profiles.pprof(profiles.document(o.functions, 2 * o.functions, seed=i))
                (place / f"{i}.pb.gz").write_bytes(other)
                size["data"] += len(data)
                size["pprof"] += len(other)
        names = "\n".join(str(place / f"{i}.data") for i in range(o.files)).encode()
        (place / "names").write_bytes(names)
        wall, cpu, peak = run([PROF, "merge", "--files-from", str(place / "names"), "--output", str(place / "sum.data")])
        print(f"{o.files} files of {o.functions} functions: {wall:.2f} s ({1e6 * cpu / o.files:.0f} µs of CPU a file), {peak:.0f} MiB")
        if wall > 10 or peak > 64:
            failed.append("more than 10 s or 64 MiB")
        if shutil.which("go"):
            n = min(o.compare, different)
            ours_files = [str(place / f"{i}.data") for i in range(n)]
            theirs_files = [str(place / f"{i}.pb.gz") for i in range(n)]
            ratios = []
            for _ in range(o.rounds):
                _, ours, ours_peak = run([PROF, "merge", *ours_files, "--output", str(place / "a.data")])
                _, theirs, theirs_peak = run(["go", "tool", "pprof", "-proto", "-output", str(place / "b.pb.gz"), *theirs_files])
                ratios.append((ours / size["data"]) / (theirs / size["pprof"]))
            per_byte, per_file = statistics.median(ratios), statistics.median(ratios) * size["data"] / size["pprof"]
            print(f"{n} files against go tool pprof -proto, CPU time: {per_byte:.2f} of its time per byte, {per_file:.2f} per file "
                  f"({size['data'] / n:.0f} and {size['pprof'] / n:.0f} bytes a file; {ours_peak:.0f} and {theirs_peak:.0f} MiB)")
            if per_byte >= 1:
                failed.append("slower per byte than pprof")
        else:
            print("go is not installed: not compared with pprof")
    for what in failed if o.check else []:
        print("merge.py:", what, file=sys.stderr)
    return 1 if failed and o.check else 0


if __name__ == "__main__":
    sys.exit(main())
