#!/usr/bin/env python3
"""Read raw counter files as runtime/FORMAT.md describes them; a second reader, written from that text alone.

read_raw.py FILE...   prints, for each file, `state`, `pid`, `threads` (chunks), `lost`, then `calls NAME N` per function and
`time NAME SELF TOTAL SPANS OPEN OFF` (ticks; OPEN: spans that had not ended, OFF: threads that switched the clock off) and `line RLINE RCOL N`.
read_raw.py --memory FILE...   prints instead `memory NAME ALLOCATIONS BYTES REALLOCATIONS LEAKED BYTES LARGEST ATPEAK` per function.
Exit status 1 and one line for a file that breaks a rule.
"""
import struct
import sys

IDLE, OFF, NONE = 0, 1, 0xFFFFFFFF


class Bad(Exception):
    pass


def need(condition, what):
    if not condition:
        raise Bad(what)


def chunks(data):
    need(len(data) >= 104, "shorter than a header")
    need(data[:8] == b"RPROFRAW", "no magic")
    version, page, clock, state = struct.unpack_from("<4I", data, 8)
    first, end = struct.unpack_from("<2Q", data, 24)
    need(version == 1, f"version {version}")
    need(page >= 4096 and page & (page - 1) == 0, f"page {page}")
    need(clock in (1, 2, 3), f"clock {clock}")
    need(state in (0, 1), f"state {state}")
    need(first % page == 0 and first >= page and first <= end <= len(data), f"first {first}, end {end}, size {len(data)}")
    at = first
    while at < end:
        need(end - at >= 64, f"chunk at {at}: no room for its head")
        kind, program, length, size = struct.unpack_from("<2I2Q", data, at)
        need(length >= 64 and length % page == 0 and length <= end - at, f"chunk at {at}: length {length}")
        need(size <= length - 64, f"chunk at {at}: size {size}")
        yield kind, program, data[at + 64:at + 64 + size], at
        at += length


def parse_table(payload):
    lines = payload.decode("utf-8").split("\n")
    need(lines[0] == "rprof-table 1", "no table magic")
    functions, blocks, calls, lesses, places, sites = [], {}, [], [], [], []
    for line in lines[1:]:
        field = line.split("\t")
        if field[0] == "fn":
            need(int(field[1]) == len(functions), "function ids with gaps")
            functions.append((field[9], None if field[2] == "-" else int(field[2])))
        elif field[0] == "block":
            blocks[int(field[1])] = int(field[3])
        elif field[0] == "call":
            calls.append((int(field[1]), int(field[2]), int(field[3])))
        elif field[0] == "less":
            need(int(field[1]) == len(lesses), "counts with gaps")
            lesses.append((field[2], field[3]))
        elif field[0] == "line":
            places.append((field[1], int(field[4]), int(field[5])))
        elif field[0] == "site":
            need(int(field[1]) == len(functions) + len(sites), "sites with gaps")
            sites.append((int(field[2]), int(field[3])))
    return functions, blocks, calls, lesses, places, sites


def parse_thread(payload, at):
    need(len(payload) >= 64, f"thread at {at}: short")
    slots, functions, tid, alive, current, last, times = struct.unpack_from("<2IQ2I2Q", payload, 0)
    need(64 + 8 * slots <= times and times % 8 == 0 and times + 32 * functions <= len(payload), f"thread at {at}: sizes")
    need(current == NONE or current < functions, f"thread at {at}: current {current}")
    counters = struct.unpack_from(f"<{slots}Q", payload, 64)
    cost, = struct.unpack_from("<Q", payload, 56)  # from ticks of the thread to those of the machine
    spans = [struct.unpack_from("<4Q", payload, times + 32 * f) for f in range(functions)]
    return counters, [(*span[:3], span[3] + cost if span[3] > OFF else span[3]) for span in spans], current, last + cost


def parse_heap(payload, at):
    functions, = struct.unpack_from("<I", payload, 4)
    times, heap = struct.unpack_from("<2Q", payload, 32)
    if heap == 0:
        return None
    count, lives = struct.unpack_from("<2I", payload, 48)
    count = count or functions + 1
    need(heap % 8 == 0 and heap >= times + 32 * functions and heap + 64 + 64 * count + lives * 64 * (1 + count) <= len(payload),
         f"thread at {at}: allocations")
    own, peak, others, top, snapshot = struct.unpack_from("<2q24x2qQ", payload, heap)
    records = [struct.unpack_from("<7Q", payload, heap + 64 * (1 + f)) for f in range(count)]
    ages = [struct.unpack_from("<6Q", payload, heap + 64 * (2 + count + f)) for f in range(count)] if lives else []
    return max(max(own, peak) + others, top), snapshot, records, ages


