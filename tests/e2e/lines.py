#!/usr/bin/env python3
"""lines.py PROGRAM.rs RAW COVERAGE.json: compare our counts of lines with those of `llvm-cov export`, place by place.

A place of ours is a statement, the value of an arm or an `else if`. Its counterpart is the region of the coverage that holds its first byte,
or the first one behind it on the same line (a `return` has none of its own, its value has); of a `for`, that of what it walks through, of a
`let`, that of its value. The
head of a `while` runs once more than its rounds there, and once with us: not compared. Prints the places that differ and, as the last line,
`N of M places, D differ`.
"""
import json
import re
import sys

import read_raw

LABEL = r"(?:'\w+:\s*)?"


def counterpart(text, segments, row, column):
    """The count of the coverage at a place, None when it says nothing."""
    rest = text[row - 1].encode()[column - 1:].decode()
    if re.match(LABEL + r"(while|loop)\b", rest) or re.match(r"if let|\{|match \w+ \{|(move )?\|", rest):
        return None
    if re.match(r"let .*(= (move )?\||\?)", rest):  # a closure's region is its body's; what `?` precedes counts behind it
        return None
    if rest.startswith("let ") and " = " in rest:
        column += len(rest[:rest.index(" = ") + 3].encode())
    elif re.match(LABEL + r"for\b", rest):
        found = rest.find(" in ")
        if found < 0:
            return None
        column += len(rest[:found + 4].encode())
    here = None
    for segment_row, segment_column, count, counted, entry, gap in segments:
        if (segment_row, segment_column) <= (row, column):
            here = count if counted and not gap else None
        elif here is not None or segment_row > row:
            break
        elif entry and counted and not gap:
            return count
    return here


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read().split("\n")
    raw = read_raw.Raw(sys.argv[2])
    with open(sys.argv[3], encoding="utf-8") as file:
        segments = sorted(json.load(file)["data"][0]["files"][0]["segments"], key=lambda s: (s[0], s[1]))
    compared = differ = 0
    for row, column, count in sorted(raw.lines):
        theirs = counterpart(text, segments, row, column)
        compared += theirs is not None
        if theirs not in (None, count):
            differ += 1
            print(f"{row}:{column}: {count}, llvm-cov says {theirs}")
    print(f"{compared} of {len(raw.lines)} places, {differ} differ")


if __name__ == "__main__":
    main()
