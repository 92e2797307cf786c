"""What the tests of source maps share: transpile, find executable lines and functions without asking the mapper, read the map independently."""
import json
import os
import re
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROF = os.environ.get("RUCHY_PROF", os.path.join(ROOT, "build/bin/ruchy-prof"))
sys.path.insert(0, os.path.join(ROOT, "build/sourcemap"))

try:
    import sourcemap
except ImportError:
    sys.exit("no Python package sourcemap in build/sourcemap: run `make sourcemap`")


def transpile(source, target, *options):
    """The error, None when all is well. Writes target and target.map. Of bench-corpus always the checked-in text."""
    env = dict(os.environ)
    if os.path.realpath(source).startswith(os.path.join(ROOT, "bench-corpus", "")):
        env["RUCHY_PROF_RUCHY"] = "none"
    done = subprocess.Popen([PROF, "transpile", *options, "--output", target, source], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            start_new_session=True, env=env)
    try:
        said = done.communicate(timeout=20)[1]
    except subprocess.TimeoutExpired:
        os.killpg(done.pid, signal.SIGKILL)  # the transpiler of some programs does not end
        done.communicate()
        return "does not end"
    return None if done.returncode == 0 else said.decode(errors="replace").strip().split("\n")[-1]


def upstream_package():
    """The unpacked package ruchy of the version that is tested with, None when it is not there."""
    given = os.environ.get("RUCHY_PACKAGE")
    roots = [os.environ.get("CARGO_HOME", os.path.expanduser("~/.cargo")), os.path.join(ROOT, "build/upstream")]
    if given:
        return given
    for root in roots:
        registry = os.path.join(root, "registry/src")
        for name in sorted(os.listdir(registry)) if os.path.isdir(registry) else []:
            package = os.path.join(registry, name, "ruchy-4.2.1")
            if os.path.isfile(os.path.join(package, "Cargo.toml")):
                return package
    return None


def executable_lines(rust, work):
    """Lines to which rustc gives code, by the line table of an unoptimised object with all functions in it; None when it does not compile."""
    obj = os.path.join(work, "lines.o")
    done = subprocess.run(["rustc", "--edition", "2021", "-C", "debuginfo=line-tables-only", "-C", "opt-level=0", "-C", "codegen-units=1", "-C",
                           "link-dead-code", "--cap-lints", "allow", "--crate-name", "lines", "--crate-type", "bin", "--emit=obj", rust, "-o", obj],
                          capture_output=True)
    if done.returncode != 0:
        return None
    table = subprocess.run(["objdump", "--dwarf=decodedline", obj], capture_output=True, text=True, errors="replace").stdout
    name = re.escape(os.path.basename(rust)[:34])  # objdump shortens longer ones
    return sorted({int(m.group(1)) for m in re.finditer(r"^%s\S*\s+(\d+)\s" % name, table, re.M)} - {0})


def without_text(source):
    """The source with strings and comments blanked, byte for byte; good enough to find words."""
    pattern = re.compile(r'r#*"(?:.|\n)*?"#*|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\\n])\'|//[^\n]*|/\*(?:.|\n)*?\*/|#[^!\[\n][^\n]*(?=\n)')
    return pattern.sub(lambda m: re.sub(r"[^\n]", lambda c: " " * len(c.group(0).encode()), m.group(0)), source)


def definitions(text, words):
    """(line, column in bytes, name) of each named function; the place is that of the name."""
    found = []
    for m in re.finditer(r"\b(?:%s)\s+(?:r#)?([A-Za-z_]\w*|operator\s*\S+?(?=\())" % words, text):
        # A declaration without a body is no function.
        depth, at = 0, m.end()
        while at < len(text) and not (depth == 0 and text[at] in "{;="):
            depth += (text[at] in "([") - (text[at] in ")]")
            at += 1
        if at < len(text) and text[at] == ";":
            continue
        start = m.start(1)
        row = text.rfind("\n", 0, start) + 1
        found.append((text.count("\n", 0, start) + 1, len(text[row:start].encode()), m.group(1)))
    return found


class Map:
    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            self.text = f.read()
        self.raw = json.loads(self.text)
        self.index = sourcemap.loads(self.text)
        self.functions = self.raw["x_ruchy_functions"]

    def at(self, line, column):
        """1-based Ruchy line of a 1-based Rust line and 0-based column; 0: none."""
        try:
            token = self.index.lookup(line - 1, column)
        except (IndexError, KeyError):
            return 0
        return token.src_line + 1 if token.src else 0

    def line(self, rust_lines, line):
        """Of the first thing on the line."""
        text = rust_lines[line - 1]
        return self.at(line, len(text.encode()) - len(text.lstrip().encode()))
