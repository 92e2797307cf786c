#!/usr/bin/env python3
"""A second reader of traces, written from runtime/FORMAT.md: the first calls of each thread and the calls by argument, as JSON, one a line."""
import json
import struct
import sys


def value(data, at):
    tag = data[at]
    at += 1
    if tag == 9:
        shown, length, _ = struct.unpack_from("<BII", data, at)
        return data[at + 9 : at + 9 + shown].decode(), at + 9 + shown
    size = {1: 8, 2: 8, 3: 16, 4: 16, 5: 8, 6: 4, 7: 1, 8: 4}.get(tag, 0)
    raw = data[at : at + size]
    if tag in (1, 3):
        result = int.from_bytes(raw, "little", signed=True)
    elif tag in (2, 4):
        result = int.from_bytes(raw, "little")
    elif tag in (5, 6):
        result = struct.unpack("<d" if tag == 5 else "<f", raw)[0]
    elif tag == 7:
        result = raw != b"\0"
    elif tag == 8:
        result = chr(int.from_bytes(raw, "little"))
    elif tag in (13, 14, 15):
        inner, at = value(data, at) if at < len(data) else (None, at)
        return {{13: "Some", 14: "Ok", 15: "Err"}[tag]: inner}, at
    else:
        result = None
    return result, at + size


def values(data):
    at, result = 0, []
    while at < len(data):
        one, at = value(data, at)
        result.append(one)
    return result


def thread(payload):
    (size,) = struct.unpack_from("<Q", payload)
    functions, frames, first, last, slowest, keys, depth = struct.unpack_from("<7I", payload, 8)
    kept = struct.unpack_from("<Q", payload, 80)[0]
    at = size + 48 * functions + 160 * frames
    for n in range(min(first, kept)):
        call = payload[at + 160 * n : at + 160 * (n + 1)]
        number, _, _, _, inside = struct.unpack_from("<5Q", call)
        level, _, _, function, state, arguments, result = struct.unpack_from("<3IHBBB", call, 48)
        ends = {1: "open", 2: "returned", 3: "panicked", 4: "returned"}[state]
        row = [number, level, function, values(call[68 : 68 + arguments]), ends]
        print(json.dumps(row + [values(call[128 : 128 + result])[0] if state == 2 and result else None, None if state == 1 else inside]))
    at += 160 * (first + last + slowest)
    key_count = struct.unpack_from("<I", payload, 68)[0]
    for n in range(key_count):
        _, count, error, _, function, used, length = struct.unpack_from("<4QHBB", payload, at + 96 * n)
        if used:
            yield [function, values(payload[at + 96 * n + 36 : at + 96 * n + 36 + length]), count, error]


data = open(sys.argv[1], "rb").read()
at, end = struct.unpack_from("<QQ", data, 24)
counts = []
while at < end:
    kind, _, length, size = struct.unpack_from("<IIQQ", data, at)
    if kind == 3:
        counts += thread(data[at + 64 : at + 64 + size])
    at += length
for row in sorted(counts, key=json.dumps):
    print(json.dumps(row))
