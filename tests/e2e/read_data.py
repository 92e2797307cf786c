#!/usr/bin/env python3
"""Read profile.data as runtime/FORMAT.md describes it; a second reader, written from that text alone.

read_data.py DATA            prints the document as JSON
read_data.py DATA REPORT     compares it with `ruchy-prof report --format json DATA` (a file); prints what differs, exit status 1
Exit status 77 when a module that it needs is missing (Debian: python3-cbor2, python3-zstandard, python3-xxhash).
"""
import json
import struct
import sys

try:
    import cbor2
    import xxhash
    import zstandard
except ModuleNotFoundError as missing:
    print(f"read_data.py: {missing.name} is not installed", file=sys.stderr)
    sys.exit(77)

TABLES = {
    "functions": ("file from name kind flags to rust_from rust_to calls calls_min calls_max clock_self_ns clock_total_ns clock_spans clock_off "
                  "samples_self samples_total allocations allocated_bytes reallocations leaked leaked_bytes largest_bytes at_peak_bytes").split(),
    "edges": "caller callee line calls".split(),
    "lines": "line fn count samples".split(),
    "skips": "file rust_line reason".split(),
    "files": "source_path rust_path source_hash rust_hash".split(),
    "sources": "hash text".split(),
    "contexts": "parent fn line samples".split(),
    "fn_texts": "name from hash".split(),
    "trainings": "input input_hash args runs".split(),
    "llvm": "rust_hash rustc flags crate counters".split(),
    "selections": "identity made decisions".split(),
}
DURATIONS = "wall_plain wall_instrumented cpu_plain cpu_instrumented queued_plain queued_instrumented".split()


def need(condition, what):
    if not condition:
        sys.exit(f"read_data.py: {what}")


def rows(table, columns):
    sizes = {len(table[column]) for column in columns}
    need(len(sizes) == 1, f"columns of unequal length: {sizes}")
    return [dict(zip(columns, values)) for values in zip(*(table[column] for column in columns))]


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    need(len(data) >= 32 and data[:8] == b"RPROFDAT", "no magic")
    version, flags, size = struct.unpack_from("<IIQ", data, 8)
    need(version == 1 and flags == 0, f"version {version}, flags {flags}")
    payload = data[32:]
    need(len(payload) == size, f"payload of {len(payload)} bytes, not {size}")
    need(xxhash.xxh3_64(payload).digest() == data[24:32], "checksum")
    document = cbor2.loads(zstandard.ZstdDecompressor().decompress(payload))
    for optional in "sources fn_texts trainings llvm selections".split():
        document.setdefault(optional, {column: [] for column in TABLES[optional]})
    for name, columns in TABLES.items():
        document[name] = rows(document[name], columns)
    for source in document["sources"]:
        need(xxhash.xxh3_128(source["text"].encode()).hexdigest() == source["hash"], "hash of a source")
    check_contexts(document)
    for name in DURATIONS:
        check_durations(document[name])
    return document


def check_contexts(document):
    contexts = document["contexts"]
    need(all(c["parent"] <= row and c["fn"] < len(document["functions"]) for row, c in enumerate(contexts)), "call paths refer to what is not there")
    order = [(c["parent"], c["fn"], c["line"]) for c in contexts]
    need(order == sorted(set(order)), "call paths out of order")
    # a function has no more samples by its paths than by itself; all of them here, since one sampler made both
    by_function = [0] * len(document["functions"])
    for c in contexts:
        by_function[c["fn"]] += c["samples"]
    need(by_function == [f["samples_self"] for f in document["functions"]], "samples of the call paths are not those of their functions")


def check_durations(times):
    times["buckets"] = rows(times["buckets"], ["key", "n"])
    need(sum(bucket["n"] for bucket in times["buckets"]) == times["n"], "buckets do not add up")
    if times["n"]:
        need(key(times["min_ns"]) == times["buckets"][0]["key"], "first bucket")
        need(key(times["max_ns"]) == times["buckets"][-1]["key"], "last bucket")
        squares = times["square_hi"] << 64 | times["square_lo"]
        need(squares * times["n"] >= times["sum_ns"] ** 2, "sum of squares")


def key(value):
    power = value.bit_length() - 1
    return value if value < 128 else 128 * (power - 6) + (value >> (power - 7)) % 128


def compare(document, report):
    """What both say: functions with calls, edges, runs."""
    functions = document["functions"]
    shown = {(f["name"], f["line_start"]): f["calls_total"] for f in report["functions"]}
    differ = [(f["name"], f["calls"], shown.get((f["name"], f["from"] or None))) for f in functions
              if f["kind"] < 3 and f["calls"] != shown.get((f["name"], f["from"] or None))]
    edges = sorted((functions[e["caller"]]["name"] if e["caller"] is not None else "", functions[e["callee"]]["name"], e["line"], e["calls"])
                   for e in document["edges"])
    theirs = sorted((e["caller"] or "", e["callee"], e["line"] or 0, e["calls_total"]) for e in report["edges"])
    if edges != theirs:
        differ.append(("edges", edges, theirs))
    if document["runs"] != report["iterations"]:
        differ.append(("runs", document["runs"], report["iterations"]))
    return differ


def main():
    document = read(sys.argv[1])
    if len(sys.argv) == 2:
        json.dump(document, sys.stdout, indent=1)
        print()
        return 0
    with open(sys.argv[2], encoding="utf-8") as file:
        differ = compare(document, json.load(file))
    for what in differ:
        print(*what)
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
