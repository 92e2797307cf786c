#!/usr/bin/env python3
"""chart.py FILE.svg: the chart of a comparison in headless Chromium; prints what is wrong with it, nothing when all is well."""
import sys

import browser

BOXES = """return Array.from(document.querySelectorAll('text, rect:not(.back), path')).map(e => { const b = e.getBoundingClientRect();
    return {tag: e.tagName, text: e.textContent, left: b.left, right: b.right, top: b.top, bottom: b.bottom, fill: getComputedStyle(e).fill}; })"""
PAGE = """const b = document.documentElement.getBoundingClientRect(); return {right: b.right, bottom: b.bottom,
    back: getComputedStyle(document.querySelector('.back')).fill}"""


def light(color):
    red, green, blue = (int(part) for part in color[color.index("(") + 1:].rstrip(")").split(",")[:3])
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def overlap(a, b):
    return a["left"] < b["right"] and b["left"] < a["right"] and a["top"] < b["bottom"] and b["top"] < a["bottom"]


def main():
    with browser.Browser() as page:
        for scheme in ("light", "dark"):
            page.size(800, 400)
            page.scheme(scheme)
            page.open(sys.argv[1])
            whole, boxes = page.run(PAGE), page.run(BOXES)
            texts = [box for box in boxes if box["tag"] == "text"]
            bars = [box for box in boxes if box["tag"] == "rect"]
            if len(bars) != 4 or len(texts) < 4 + 4 + 2:
                print(f"{scheme}: {len(bars)} bars, {len(texts)} texts")
            for box in boxes:
                if box["left"] < 0 or box["top"] < 0 or box["right"] > whole["right"] or box["bottom"] > whole["bottom"]:
                    print(f"{scheme}: outside: {box}")
            for i, text in enumerate(texts):
                if abs(light(text["fill"]) - light(whole["back"])) < 0.3:
                    print(f"{scheme}: hardly to be read: {text}")
                for other in texts[i + 1:] + bars:
                    if overlap(text, other):
                        print(f"{scheme}: {text['text']!r} lies on {other['text'] or other['tag']!r}")
            for complaint in page.complaints():
                print(f"{scheme}: {complaint}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
