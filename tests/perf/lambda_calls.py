#!/usr/bin/env python3
"""The time of system calls that analyze --lambda-ready tells, beside what the kernel's own tracepoints tell of the untraced starts.

lambda_calls.py [PROGRAM]: by default the corpus' bootstrap in C++. Needs perf, and the right to record raw_syscalls:* (root, tracefs mounted).
Prints both; a tracepoint costs some tenths of a microsecond a call itself, and counts waiting, which is why it is a bound and not the truth.
"""
import collections
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
LINE = re.compile(r"\s*(.+?)\s+(\d+)/(\d+)\s+(\d+)\.(\d+):\s+raw_syscalls:sys_(enter|exit): NR (-?\d+)")
GETPPID, RECVFROM, READ = 110, 45, 0


def starts(text, name):
    """Microseconds in calls up to the first wait for an answer, of each process that we did not make do empty calls."""
    events = collections.defaultdict(list)
    for line in text.splitlines():
        found = LINE.match(line)
        if found and found[1] == name:
            events[found[3]].append((int(found[4]) * 10**9 + int(found[5]), found[6], int(found[7])))
    for calls in events.values():
        if any(number == GETPPID for _, _, number in calls):
            continue
        total, count, open_call, sent = 0, 0, None, False
        for when, kind, number in calls:
            if kind == "enter":
                if sent and number in (RECVFROM, READ):
                    yield total / 1000, count
                    break
                open_call = (when, number)
            elif open_call and open_call[1] == number:
                total += when - open_call[0]
                count += 1
                sent |= number in (1, 44, 46) and count > 10  # write, sendto, sendmsg
                open_call = None


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else os.path.join(TOP, "build/share/bootstraps/cpp/bootstrap")
    prof = os.path.join(TOP, "build/bin/ruchy-prof")
    with tempfile.TemporaryDirectory() as work:
        report, data = os.path.join(work, "report.json"), os.path.join(work, "data")
        subprocess.run([prof, "analyze", "--lambda-ready", program, "--no-siblings", "--runs", "40", "--output", report], check=True)
        subprocess.run(["perf", "record", "-q", "-o", data, "-e", "raw_syscalls:sys_enter", "-e", "raw_syscalls:sys_exit", "-a", "--", prof, "analyze",
                        "--lambda-ready", program, "--no-siblings", "--runs", "40"], check=True, stdout=subprocess.DEVNULL)
        text = subprocess.run(["perf", "script", "-i", data, "-F", "comm,pid,tid,time,event,trace", "--ns"], check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True).stdout
        with open(report, encoding="utf-8") as file:
            facts = json.load(file)["lambda"]["until_first_next"]
    low, high = facts["system_calls_cpu_ci95_ms"]
    print(f"ruchy-prof: {facts['system_calls']} calls, {facts['system_calls_cpu_ms']:.3f} ms of CPU time ({low:.3f} to {high:.3f})")
    found = sorted(starts(text, os.path.basename(program)[:15]))
    times = [time / 1000 for time, _ in found]
    calls = statistics.mode(count for _, count in found)
    print(f"tracepoints: {calls} calls, {statistics.median(times):.3f} ms, median of {len(times)} starts "
          f"({times[len(times) // 10]:.3f} to {times[len(times) * 9 // 10]:.3f}: eight of ten)")


if __name__ == "__main__":
    main()
