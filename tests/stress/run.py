#!/usr/bin/env python3
"""run.py [--page FILE] [--resume] [CRATE...]: strangers' crates pass their own tests with counters as without.

The crates of Cargo.toml are fetched by cargo, which checks them against Cargo.lock, and copied twice into build/stress: `plain` as they are, `instrumented`
with every source file instrumented. In both copies the crate's own test suite runs: unit tests and tests/, with the features of crates.json. Every test
that passes plain must pass instrumented, and the other way round. Prints TAP; --page writes the table of docs/stress.md.
--resume takes results from the logs in build/stress where an earlier run left them, and runs the rest.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))
import lines_kept  # noqa: E402

LIB = os.environ.get("LIB", os.path.join(ROOT, "build", "lib"))
WORK = os.path.join(ROOT, "build", "stress")
DRIVER = os.path.join(WORK, "driver")
KINDS = ("plain", "instrumented")
# Both kinds are built alike; tests that look at overflow and debug assertions mean what they mean.
PROFILE = '[profile.dev]\nopt-level = 1\ndebug = false\nincremental = false\n'


def fail(message):
    print(f"Bail out! {message}")
    sys.exit(1)


def run(command, **more):
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False, **more)
    if result.returncode != 0:
        fail(f"{' '.join(command)}: {result.stderr[-3000:]}")
    return result


def fetch(crates):
    with open(os.path.join(HERE, "Cargo.toml"), "rb") as file:
        pinned = {name: (d if isinstance(d, str) else d["version"]).lstrip("=") for name, d in tomllib.load(file)["dependencies"].items()}
    vendor = os.path.join(WORK, "vendor")
    run(["cargo", "vendor", "--quiet", "--locked", "--versioned-dirs", "--manifest-path", os.path.join(HERE, "Cargo.toml"), vendor])
    return {name: (pinned[name], os.path.join(vendor, f"{name}-{pinned[name]}")) for name in crates}


def edit_manifest(path, crate):
    """Leave out what no test needs: benchmarks, examples, and the development dependencies of these."""
    with open(path, encoding="utf-8") as file:
        sections = re.split(r"(?m)^(?=\[)", file.read())
    dropped = crate.get("without", [])
    keep = []
    for section in sections:
        head = section.split("\n", 1)[0]
        dev = re.match(r'\[(?:target\..*\.)?dev-dependencies\.("?)([\w-]+)\1', head)
        target = re.match(r"\[\[(test|bench|example)\]\]", head)
        name = re.search(r'(?m)^name = "(.*)"', section)
        if dev and dev.group(2) in dropped or target and (target.group(1) != "test" or name and name.group(1) in crate.get("skip", {})):
            continue
        if dev:
            section = section.replace('version = "=', 'version = "')  # one version for all, that of workspace.lock
        if not re.match(r"\[(lints|profile|workspace|badges)\b", head):
            keep.append(section)
    keep += [f'\n[dev-dependencies.{name}]\nversion = "{version}"\n' for name, version in crate.get("with", {}).items()]
    text = "".join(keep)
    text = re.sub(r"(?m)^auto(benches|examples) = .*\n", "", text)
    text = text.replace("[package]\n", "[package]\nautobenches = false\nautoexamples = false\n", 1)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def prepare(crates, sources):
    for kind in KINDS:
        top = os.path.join(WORK, kind)
        os.makedirs(top, exist_ok=True)
        for name, crate in crates.items():
            for part in [name, *crate.get("patch", [])]:
                target = os.path.join(top, part)
                shutil.rmtree(target, ignore_errors=True)
                shutil.copytree(sources[part][1], target)
                for extra in ("Cargo.lock", "Cargo.toml.orig", ".cargo-checksum.json", "benches", ".cargo"):
                    path = os.path.join(target, extra)
                    shutil.rmtree(path) if os.path.isdir(path) else os.path.exists(path) and os.remove(path)
                for test in crate.get("skip", {}):
                    path = os.path.join(target, "tests", f"{test}.rs")
                    if os.path.exists(path):
                        os.remove(path)
                edit_manifest(os.path.join(target, "Cargo.toml"), crate)


def workspace(kind, all_crates):
    """Every crate of the list is a member, whichever are run, so that one lock file fits."""
    top = os.path.join(WORK, kind)
    members = sorted({part for name, crate in all_crates.items() for part in [name, *crate.get("patch", [])]})
    patched = sorted({part for crate in all_crates.values() for part in crate.get("patch", [])})
    text = "[workspace]\nresolver = \"2\"\nmembers = [" + ", ".join(f'"{m}"' for m in members) + "]\n"
    if patched:
        text += "[patch.crates-io]\n" + "".join(f'{p} = {{ path = "{p}" }}\n' for p in patched)
    with open(os.path.join(top, "Cargo.toml"), "w", encoding="utf-8") as file:
        file.write(text + PROFILE)
    lock = os.path.join(HERE, "workspace.lock")
    if os.path.exists(lock):
        shutil.copy(lock, os.path.join(top, "Cargo.lock"))


def included(directory):
    """Files that some other file includes: not by themselves modules."""
    found = set()
    for path in source_files(directory):
        with open(path, encoding="utf-8", errors="replace") as file:
            for name in re.findall(r'include!\s*\(\s*"([^"]+)"\s*\)', file.read()):
                found.add(os.path.normpath(os.path.join(os.path.dirname(path), name)))
    return found


def source_files(directory):
    for base, directories, files in os.walk(directory):
        directories.sort()
        for name in sorted(files):
            if name.endswith(".rs"):
                yield os.path.join(base, name)


def is_root(path, directory):
    relative = os.path.relpath(path, directory)
    return relative in ("src/lib.rs", "src/main.rs") or os.path.dirname(relative) in ("src/bin", "tests")


def instrument(directory, crate):
    """Instrument in place. What was done: files, functions with a counter, functions without, why, files left alone."""
    done = {"files": 0, "functions": 0, "skipped": 0, "reasons": {}, "alone": []}
    skip = included(directory)
    for top in ("src", "tests"):
        for path in source_files(os.path.join(directory, top)):
            relative = os.path.relpath(path, directory)
            if path in skip or relative in crate.get("alone", {}):
                done["alone"].append((relative, "included as an expression or twice" if path in skip else crate["alone"][relative]))
                continue
            options = ["--skips", "--no-memory"] + ([] if is_root(path, directory) else ["--module"])
            result = subprocess.run([DRIVER, *options, path], stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="surrogateescape", check=False)
            if result.returncode != 0:
                done["alone"].append((relative, result.stderr.strip().split(": ", 1)[-1]))
                continue
            with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
                file.write(result.stdout)
            counted, skipped = re.search(r"(?m)^functions (\d+) (\d+)$", result.stderr).groups()
            done["files"] += 1
            done["functions"] += int(counted)
            done["skipped"] += int(skipped)
            for reason in re.findall(r"(?m)^left alone: \d+: (.*)$", result.stderr):
                done["reasons"][reason] = done["reasons"].get(reason, 0) + 1
    return done


def read_log(output):
    """Results by test; None when it did not build."""
    if "could not compile" in output or "test result:" not in output:
        return None
    results, program = {}, "?"
    for line in output.split("\n"):
        running = re.match(r"\s+Running (?:unittests )?(\S+) \(", line)
        verdict = re.match(r"test (.*?)(?: - should panic)? \.\.\. (\w+)", line)
        program = running.group(1) if running else program
        if verdict:
            results[f"{program}: {verdict.group(1)}"] = verdict.group(2)
    return results


def test(kind, name, crate, resume):
    """What read_log() says of the tests, and the output."""
    log = os.path.join(WORK, f"{name}.{kind}.log")
    if resume and os.path.exists(log):
        with open(log, encoding="utf-8") as file:
            output = file.read()
        if read_log(output):
            return read_log(output), output
    command = ["cargo", "test", "--locked", "--offline", "--no-fail-fast", "--manifest-path", os.path.join(WORK, kind, name, "Cargo.toml"), "--lib", "--bins", "--tests", *crate.get("cargo", [])]
    raw = os.path.join(WORK, "raw", name)
    shutil.rmtree(raw, ignore_errors=True)
    os.makedirs(raw)
    environment = dict(os.environ, CARGO_TARGET_DIR=os.path.join(WORK, f"target-{kind}"), RUSTFLAGS=f"-L native={LIB} --cap-lints allow", CARGO_TERM_COLOR="never",
                       RUCHY_PROF_FILE=os.path.join(raw, "%p.raw"), **crate.get("env", {}))
    environment.pop("RUST_BACKTRACE", None)
    if not os.path.exists(os.path.join(HERE, "workspace.lock")):
        command = [word for word in command if word not in ("--locked", "--offline")]
    result = subprocess.run(command, cwd=os.path.join(WORK, kind), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    with open(log, "w", encoding="utf-8") as file:
        file.write(result.stdout)
    return read_log(result.stdout), result.stdout


def count_raw(name):
    """How many processes of the tests left counts behind."""
    directory = os.path.join(WORK, "raw", name)
    return len(os.listdir(directory))


def keeps_lines(directory, crate_directory):
    """Files whose lines are not all there any more (see tests/e2e/lines_kept.py)."""
    bad = []
    for top in ("src", "tests"):
        for path in source_files(os.path.join(directory, top)):
            other = os.path.join(crate_directory, os.path.relpath(path, directory))
            with open(path, "rb") as a, open(other, "rb") as b:
                if a.read() == b.read():
                    continue
            if any(True for _ in lines_kept.compare(path, other)):
                bad.append(os.path.relpath(path, directory))
    return bad


def table(rows):
    """The page: what was run, and how it ended."""
    def passed(results):
        return "does not build" if results is None else str(sum(v == "ok" for v in results.values()))

    yield "# Strangers' crates"
    yield ""
    yield "`make stress` (`tests/stress/run.py --page docs/stress.md`) instruments every source file of these crates, in `src/` and in `tests/`, and runs the test suite"
    yield "of each before and after. It fails unless the same tests pass, and unless each line of each file is still there. Versions and checksums are fixed in"
    yield "`tests/stress/Cargo.toml`, `Cargo.lock` and `workspace.lock`; features and what is left out in `tests/stress/crates.json`."
    yield ""
    yield "`tests/upstream/run.sh --all`, the other part of `make stress`, does the same with the examples in the package of `ruchy` 4.2.1: all 106 programs that compile plain"
    yield "also compile with counters, print the same and exit the same."
    yield ""
    yield "*before*, *after*: tests that pass. *counted*: functions and closures with a counter. *left alone*: functions without one; all reasons are below."
    yield ""
    yield "| crate | version | | before | after | files | counted | left alone |"
    yield "|---|---|---|--:|--:|--:|--:|--:|"
    for name, version, before, after, done, crate in rows:
        yield f"| {name} | {version} | {crate['about']} | {passed(before)} | {passed(after)} | {done['files']} | {done['functions']} | {done['skipped']} |"
    sums = [sum(v == "ok" for row in rows for v in (row[k] or {}).values()) for k in (2, 3)] + [sum(row[4][key] for row in rows) for key in ("files", "functions", "skipped")]
    yield f"| **{len(rows)} crates** | | | **{sums[0]}** | **{sums[1]}** | **{sums[2]}** | **{sums[3]}** | **{sums[4]}** |"
    yield ""
    reasons = {}
    for row in rows:
        for reason, count in row[4]["reasons"].items():
            reasons[reason] = reasons.get(reason, 0) + count
    yield "## What was left alone"
    yield ""
    yield "As `--verbose` lists it: functions, and places in the text that are not looked into."
    yield ""
    yield "| reason | times |"
    yield "|---|--:|"
    for reason, count in sorted(reasons.items(), key=lambda item: -item[1]):
        yield f"| {reason} | {count} |"
    alone = [(row[0], file, why) for row in rows for file, why in row[4]["alone"]]
    if alone:
        yield ""
        yield "Whole files:"
        yield ""
        for name, file, why in alone:
            yield f"- `{name}/{file}`: {why}"
    skipped = [(row[0], test, why) for row in rows for test, why in row[5].get("skip", {}).items()]
    if skipped:
        yield ""
        yield "Tests that run neither before nor after:"
        yield ""
        for name, test, why in skipped:
            yield f"- `{name}/tests/{test}.rs`: {why}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--page")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("crates", nargs="*")
    options = parser.parse_args()
    with open(os.path.join(HERE, "crates.json"), encoding="utf-8") as file:
        all_crates = json.load(file)
    chosen = {name: crate for name, crate in all_crates.items() if not options.crates or name in options.crates}
    os.makedirs(WORK, exist_ok=True)
    run(["cc", "-std=c17", "-O2", "-D_GNU_SOURCE", f"-I{ROOT}/transpiler-hooks/include", "-o", DRIVER, f"{ROOT}/tests/e2e/hook/driver.c", f"{LIB}/librhook.a", "-ltree-sitter", "-lxxhash"])
    sources = fetch({part for name, crate in all_crates.items() for part in [name, *crate.get("patch", [])]})
    missing = {name: crate for name, crate in all_crates.items() if name in chosen or not os.path.isdir(os.path.join(WORK, "plain", name))}
    prepare(missing, sources)
    rows, failed = [], 0
    for kind in KINDS:
        workspace(kind, all_crates)
        run(["cargo", "fetch", "--quiet", *(["--locked"] if os.path.exists(os.path.join(HERE, "workspace.lock")) else [])], cwd=os.path.join(WORK, kind))
    print(f"1..{len(chosen)}", flush=True)
    for number, (name, crate) in enumerate(chosen.items(), 1):
        done = {"files": 0, "functions": 0, "skipped": 0, "reasons": {}, "alone": []}
        for part in crate.get("patch", [name]):
            more = instrument(os.path.join(WORK, "instrumented", part), crate)
            for key, value in more.items():
                if key == "reasons":
                    for reason, count in value.items():
                        done[key][reason] = done[key].get(reason, 0) + count
                else:
                    done[key] += value
        before, output = test("plain", name, crate, options.resume)
        if before is None:
            print(f"not ok {number} - {name}: does not build plain\n# " + output[-3000:].replace("\n", "\n# "), flush=True)
            failed += 1
            continue
        after, output = test("instrumented", name, crate, options.resume)
        differ = [] if after is None else sorted(t for t in before.keys() | after.keys() if before.get(t) != after.get(t))
        why = None
        if after is None:
            why = "does not build instrumented\n" + "\n".join(re.findall(r"(?ms)^error.*?(?=\n\n)", output)[:6])
        elif differ:
            why = "\n".join(f"{t}: {before.get(t)}, instrumented {after.get(t)}" for t in differ[:20])
        elif "ok" not in before.values():
            why = "no test passes"
        elif not count_raw(name):
            why = "no counts were written"
        else:
            bad = [file for part in crate.get("patch", [name]) for file in keeps_lines(os.path.join(WORK, "plain", part), os.path.join(WORK, "instrumented", part))]
            why = f"lines are not as they were: {', '.join(bad)}" if bad else None
        passed = sum(v == "ok" for v in before.values())
        text = f"{name} {sources[name][0]}: {passed} of {len(before)} tests, {done['functions']} functions in {done['files']} files, {done['skipped']} left alone"
        print(f"{'not ok' if why else 'ok'} {number} - {text}" + (("\n# " + why.replace("\n", "\n# ")) if why else ""), flush=True)
        failed += why is not None
        rows.append((name, sources[name][0], before, after, done, crate))
        if options.page and not options.crates:
            with open(options.page, "w", encoding="utf-8") as file:
                file.write("\n".join(table(rows)) + "\n")
    return failed


if __name__ == "__main__":
    sys.exit(main() > 0)
