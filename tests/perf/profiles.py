"""Profiles of any size, as profile.data (runtime/FORMAT.md) and as the pprof of the same figures, for tests of scale and benchmarks."""
import gzip
import random
import struct
import sys

import cbor2
import xxhash
import zstandard

DURATIONS = "wall_plain wall_instrumented cpu_plain cpu_instrumented queued_plain queued_instrumented".split()
MEMORY = "allocations allocated_bytes reallocations leaked leaked_bytes largest_bytes at_peak_bytes".split()


def bucket(ns):
    power = ns.bit_length() - 1
    return ns if ns < 128 else 128 * (power - 6) + (ns >> (power - 7)) % 128


def durations(values):
    keys = {}
    for value in values:
        keys[bucket(value)] = keys.get(bucket(value), 0) + 1
    squares = sum(value * value for value in values)
    return {"n": len(values), "sum_ns": sum(values), "min_ns": min(values, default=0), "max_ns": max(values, default=0),
            "square_hi": squares >> 64, "square_lo": squares & (1 << 64) - 1, "buckets": {"key": sorted(keys), "n": [keys[k] for k in sorted(keys)]}}


def document(functions, edges, seed=0, lines_each=5, names=None, path="generated.ruchy", source_hash="0123456789abcdef0123456789abcdef"):
    """One run of a program with `functions` functions that call each other in `edges` places; `seed` changes the counts alone."""
    chance = random.Random(seed)
    f, e, l = functions, {"caller": [], "callee": [], "line": [], "calls": []}, {"line": [], "fn": [], "count": [], "samples": []}
    calls, own, total = [0] * f, [0] * f, [0] * f
    if edges > f * f:
        raise ValueError("more edges than pairs of functions")
    add_caller, add_callee, add_line, add_calls = (e[key].append for key in ("caller", "callee", "line", "calls"))
    for caller in range(f):
        each = edges // f + (caller < edges % f)
        # Few near, many far: like a program of modules, and no pair twice.
        for callee in sorted({(caller + 1 + k * (k + 1) // 2) % f for k in range(each)} if each * each // 2 < f else {(caller * 31 + k * (f // each)) % f for k in range(each)}):
            n = chance.randrange(1, 1000)
            calls[callee] += n
            add_caller(caller), add_callee(callee), add_line(10 * caller + 2 + callee % 8), add_calls(n)
    for i in range(f):
        calls[i] = calls[i] or 1
        for line in range(10 * i + 1, 10 * i + 1 + lines_each):
            hits = chance.randrange(3)
            own[i] += hits
            for key, value in zip(l, (line, i, calls[i] * (line % 7), hits)):
                l[key].append(value)
        total[i] = own[i]
    samples = sum(own)
    table = {"from": [10 * i + 1 for i in range(f)], "name": [names[i] if names else f"Module{i // 50}::function_{i}" for i in range(f)], "kind": [0] * f, "flags": [2] * f,
             "to": [10 * i + 9 for i in range(f)], "rust_from": [12 * i + 1 for i in range(f)], "rust_to": [12 * i + 11 for i in range(f)],
             "calls": calls, "calls_min": calls, "calls_max": calls, "clock_self_ns": [n * 40 for n in calls], "clock_total_ns": [n * 50 for n in calls],
             "clock_spans": calls, "clock_off": [0] * f, "samples_self": own, "samples_total": total}
    table.update({key: [i % 3 * 16 for i in range(f)] for key in MEMORY})
    table["reallocations"] = table["leaked"] = table["leaked_bytes"] = [0] * f
    doc = {"source_path": path, "source_hash": source_hash, "rust_path": "generated.rs", "rust_hash": "", "ruchy_version": "4.2.1",
           "rustc_version": "rustc 1.95.0", "tool_version": "0.1.0", "rustc_flags": "-O", "host": "generated", "runs": 1, "unfinished_runs": 0, "lost_threads": 0,
           "untimed_runs": 0, "clock": 1, "sample_runs": 1, "samples": samples, "sample_period_ns": 1000000, "samples_outside": 0, "sample_method": "generated",
           "peak_rss_bytes": 10000000, "failed_runs": 0, "exit_status": 0, "memory": "counted", "memory_runs": 1, "peak_live_bytes": 100000}
    doc.update({"outside_" + key: 0 for key in MEMORY})
    doc.update({"functions": table, "edges": e, "lines": l, "skips": {"rust_line": [], "reason": []}})
    wall = max(samples, 1) * 1000000 + chance.randrange(1000000)
    doc.update({name: durations([wall + 1000 * i for i in range(2)] if not name.startswith("queued") else []) for name in DURATIONS})
    return doc


def pack(doc):
    payload = zstandard.ZstdCompressor(level=6).compress(cbor2.dumps(doc))
    return b"RPROFDAT" + struct.pack("<IIQ", 1, 0, len(payload)) + xxhash.xxh3_64(payload).digest() + payload


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field, value):
    return varint(field << 3) + varint(value)


def message(field, data):
    return varint(field << 3 | 2) + varint(len(data)) + data


def packed(field, values):
    return message(field, b"".join(map(varint, values)))


def pprof(doc):
    """The same profile for `go tool pprof`: a sample for each edge (calls) and one for each function (calls, ns)."""
    strings = {"": 0}

    def text(s):
        return strings.setdefault(s, len(strings))

    functions, edges, lines = doc["functions"], doc["edges"], doc["lines"]
    out = [message(1, number(1, text("calls")) + number(2, text("count"))), message(1, number(1, text("time")) + number(2, text("nanoseconds")))]
    locations = {}

    def location(fn, line):
        return locations.setdefault((fn, line), len(locations) + 1)

    for caller, callee, line, calls in zip(*(edges[k] for k in ("caller", "callee", "line", "calls"))):
        out.append(message(2, packed(1, [location(callee, functions["from"][callee]), location(caller, line)]) + packed(2, [calls, 0])))
    for line, fn, count, samples in zip(*(lines[k] for k in ("line", "fn", "count", "samples"))):
        out.append(message(2, packed(1, [location(fn, line)]) + packed(2, [count, samples * 1000000])))
    for (fn, line), number_of in locations.items():
        out.append(message(4, number(1, number_of) + message(4, number(1, fn + 1) + number(2, line))))
    for i, name in enumerate(functions["name"]):
        out.append(message(5, number(1, i + 1) + number(2, text(name)) + number(3, text(name)) + number(4, text(doc["source_path"])) + number(5, functions["from"][i])))
    out += [message(6, s.encode()) for s in strings]
    return gzip.compress(b"".join(out), 6, mtime=0)


if __name__ == "__main__":  # profiles.py FILE FUNCTIONS EDGES
    with open(sys.argv[1], "wb") as file:
        file.write(pack(document(int(sys.argv[2]), int(sys.argv[3]))))
