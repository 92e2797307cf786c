#!/usr/bin/env python3
"""screenshots.py RUCHY_PROF: the pictures of docs/, taken by headless Chromium of real profiles. A picture is a row of PICTURES."""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))
import browser  # noqa: E402

# name of the picture, program of the corpus, file to make, options, width, height, light or dark, what is done before (JavaScript)
SEARCH = "const i = document.querySelector('.flame input'); i.value = 'push|pop'; i.dispatchEvent(new Event('input'));"
PICTURES = [
    ("flamegraph-light", "interpreter", "flame.svg", ["--weight", "calls"], 1000, 220, "light", SEARCH),
    ("html-light", "tokenizer", "report.html", [], 1200, 900, "light", ""),
    ("html-dark", "tokenizer", "report.html", [], 1200, 900, "dark", "document.getElementById('flame').scrollIntoView();"),
    ("html-source", "tokenizer", "report.html", [], 1200, 700, "light", "document.getElementById('source').scrollIntoView();"),
    ("html-narrow", "tokenizer", "report.html", [], 400, 800, "light", "document.getElementById('functions').scrollIntoView();"),
    ("flamegraph-dark", "strings", "flame.svg", ["--recursion", "deep"], 1000, 256, "dark", ""),
]


def profile(prof, program, work, made):
    if program not in made:
        made[program] = os.path.join(work, program + ".data")
        subprocess.run([prof, "profile", "--binary", f"bench-corpus/{program}/{program}.ruchy", "--lines", "--data", made[program], "--output",
                        os.path.join(work, "text")], check=True, cwd=ROOT, stdin=subprocess.DEVNULL)
    return made[program]


def main():
    prof = os.path.abspath(sys.argv[1])
    why = browser.missing()
    if why:
        print(f"screenshots.py: {why}", file=sys.stderr)
        return 1
    made = {}
    with tempfile.TemporaryDirectory() as work, browser.Browser() as page:
        for name, program, file, options, width, height, scheme, script in PICTURES:
            path = os.path.join(work, file)
            subprocess.run([prof, "report", profile(prof, program, work, made), *options, "--output", path], check=True, cwd=ROOT)
            page.size(width, height)
            page.scheme(scheme)
            page.open(path)
            page.run(script)
            time.sleep(0.3)
            page.picture(str(ROOT / "docs" / f"{name}.png"))
            print(f"docs/{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