class Raw:
    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read()
        tables, threads, heaps = [], [], []
        for kind, program, payload, at in chunks(data):
            if kind == 1:
                need(program == len(tables), f"table at {at}: program {program}")
                tables.append(parse_table(payload))
            elif kind == 2:
                need(program < len(tables), f"thread at {at}: program {program}")
                threads.append((program, *parse_thread(payload, at)))
                heaps.append((program, parse_heap(payload, at)))
        self.state = struct.unpack_from("<I", data, 20)[0]
        self.pid = struct.unpack_from("<Q", data, 40)[0]
        last_ticks, = struct.unpack_from("<Q", data, 72)
        self.lost, = struct.unpack_from("<Q", data, 96)
        self.threads = len(threads)
        self.calls, self.times, self.lines = {}, {}, []
        self.end = max([last_ticks] + [thread[4] for thread in threads])
        self.memory = self.add_memory(tables[0][0], tables[0][5], [heap for program, heap in heaps if program == 0 and heap]) if tables else []
        for index, table in enumerate(tables):
            self.add(table, [thread[1:] for thread in threads if thread[0] == index])

    def add_memory(self, functions, sites, heaps):
        """Rows of name, allocations, bytes, reallocations, leaked, leaked bytes, largest, at peak; by line also NAME:LINE with the blocks
        that ended, the sum of their lives, the short-lived, their bytes, and those freed elsewhere. The last is the peak."""
        rows = []
        if not heaps:
            return rows
        at_peak = max(heaps, key=lambda heap: heap[1])[2]
        owners = [[f] + [len(functions) + s for s, site in enumerate(sites) if site[0] == f] for f in range(len(functions))]
        records = list(zip([name for name, _ in functions] + ["(outside)"], owners + [[len(functions) + len(sites)]]))
        lines = {}
        for r, (fn, line) in [(f, (f, 0)) for f in range(len(functions))] + [(len(functions) + s, site) for s, site in enumerate(sites)]:
            lines.setdefault((line, functions[fn][0]), []).append(r)
        by_line = sorted(lines.items()) if all(heap[3] for heap in heaps) else []
        for name, own in records + [(f"{name}:{line}", own) for (line, name), own in by_line]:
            taken, size, freed, freed_size, _, again, _ = map(sum, zip(*(heap[2][r] for heap in heaps for r in own)))
            largest = max(heap[2][r][4] for heap in heaps for r in own)
            row = (name, taken, size, again, taken - freed, size - freed_size, largest, sum(at_peak[r][6] for r in own))
            if ":" in name and name.split(":")[-1].isdigit():
                if taken:
                    rows.append(row + tuple(map(sum, zip(*(heap[3][r] for heap in heaps for r in own))))[:5])
                continue
            rows.append(row)
        rows.append(("(peak)", max(heap[0] for heap in heaps)))
        return rows

    def add(self, table, threads):
        functions, blocks, calls, lesses, lines, _ = table
        counters = [sum(column) for column in zip(*(thread[0] for thread in threads))]
        counts = [counters[entry] if entry is not None and counters else 0 for _, entry in functions]
        for slot, index, callee in calls:
            if counters:
                undone = sum(counters[slot + 1:slot + 2 + index]) if blocks[slot] > 1 else 0
                counts[callee] += counters[slot] - undone
        for f, (name, _) in enumerate(functions):
            self.calls[name] = self.calls.get(name, 0) + counts[f]
            self.times[name] = self.sum_times(f, threads)
        known = []

        def value(count):
            if count[0] == "f":
                return counts[int(count[1:])]
            if count[0] == "l":
                return known[int(count[1:])]
            return counters[int(count)] if counters else 0
        for left, right in lesses:
            known.append(max(0, value(left) - value(right)))
        self.lines += [(row, column, value(count)) for count, row, column in lines]

    def sum_times(self, f, threads):
        own = total = spans = still_open = off = 0
        for _, times, current, last in threads:
            if f >= len(times):
                continue
            t_own, t_total, t_spans, start = times[f]
            own, total, spans = own + t_own, total + t_total, spans + t_spans
            if current == f:
                own += max(0, self.end - last)
            if start == OFF:
                off += 1
            elif start != IDLE:
                still_open += 1
                total += max(0, self.end - start)
        return own, total, spans, still_open, off


def main():
    memory = sys.argv[1:2] == ["--memory"]
    for path in sys.argv[1 + memory:]:
        try:
            raw = Raw(path)
        except (Bad, OSError) as error:
            sys.exit(f"{path}: {error}")
        if memory:
            for row in raw.memory:
                print("memory", *row)
            continue
        print(f"state {'exited' if raw.state else 'running'}\npid {raw.pid}\nthreads {raw.threads}\nlost {raw.lost}")
        for name, count in raw.calls.items():
            print("calls", name, count)
        for name, times in raw.times.items():
            print("time", name, *times)
        for line in raw.lines:
            print("line", *line)


if __name__ == "__main__":
    main()
