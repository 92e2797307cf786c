#!/usr/bin/env python3
"""What counting allocations costs: a program that does nothing but 20 million small ones, plain, counted by function and by line. Runs take
turns; user time. allocation_cost.py [OTHER-RUCHY-PROF]: also as built by another version of the command."""
import os
import resource
import statistics
import subprocess
import sys
import tempfile

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PROF = os.environ.get("RUCHY_PROF", os.path.join(TOP, "build", "bin", "ruchy-prof"))
RUNS = 9
PROGRAM = """
use std::hint::black_box;
fn piece(n: u64) -> String { let mut s = String::with_capacity(16); s.push(if n & 1 == 0 { 'a' } else { 'b' }); s }
fn all(n: u64) -> u64 { let mut t = 0; for i in 0..n { let s = black_box(piece(i)); t += s.len() as u64; } t }
fn main() { println!("{}", all(20_000_000)); }
"""


def seconds(program, directory):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run([program], stdout=subprocess.DEVNULL, check=True, env={**os.environ, "RUCHY_PROF_FILE": os.path.join(directory, "x.%p.raw")})
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def main():
    ways = {"plain": [PROF], "by function": [PROF, "--instrument"], "by line": [PROF, "--instrument", "--allocation-lines"]}
    if len(sys.argv) > 1:
        ways["by function, other version"] = [sys.argv[1], "--instrument"]
    with tempfile.TemporaryDirectory() as directory:
        source = os.path.join(directory, "small.rs")
        with open(source, "w", encoding="utf-8") as file:
            file.write(PROGRAM)
        programs, times = {}, {way: [] for way in ways}
        for number, (way, (prof, *options)) in enumerate(ways.items()):
            programs[way] = os.path.join(directory, f"small{number}")
            subprocess.run([prof, "build", source, *options, "--output", programs[way]], check=True)
        for _ in range(RUNS):
            for way, program in programs.items():
                times[way].append(seconds(program, directory))
        for way in ways:
            ratios = sorted(own / function for own, function in zip(times[way], times["by function"]))
            print(f"{way:<28} {statistics.median(times[way]):.3f} s, {statistics.median(ratios):.2f} times by function"
                  f" ({ratios[0]:.2f} to {ratios[-1]:.2f})")


if __name__ == "__main__":
    main()
