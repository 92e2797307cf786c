#!/usr/bin/env python3
"""hostile_profile.py FILE: a profile.data whose names and paths try to be markup, code, control characters, other directions of writing, or endless."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "perf"))
import profiles  # noqa: E402

NAMES = ["<script>alert(1)</script>", "a \"quoted\" 'name' \\ & more", "two\nlines\tand \x1b[31mred", "\u05e9\u05dc\u05d5\u05dd", "reverse \u202e drow",
         "</script><script>document.title='x'</script>", "\u51fd\u6570", "e\u0301t\xe9", "<!--<script>", "x" * 10240, "'><img src=x onerror=alert(1)>", "&lt;b&gt;",
         "${alert(1)}", "\u2028line\u2029", "{{x}}", "]]>", "javascript:alert(1)", "a;b 7"]
TEXT = "// </script><script>alert(2)</script>\n\tfun main() {} // \u202e \x1b[2J <img src=x onerror=alert(3)>\n" + "y" * 100000 + "\n"

if __name__ == "__main__":
    import xxhash

    digest = xxhash.xxh3_128(TEXT.encode()).hexdigest()
    doc = profiles.document(len(NAMES), 60, names=NAMES, path="a \x1b]0;x\x07 \"<b>\" </title><script>alert(4)</script>.ruchy", source_hash=digest)
    doc["sources"] = {"hash": [digest], "text": [TEXT]}
    for key in ("host", "rustc_version", "rustc_flags", "sample_method"):
        doc[key] = "</dd><script>alert(5)</script>"
    pathlib.Path(sys.argv[1]).write_bytes(profiles.pack(doc))
