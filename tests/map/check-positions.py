#!/usr/bin/env python3
"""Source maps of the corpus, plain and with counters: an independent reader must give the same .ruchy line as our own for every position that is
mapped and its neighbours, both maps must speak of the same places, and name the text that is there. TAP, one test a program."""
import glob
import os
import re
import subprocess
import sys
import tempfile

from maptools import PROF, ROOT, Map, transpile


def read_lines(path):
    with open(path, "rb") as f:
        return f.read().split(b"\n")


def word_at(lines, line, column):
    """The word that begins there, without what counting puts before a name; b"" when none does."""
    text = lines[line][column:] if line < len(lines) else b""
    return re.sub(rb"^__rprof_[btc]_", b"", re.match(rb"\w*", text).group(0))


def compare_readers(found, rust):
    """How many positions were compared, and what differs."""
    asked, wanted = [], []
    for token in found.index.tokens:
        for column in {max(token.dst_col - 1, 0), token.dst_col, token.dst_col + 1}:
            line = found.at(token.dst_line + 1, column)
            if line:
                asked.append("p.rs:%d:%d" % (token.dst_line + 1, column + 1))
                wanted.append("%s:%d (%s)" % (found.raw["sources"][0], line, asked[-1]))
    unmapped = set(range(1, len(read_lines(rust)))) - {t.dst_line + 1 for t in found.index.tokens}
    for line in sorted(unmapped):
        asked.append("p.rs:%d:1" % line)
        wanted.append(asked[-1])
    # The source lies where the map says, seen from its directory, which is the working directory here.
    said = subprocess.run([PROF, "symbolize", "p.rs.map"], input="\n".join(asked) + "\n", capture_output=True, text=True, cwd=os.path.dirname(rust))
    differ = ["%s, the other reader: %s" % (a, b) for a, b in zip(said.stdout.splitlines(), wanted) if a != b]
    if len(said.stdout.splitlines()) != len(wanted):
        differ.append("lines are missing: " + said.stderr)
    return len(asked), differ


def compare_texts(plain, counted, rust, rust_counted, source):
    """The same places in both maps, and at each the same word; and that word is in the source, for most."""
    wrong = []
    places = {}
    before, after, ruchy = read_lines(rust), read_lines(rust_counted), read_lines(source)
    for token in counted.index.tokens:
        places.setdefault((token.dst_line, token.src_line, token.src_col), []).append(token.dst_col)
    same = words = 0
    for token in plain.index.tokens:
        word = word_at(before, token.dst_line, token.dst_col)
        columns = places.get((token.dst_line, token.src_line, token.src_col), [])
        if not any(word_at(after, token.dst_line, column) == word for column in columns):
            wrong.append("Rust %d:%d %r is not at %s with counters" % (token.dst_line + 1, token.dst_col + 1, word.decode(), columns))
        if len(word) > 2:
            words += 1
            same += word == word_at(ruchy, token.src_line, token.src_col)
    if words and same < 0.8 * words:
        wrong.append("only %d of %d words are in the source" % (same, words))
    return wrong


def check(source, work):
    rust, counted = os.path.join(work, "p.rs"), os.path.join(work, "counted", "p.rs")
    os.makedirs(os.path.dirname(counted), exist_ok=True)
    why = transpile(source, rust, "--source-map") or transpile(source, counted, "--instrument")
    if why:
        return 0, [why]
    total, wrong = 0, []
    for path in (rust, counted):
        found = Map(path + ".map")
        if os.path.realpath(os.path.join(os.path.dirname(path), found.raw["sources"][0])) != os.path.realpath(source) or found.raw["file"] != "p.rs":
            wrong.append("the map names %s" % found.raw["sources"])
        n, differ = compare_readers(found, path)
        total += n
        wrong += differ
    return total, wrong + compare_texts(Map(rust + ".map"), Map(counted + ".map"), rust, counted, source)


def main():
    sources = sorted(glob.glob(ROOT + "/bench-corpus/*/*.ruchy"))
    failed = total = 0
    print("1..%d" % len(sources))
    with tempfile.TemporaryDirectory() as work:
        for i, source in enumerate(sources, 1):
            n, wrong = check(source, work)
            failed += bool(wrong)
            total += n
            print("%s %d - maps of %s: %d positions" % ("not ok" if wrong else "ok", i, os.path.basename(source), n))
            for why in wrong[:10]:
                print("# " + why)
    print("# %d positions" % total)
    return 1 if failed else 0


sys.exit(main())
