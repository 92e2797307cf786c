#!/usr/bin/env python3
"""formats.py RUCHY_PROF WORK TOOLS: convert WORK/*.data into every format and ask its own reader what it sees.

What is expected is what `report --format json` says of the same profile. TAP; a reader that is not installed is a skip with the reason.
"""
import glob
import gzip
import html
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time

RUCHY_PROF, WORK, TOOLS = sys.argv[1:]
number = failures = 0


def run(*command, check=True, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, **options)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


class Skip(Exception):
    """The reader does not work here, for a reason that is not ours."""


def tap(name, function, *arguments, skip=None):
    global number, failures
    number += 1
    if skip:
        print(f"ok {number} - {name} # skip {skip}")
        return
    try:
        function(*arguments)
        print(f"ok {number} - {name}")
    except Skip as reason:
        print(f"ok {number} - {name} # skip {reason}")
    except Exception as error:  # a reader may fail in any way
        failures += 1
        print(f"not ok {number} - {name}")
        print("\n".join("# " + line[:1000] for line in f"{type(error).__name__}: {error}".splitlines()[:20]))
    sys.stdout.flush()


def equal(got, expected, what):
    assert got == expected, f"{what}: {got!r}, expected {expected!r}"


class Program:
    """A profile, and what is expected of it."""

    def __init__(self, data):
        self.data = data
        self.name = os.path.basename(data)[:-5]
        self.json = json.loads(run(RUCHY_PROF, "report", data, "--format", "json"))
        functions = [f for f in self.json["functions"] if f["calls"] is not None]
        self.runs = self.json["iterations"]
        # as the formats do it: of one iteration where everything can be divided, else of all
        counts = [f["calls_total"] for f in functions] + [e["calls_total"] for e in self.json["edges"]]
        same = all(f["calls_min"] == f["calls_max"] for f in functions) and all(c % self.runs == 0 for c in counts)
        self.scope = None if not same else 1  # allocations may still differ: then it is self.runs
        self.calls_total = {f["name"]: f["calls_total"] for f in functions}
        self.self_ns = {f["name"]: f["self_ns"] for f in functions if f["self_ns"]}
        self.lines = {f["name"]: (f["line_start"], f["line_end"]) for f in functions}
        self.source = self.json["file"]

    def write(self, suffix, *options):
        path = os.path.join(WORK, self.name + suffix)
        run(RUCHY_PROF, "report", self.data, "--output", path, *options)
        return path

    def calls(self, divided):
        """Calls as the file has them; `divided`: it says that it is of one iteration."""
        return {name: calls // (self.runs if divided else 1) for name, calls in self.calls_total.items() if calls}

    def check_times(self, times, divided, tolerance=2):
        factor = 1 if divided else self.runs
        for name, ns in self.self_ns.items():
            got = times.get(name, 0)
            assert abs(got - ns * factor) <= tolerance * factor + ns * factor * 1e-9, f"self time of {name}: {got}, expected {ns * factor}"


# --- pprof -------------------------------------------------------------------------------------------------------------------
def pprof(*options):
    return run("go", "tool", "pprof", *options, env={**os.environ, "PPROF_TMPDIR": WORK})


def pprof_top(path, index, unit):
    rows = {}
    for line in pprof("-top", "-nodefraction=0", "-nodecount=100000", f"-sample_index={index}", f"-unit={unit}", path).splitlines():
        row = re.match(r"\s*(-?[\d.]+)(ns)?\s+\S+%\s+\S+%\s+(-?[\d.]+)(?:ns)?\s+(\S+)%\s+(.*)", line)
        if row:
            rows[row[5]] = (float(row[1]), float(row[3]), float(row[4]))
    return rows


def check_pprof(program):
    path = program.write(".pb.gz")
    divided = "of one iteration" in pprof("-comments", path)
    calls = pprof_top(path, "calls", "count")
    equal({name: int(row[0]) for name, row in calls.items() if row[0]}, program.calls(divided), "calls")
    times = pprof_top(path, "time", "ns")
    program.check_times({name: row[0] for name, row in times.items()}, divided)
    assert all(row[2] <= 100.01 for row in times.values()), f"more than 100 %: {times}"
    raw = pprof("-raw", path)
    for name, (start, _) in program.lines.items():
        if program.calls_total[name]:
            assert re.search(re.escape(f" {name} ") + r".*\.ruchy:\d+", raw), f"no place of {name}"
    equal(pprof_top(path, "time", "ns").keys(), times.keys(), "functions")
    difference = pprof("-top", "-diff_base", path, "-sample_index=calls", path)
    assert "Showing nodes accounting for 0, 0%" in difference, difference
    again = os.path.join(WORK, program.name + ".again.pb.gz")
    pprof("-proto", f"-output={again}", path)
    equal(pprof_top(again, "calls", "count"), calls, "after -proto")


def check_pprof_list(program):
    path = program.write(".pb.gz")
    name = max(program.self_ns, key=program.self_ns.get)
    text = pprof("-list", "^" + re.escape(name) + "$", path)
    with open(program.source, encoding="utf-8") as file:
        source = file.read().splitlines()
    start = program.lines[name][0]
    assert re.search(rf"\b{start}:\s*{re.escape(source[start - 1].strip())}", text), text
    assert program.source in text, text


# --- folded stacks and widths --------------------------------------------------------------------------------------------------
def our_frames(path):
    """Width by name and depth; every rectangle is where its numbers say."""
    frames = {}
    with open(path, encoding="utf-8") as file:
        text = file.read()
    whole = float(re.search(r'data-total="(\d+)"', text)[1])
    for x, w, depth, title, left, width in re.findall(
            r'data-x="(\d+)" data-w="(\d+)" data-d="(\d+)"><title>(.*?)</title><rect x="([\d.]+)" y="\d+" width="([\d.]+)"', text, re.S):
        key = (html.unescape(title).split("\n")[0], int(depth))
        frames[key] = frames.get(key, 0) + int(w)
        assert abs(float(left) - 10 - int(x) / whole * 1180) <= 0.01 and abs(float(width) - max(int(w) / whole * 1180, 0.1)) <= 0.01, title
    return frames


def inferno_frames(folded):
    """The same, and how many frames each is made of. Inferno draws a frame twice where the name of its neighbour begins with its own."""
    svg = run(os.path.join(TOOLS, "bin", "inferno-flamegraph"), "--minwidth", "0", folded)
    found = re.findall(r'<title>(.*?) \([\d,]+ samples, [\d.]+%\)</title><rect [^>]*y="(\d+)"[^>]*fg:w="(\d+)"', svg, re.S)
    bottom = max(int(y) for _, y, _ in found)
    frames = {}
    for title, y, w in found:
        width, count = frames.get((html.unescape(title), (bottom - int(y)) // 16), (0, 0))
        frames[html.unescape(title), (bottom - int(y)) // 16] = width + int(w), count + 1
    return frames


def check_inferno(program, weight, recursion):
    svg = program.write(f".{weight}.{recursion}.svg", "--weight", weight, "--recursion", recursion)
    folded = program.write(f".{weight}.{recursion}.folded", "--weight", weight, "--recursion", recursion)
    if os.path.getsize(folded) == 0:
        assert re.search(r"No (time|call|allocation) was", open(svg, encoding="utf-8").read())
        return
    ours, theirs = our_frames(svg), inferno_frames(folded)
    narrow = max(ours.values()) // 10000  # what is less is left out of ours
    assert set(ours) <= set(theirs), set(ours) - set(theirs)
    for key, (width, count) in theirs.items():
        got = ours.get(key, 0)
        assert got == width or 0 < width - got <= count * narrow, f"{key}: {got}, expected {width}"


def check_svg(program):
    run("xmllint", "--noout", program.write(".svg"))


# --- callgrind -------------------------------------------------------------------------------------------------------------------
def check_callgrind(program):
    path = os.path.join(WORK, "callgrind.out." + program.name)
    run(RUCHY_PROF, "report", program.data, "--output", path)
    divided = "of one iteration" in open(path, encoding="utf-8").read()
    command = ["callgrind_annotate", "--threshold=100", "--show-percs=no"]
    own, calls, into = {}, {}, {}
    row = re.compile(r"\s*([\d,]+)\s+([\d,]+)\s+([\d,]+)\s+(\S)?\s*(?:[^:]*):(.*?)(?: \(([\d,]+)x\))?(?: \[\])?$")
    for line in run(*command, "--auto=no", "--tree=caller", path).splitlines():
        found = row.match(line)
        if not found:
            continue
        ns, count, _ = (int(found[i].replace(",", "")) for i in (1, 2, 3))
        name = found[5]
        if found[4] == "<":
            into.setdefault("", []).append(int(found[6].replace(",", "")))
        elif found[4] == "*":
            own[name], calls[name] = ns, count
            into[name] = sum(into.pop("", []))
    names = {name: count for name, count in calls.items() if count}
    expected = program.calls(divided)
    equal(names, expected, "calls")
    equal({name: into[name] for name in expected if into[name]}, expected, "calls by caller")
    program.check_times(own, divided)
    text = run("callgrind_annotate", "--threshold=100", "--inclusive=yes", path)
    shares = [float(share) for share in re.findall(r"\(\s*([\d.]+)%\)", text)]
    assert shares and max(shares) <= 100, f"{max(shares)} %"
    with open(program.source, encoding="utf-8") as file:
        body = [line.strip() for line in file if "fun main" in line]
    assert any(line in text for line in body), "the .ruchy source is not annotated"


# --- speedscope, trace events ------------------------------------------------------------------------------------------------------
def selfs(profile, frames):
    """Opens and closes balanced and nested, `at` never going back; returns the self weight by function."""
    stack, last, own = [], 0, {}
    for event in profile["events"]:
        at = event["at"]
        assert at >= last, "time goes back"
        if stack:
            own[stack[-1]] = own.get(stack[-1], 0) + at - last
        if event["type"] == "O":
            stack.append(event["frame"])
        else:
            assert stack and stack.pop() == event["frame"], "closed what was not open"
        last = at
    assert not stack and last <= profile["endValue"], "left open"
    return {frames[frame]["name"]: value for frame, value in own.items() if value}


def check_speedscope(program):
    import jsonschema
    with open(program.write(".speedscope.json"), encoding="utf-8") as file:
        document = json.load(file)
    with open(os.path.join(TOOLS, "node_modules/speedscope/dist/release/file-format-schema.json"), encoding="utf-8") as file:
        jsonschema.validate(document, json.load(file))
    frames = document["shared"]["frames"]
    by_name = {profile["name"].split(" ")[0]: profile for profile in document["profiles"]}
    divided = "of one iteration" in by_name["time"]["name"]
    program.check_times(selfs(by_name["time"], frames), divided)
    equal(selfs(by_name["calls"], frames), program.calls(divided), "calls")
    for frame in frames:
        if frame["name"] in program.lines:
            equal((frame["file"], frame["line"]), (program.source, program.lines[frame["name"]][0]), "place")


def check_chrome(program):
    with open(program.write(".trace.json"), encoding="utf-8") as file:
        events = json.load(file)["traceEvents"]
    stack, own = [], {}
    spans = [(round(e["ts"] * 1000), round(e["dur"] * 1000), e["name"]) for e in events if e["ph"] == "X"]
    equal(spans, sorted(spans, key=lambda s: (s[0], -s[1])), "order")
    for start, length, name in spans:
        while stack and start >= stack[-1]:
            stack.pop()
            names.pop()
        assert not stack or start + length <= stack[-1], "a span sticks out"
        if stack:
            own[names[-1]] -= length
        else:
            names = []
        own[name] = own.get(name, 0) + length
        stack.append(start + length)
        names.append(name)
    program.check_times(own, "of one iteration" in json.dumps(events))


# --- Firefox -------------------------------------------------------------------------------------------------------------------------
def firefox(*command):
    home = os.path.join(WORK, "firefox")
    os.makedirs(home, exist_ok=True)
    script = os.path.realpath(os.path.join(TOOLS, "node_modules/.bin/profiler-cli"))
    return run("node", script, *command, env={**os.environ, "HOME": home, "PROFILER_CLI_NO_SYMBOLICATE": "1"})


def firefox_load(path):
    """Its daemon wants to be ready within half a second, which a busy machine may not give it."""
    for attempt in range(8):
        try:
            return firefox("load", path)
        except AssertionError as error:
            late = re.search(r"did not become ready.*as pid (\d+)", str(error), re.S)
            if not late:
                raise
            time.sleep(1 + attempt)
            firefox("stop", "--all")
            try:
                os.kill(int(late[1]), signal.SIGTERM)
            except ProcessLookupError:
                pass
    raise Skip("the daemon of profiler-cli gives itself half a second to start, which this machine does not")


def check_firefox(program):
    path = program.write(".firefox.json.gz")
    try:
        firefox_load(path)
        for thread in (0, 1):
            answer = json.loads(firefox("thread", "functions", "--thread", f"t-{thread}", "--limit", "0", "--json"))
            divided = "of one iteration" in answer["friendlyThreadName"]
            assert all(f["totalPercentage"] <= 100.01 for f in answer["functions"])
            own = {f["name"]: f["selfSamples"] for f in answer["functions"] if f["selfSamples"]}
            if thread == 0:
                program.check_times({name: round(ms * 1e6) for name, ms in own.items()}, divided)
            else:
                equal({name: round(count) for name, count in own.items()}, program.calls(divided), "calls")
    finally:
        firefox("stop", "--all")


def check_chrome_loads(program):
    path = program.write(".trace.json")
    try:
        firefox_load(path)
        assert os.path.basename(program.source) in firefox("thread", "list")
    finally:
        firefox("stop", "--all")


# --- DHAT, SARIF ---------------------------------------------------------------------------------------------------------------------
def check_dhat(program):
    with open(program.write(".dhat.json"), encoding="utf-8") as file:
        document = json.load(file)
    # what dh_view.js asks of a file
    for key in "dhatFileVersion mode verb bklt bkacc tu Mtu cmd pid te pps ftbl".split():
        assert key in document, key
    equal((document["dhatFileVersion"], document["bklt"], document["bkacc"]), (2, False, False), "version")
    got = {}
    for point in document["pps"]:
        assert set(point) == {"tb", "tbk", "fs"} and all(0 < frame < len(document["ftbl"]) for frame in point["fs"])
        got[re.split(r" \(|: at the peak", document["ftbl"][point["fs"][0]])[0]] = (point["tbk"], point["tb"])
    divided = 1 if "of one iteration" in document["cmd"] else program.runs
    memory = {f["name"]: f for f in program.json["functions"]}
    for name, (blocks, size) in got.items():
        if name in memory:
            equal((blocks, size), tuple(round(memory[name]["memory"][key] * divided) for key in ("allocations", "allocated_bytes")), name)
    assert bool(got) == bool(program.json["memory"]["allocations"] is not None)


def check_sarif(program):
    tool = os.path.join(TOOLS, "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool")
    path = program.write(".sarif")
    answer = run(tool, "validate", path, "--level", "Error;Warning", check=False, env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"})
    assert "Analysis completed successfully" in answer and not re.search(r": error ", answer), answer
    warnings = {match for match in re.findall(r": warning (SARIF\d+)", answer)} - {"SARIF2005", "SARIF2017"}  # no home page; columns
    equal(warnings, set(), "warnings")
    with open(path, encoding="utf-8") as file:
        results = json.load(file)["runs"][0]["results"]
    equal([result["ruleId"] for result in results], [advice["id"] for advice in program.json["recommendations"]], "rules")


# --- the file itself -----------------------------------------------------------------------------------------------------------------
def check_packing(program):
    plain = open(program.write(".folded"), "rb").read()
    equal(gzip.open(program.write(".folded.gz")).read(), plain, ".gz")
    equal(subprocess.run(["zstd", "-dc", program.write(".folded.zst")], capture_output=True, check=True).stdout, plain, ".zst")
    stdout = subprocess.run([RUCHY_PROF, "report", program.data, "--format", "folded", "--output", "-"], capture_output=True, check=True).stdout
    equal(stdout, plain, "standard output")
    packed = subprocess.run([RUCHY_PROF, "report", program.data, "--format", "pprof"], capture_output=True, check=True).stdout
    equal(packed, open(program.write(".pb.gz"), "rb").read(), "pprof on standard output")


def check_terminal(program):
    master, slave = pty.openpty()
    done = subprocess.run([RUCHY_PROF, "report", program.data, "--format", "pprof"], stdout=slave, stderr=subprocess.PIPE, text=True)
    os.close(slave)
    equal(done.returncode, 2, "exit status")
    assert "not for a terminal" in done.stderr and "--output" in done.stderr, done.stderr
    os.close(master)


def missing(*paths):
    for path in paths:
        if not (os.path.exists(path) if "/" in path else shutil.which(path)):
            return f"{path} is not installed"
    return None


def main():
    programs = [Program(data) for data in sorted(glob.glob(os.path.join(WORK, "*.data")))]
    inferno = missing(os.path.join(TOOLS, "bin/inferno-flamegraph"))
    speedscope = missing(os.path.join(TOOLS, "node_modules/speedscope/package.json"))
    firefox_cli = missing("node", os.path.join(TOOLS, "node_modules/.bin/profiler-cli"))
    sarif = missing(os.path.join(TOOLS, "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"))
    for program in programs:
        name = program.name
        tap(f"{name}: go tool pprof", check_pprof, program, skip=missing("go"))
        tap(f"{name}: go tool pprof -list", check_pprof_list, program, skip=missing("go"))
        for weight, recursion in (("time", "folded"), ("time", "deep"), ("calls", "folded"), ("bytes", "folded")):
            tap(f"{name}: inferno draws the same frames, {weight} {recursion}", check_inferno, program, weight, recursion, skip=inferno)
        tap(f"{name}: the SVG is XML", check_svg, program, skip=missing("xmllint"))
        tap(f"{name}: callgrind_annotate", check_callgrind, program, skip=missing("callgrind_annotate"))
        tap(f"{name}: speedscope", check_speedscope, program, skip=speedscope)
        tap(f"{name}: trace events", check_chrome, program)
        if name in ("fibonacci", "closures", "threads"):  # starting its daemon takes as long as all the rest
            tap(f"{name}: Firefox Profiler", check_firefox, program, skip=firefox_cli)
        tap(f"{name}: DHAT", check_dhat, program)
        tap(f"{name}: SARIF", check_sarif, program, skip=sarif)
    tap("trace events in the Firefox Profiler", check_chrome_loads, programs[0], skip=firefox_cli)
    tap("compressed files and standard output", check_packing, programs[0], skip=missing("zstd"))
    tap("no binary on a terminal", check_terminal, programs[0])
    print(f"1..{number}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
