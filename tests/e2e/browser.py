#!/usr/bin/env python3
"""browser.py: headless Chromium, for tests that click and for pictures. Also a program: it tests the flame graph, TAP on stdout.

    browser.py RUCHY_PROF WORK      WORK holds interpreter.data, hostile.svg
"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import time

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--hide-scrollbars",
             "--force-device-scale-factor=1", "--allow-file-access-from-files"]


def missing():
    """Why there is no browser here; None: there is."""
    try:
        import selenium  # noqa: F401
    except ModuleNotFoundError:
        return "python3-selenium is not installed"
    for program in ("chromium", "chromedriver"):
        if not shutil.which(program):
            return f"{program} is not installed"
    return None


class Browser:
    def __init__(self, width=1200, height=800):
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for argument in ARGUMENTS + [f"--window-size={width},{height}"]:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def size(self, width, height):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def scheme(self, name):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": name}]})

    def scripts(self, wanted):
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not wanted})

    def open(self, path):
        self.driver.get("file://" + os.path.abspath(path))

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def complaints(self):
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]

    def keys(self, *keys):
        from selenium.webdriver.common.action_chains import ActionChains
        ActionChains(self.driver).send_keys(*keys).perform()

    def picture(self, path):
        self.driver.save_screenshot(path)


# --- the flame graph ----------------------------------------------------------------------------------------------------------------
FRAMES = """return Array.from(document.querySelectorAll('.f')).map(g => ({name: g.querySelector('title').textContent.split('\\n')[0],
    shown: g.style.display !== 'none', width: g.querySelector('rect').getBoundingClientRect().width, left: g.querySelector('rect').getBoundingClientRect().left,
    match: g.classList.contains('match'), label: g.querySelector('text') ? g.querySelector('text').textContent : '', w: Number(g.dataset.w), d: Number(g.dataset.d)}))"""


class Flame:
    def __init__(self, browser):
        self.browser = browser

    def frames(self):
        return self.browser.run(FRAMES)

    def shown(self):
        return {frame["name"]: frame for frame in self.frames() if frame["shown"]}

    def frame(self, name):
        return next(g for g in self.browser.driver.find_elements("css selector", ".f")
                    if self.browser.run("return arguments[0].querySelector('title').textContent.split('\\n')[0]", g) == name)

    def click(self, name):
        self.browser.run("arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true}))", self.frame(name))

    def info(self):
        return self.browser.run("return document.querySelector('.flame-info').textContent")

    def focused(self):
        return self.browser.run("const t = document.activeElement.querySelector('title'); return t ? t.textContent.split('\\n')[0] : document.activeElement.tagName")


def check_zoom(browser, flame):
    before = flame.shown()
    whole = before["all"]["width"]
    name = "Machine::step"
    assert before[name]["width"] < whole * 0.999
    flame.click(name)
    after = flame.shown()
    assert abs(after[name]["width"] - whole) < 1, "the frame does not fill the picture"
    assert abs(after["all"]["width"] - whole) < 1 and "main" in after, "callers are gone"
    assert len(after) < len(before) or set(after) <= set(before)
    assert name in flame.info() and "calls of one iteration" in flame.info(), flame.info()
    browser.run("document.querySelector('.flame-reset').dispatchEvent(new MouseEvent('click', {bubbles: true}))")
    again = flame.shown()
    assert {n: round(f["width"]) for n, f in again.items()} == {n: round(f["width"]) for n, f in before.items()}, "reset"


def check_labels(browser, flame):
    for frame in flame.frames():
        assert frame["label"] == "" or len(frame["label"]) * 7.3 <= frame["width"] + 1, frame
        if frame["width"] > 10 + 8 * len(frame["name"]):
            assert frame["label"] == frame["name"], frame


def check_search(browser, flame):
    from selenium.webdriver.common.keys import Keys
    browser.keys("/")
    assert flame.focused() == "input", flame.focused()
    browser.keys("push|POP$")
    frames = flame.frames()
    matched = [f for f in frames if f["match"]]
    assert matched and {f["name"] for f in matched} == {f["name"] for f in frames if re.search("push|pop$", f["name"], re.I)}, matched
    total = next(f["w"] for f in frames if f["d"] == 0)
    share = 100 * sum(f["w"] for f in matched) / total  # none of these is within another
    assert f"{len(matched)} frame" in flame.info() and f"{share:.1f}%" in flame.info(), flame.info()
    browser.keys(Keys.ESCAPE)
    assert not any(f["match"] for f in flame.frames())
    browser.keys("/", "(")
    assert not any(f["match"] for f in flame.frames()) and flame.info(), "a broken expression is told"
    browser.keys(Keys.ESCAPE)


def check_keyboard(browser, flame):
    from selenium.webdriver.common.keys import Keys
    flame.click("all")
    assert flame.focused() == "all"
    browser.keys(Keys.ARROW_DOWN)
    assert flame.focused() == "main", flame.focused()
    browser.keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    assert flame.focused() == "Machine::step", flame.focused()
    browser.keys(Keys.ENTER)
    assert abs(flame.shown()["Machine::step"]["width"] - flame.shown()["all"]["width"]) < 1
    browser.keys(Keys.ARROW_UP)
    assert flame.focused() == "Machine::run", flame.focused()
    browser.keys(Keys.ESCAPE)
    assert flame.focused() == "all" and flame.shown()["Machine::step"]["width"] < flame.shown()["all"]["width"]
    browser.keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    first = flame.focused()
    browser.keys(Keys.ARROW_RIGHT)
    second = flame.focused()
    browser.keys(Keys.ARROW_LEFT)
    assert first != second and flame.focused() == first, (first, second)
    browser.keys(Keys.HOME)


def check_narrow(browser, flame):
    browser.size(480, 600)
    time.sleep(0.2)
    frames = flame.shown()
    assert frames["all"]["left"] >= 0 and frames["all"]["left"] + frames["all"]["width"] <= 481, frames["all"]
    check_labels(browser, flame)
    browser.size(1200, 800)
    time.sleep(0.2)


def check_schemes(browser, path):
    seen = {}
    for scheme in ("light", "dark"):
        browser.scheme(scheme)
        browser.open(path)
        seen[scheme] = browser.run("""const style = e => getComputedStyle(document.querySelector(e));
            return [style('.flame-page').fill, style('.flame-title').fill, style('.f rect').fill, style('.f text').fill]""")
        colors = [tuple(int(part) for part in re.findall(r"\d+", color)[:3]) for color in seen[scheme]]
        for back, front in ((colors[0], colors[1]), (colors[2], colors[3])):
            assert contrast(back, front) >= 4.5, f"{scheme}: {seen[scheme]}"
    assert seen["light"] != seen["dark"]
    browser.scheme("light")


def contrast(a, b):
    def light(color):
        parts = [c / 255 for c in color]
        parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    low, high = sorted((light(a), light(b)))
    return (high + 0.05) / (low + 0.05)


def check_without_script(browser, path):
    browser.scripts(False)
    try:
        browser.open(path)
        text = browser.driver.find_element("css selector", ".flame-about").text
        assert text.startswith("Widths: self time of one iteration"), text
        labels = [e.text for e in browser.driver.find_elements("css selector", ".f text")]
        assert "main" in labels and "Machine::run" in labels, labels
        assert not browser.driver.find_elements("css selector", "input"), "a search field that does nothing"
    finally:
        browser.scripts(True)


def check_hostile(browser, path):
    browser.open(path)
    names = [f["name"] for f in Flame(browser).frames()]
    assert any("<script>" in name for name in names), names
    assert browser.run("return window.pwned === undefined && document.querySelectorAll('script').length === 1")
    assert browser.complaints() == []


def check_dhat(browser, path):
    viewer = next(iter(glob.glob("/usr/libexec/valgrind/dh_view.html")), None)
    browser.open(viewer)
    field = browser.driver.find_elements("css selector", "input[type=file]")
    if not field:
        browser.run("document.querySelector('button, input[type=button]').click()")
        field = browser.driver.find_elements("css selector", "input[type=file]")
    field[0].send_keys(os.path.abspath(path))
    for _ in range(50):
        text = browser.driver.find_element("css selector", "body").text
        if "sum_of_squares" in text or "Error" in text:
            break
        time.sleep(0.1)
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    assert "Error" not in text, text[:500]
    for number in (sum(point[key] for point in document["pps"]) for key in ("tb", "tbk")):
        assert f"{number:,}" in text, f"{number:,} is not in {text[:1500]}"
    assert "Machine::push (bench-corpus/interpreter/interpreter.ruchy:" in text, text[:1500]


def main():
    prof, work = sys.argv[1:]
    number = failures = 0
    why = missing()
    if why:
        print(f"ok 1 - the flame graph in a browser # skip {why}\n1..1")
        return 0
    data, svg, dhat = (os.path.join(work, name) for name in ("interpreter.data", "interpreter.svg", "interpreter.dhat.json"))
    for path in (svg, dhat):
        subprocess.run([prof, "report", data, "--weight", "calls" if path == svg else "time", "--output", path], check=True)
    timed = os.path.join(work, "timed.svg")
    subprocess.run([prof, "report", data, "--output", timed], check=True)
    with Browser() as browser:
        flame = Flame(browser)
        browser.open(svg)
        tests = [("click zooms, reset goes back", lambda: check_zoom(browser, flame)), ("labels fit", lambda: check_labels(browser, flame)),
                 ("search by regular expression and its sum", lambda: check_search(browser, flame)), ("keyboard", lambda: check_keyboard(browser, flame)),
                 ("a narrow window", lambda: check_narrow(browser, flame)), ("no complaint of the browser", lambda: browser.complaints() == [] or 1 / 0),
                 ("light and dark, with contrast", lambda: check_schemes(browser, svg)), ("readable without script", lambda: check_without_script(browser, timed)),
                 ("hostile names do nothing", lambda: check_hostile(browser, os.path.join(work, "hostile.svg")))]
        if os.path.exists("/usr/libexec/valgrind/dh_view.html"):
            tests.append(("DHAT's viewer shows exact sums", lambda: check_dhat(browser, dhat)))
        for name, test in tests:
            number += 1
            try:
                test()
                print(f"ok {number} - {name}")
            except Exception as error:
                failures += 1
                print(f"not ok {number} - {name}\n# {type(error).__name__}: {str(error)[:1500]}")
            sys.stdout.flush()
    print(f"1..{number}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
