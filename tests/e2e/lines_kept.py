#!/usr/bin/env python3
"""lines_kept.py ORIGINAL INSTRUMENTED...: is every line of the text still there, in its place, with nothing but insertions?

A line may be added to, never broken or joined: line N of the instrumented text holds all that line N of the original has, in order. Two things
change: a lint that is denied is allowed, and a raw name loses its `r#`. Comments and blank lines stay as they are. Behind the last line stands the prelude alone. Prints what differs.
"""
import re
import sys


def kept(before, after):
    """Is `before` left when something is taken out of `after`?"""
    at = 0
    for c in before:
        at = after.find(c, at) + 1
        if at == 0:
            return False
    return True


def compare(original, instrumented):
    with open(original, encoding="utf-8", errors="surrogateescape", newline="") as file:
        before = file.read().split("\n")
    with open(instrumented, encoding="utf-8", errors="surrogateescape", newline="") as file:
        after = file.read().split("\n")
    if before[-1] == "":
        before.pop()
    for number, line in enumerate(before, 1):
        now = after[number - 1] if number <= len(after) else ""
        lints = re.sub(r"\b(deny|forbid|expect)(?=\s*\()", "allow", line) if "#" in line else line
        if not kept(line, now) and not kept(lints.replace("r#", ""), now):
            yield f"{original}:{number}: `{line}` became `{now}`"
        elif re.fullmatch(r"\s*(//.*)?", line) and line != now and not now.endswith(line):
            yield f"{original}:{number}: the comment `{line}` became `{now}`"
    behind = after[len(before)] if len(before) < len(after) else ""
    if not behind.startswith("// The prelude"):
        yield f"{original}: behind the last line stands `{behind}`"


if __name__ == "__main__":
    DIFFERENT = [text for path in sys.argv[2:] for text in compare(sys.argv[1], path)]
    print("\n".join(DIFFERENT[:20]))
    sys.exit(bool(DIFFERENT))
