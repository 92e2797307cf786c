#!/usr/bin/env python3
"""number_programs.py SEED FUNCTIONS DIRECTORY: random loops over integers, before and after every residue, remainder, swap and halving.

What each prints, and whether it panics and how, must be equal: where overflow panics and where it wraps. Prints `same` and how many hints
were given, or what differs.
"""

import os
import random
import subprocess
import sys

TYPES = ["i64", "u64", "i32", "u32", "usize", "u8", "i16"]
HINT = "build/tests/hint"
KINDS = ["-k", "residue", "-k", "remainder", "-k", "swap", "-k", "halving"]
MODULI = [1, 2, 3, 7, 10, 16, 97, 255, 1000, 65535, 1000003, 2147483647, 4294967295, 4294967296]
NUMBERS = [0, 1, 2, 3, 5, 9, 10, 100, 127, 1000, 48271, 65535, 65536, 2147483647, 4294967295, 4294967296, 100000000000]


class Function:
    """One function of random statements. Loops are short: each has a budget of rounds."""

    def __init__(self, rng, name):
        self.rng, self.name, self.variables, self.depth = rng, name, [], 0
        self.type = rng.choice(["i64", "u64", "i64", "u64", "u32", "usize"])

    def number(self, most=None):
        limit = {"u8": 255, "i16": 32767, "i32": 2147483647, "u32": 4294967295}.get(self.type, 1 << 62)
        limit = min(limit, most or limit)
        return str(self.rng.choice([n for n in NUMBERS if n <= limit]))

    def name_of(self):
        return self.rng.choice(self.variables) if self.variables else self.number(100)

    def expression(self, depth=0):
        rng = self.rng
        pick = rng.random()
        if depth > 2 or pick < 0.35:
            return self.name_of() if rng.random() < 0.75 else self.number()
        if pick < 0.75:
            if rng.random() < 0.6:
                by = rng.choice([m for m in MODULI if m <= (65535 if self.type in ("u8", "i16") else 2147483647 if self.type == "i32" else 4294967295)])
                return f"({self.expression(depth + 1)} {rng.choice('%%%/')} {by})"
            return f"({self.expression(depth + 1)} {rng.choice('+-*&')} {self.expression(depth + 1)})"
        if pick < 0.85:
            return f"(if {self.condition()} {{ {self.expression(depth + 1)} }} else {{ {self.expression(depth + 1)} }})"
        if pick < 0.92:
            return f"({self.expression(depth + 1)} as {rng.choice(TYPES)} as {self.type})"
        return f"helper_{self.type}({self.expression(depth + 1)}, {self.number(1000)})"

    def condition(self):
        one = f"{self.name_of()} {self.rng.choice(['<', '<=', '>', '>=', '==', '!='])} {self.rng.choice([self.number(), self.name_of()])}"
        if self.rng.random() < 0.25:
            one += f" {self.rng.choice(['&&', '||'])} {self.name_of()} {self.rng.choice(['<', '>='])} {self.number()}"
        return one

    def assignable(self):
        return [v for v in self.variables if v.startswith("v")]

    def statement(self):
        rng = self.rng
        pick = rng.random()
        names = self.assignable()
        if not names or pick < 0.12:
            name = f"v{len(self.variables)}_{rng.randrange(1000)}"
            text = f"let mut {name}: {self.type} = {self.expression(1)};"
            self.variables.append(name)
            return text
        target = rng.choice(names)
        if pick < 0.35:
            return f"{target} = {self.expression()};"
        if pick < 0.5:
            return f"{target} {rng.choice(['+=', '+=', '-=', '*=', '%='])} {rng.choice([self.number(1000).replace('0', '1'), self.name_of() + ' % 7 + 1'])};"
        if pick < 0.62:
            return f"println!(\"{{}}\", {self.expression()});"
        if self.depth > 2:
            return ""
        self.depth += 1
        known = len(self.variables)
        if pick < 0.72:
            text = f"if {self.condition()} {{ {self.block()} }}"
        elif pick < 0.82:
            index = f"k{len(self.variables)}"
            self.variables.append(index)
            text = f"for {index} in {self.number(9)}..{self.number(100)} {{ budget -= 1; if budget < 0 {{ break; }} if {index} % {rng.choice([3, 10, 97])} == 2 {{ continue; }} {self.block()} }}"
        elif pick < 0.88:
            text = f"if list[({target} % 5) as usize] < {self.name_of()} {{ list.swap(({target} % 5) as usize, ({self.name_of()} % 6) as usize); {target} += 1; }}"
        elif pick < 0.92:
            text = (
                f"let mut n: {self.type} = {self.expression(1)}; let mut steps: i64 = 0; if n > 0 && n < 1000000 {{ while n > 1 "
                f"{{ if n % 2 == 0 {{ n /= 2; }} else {{ n -= 1; }} steps += 1; }} println!(\"{{}}\", steps); }}"
            )
        elif pick < 0.96:
            index = f"c{len(self.variables)}_{rng.randrange(1000)}"
            start, end, early = self.number(9), self.number(100), rng.random() < 0.5
            self.variables.append(index)
            by = [rng.choice([3, 5, 7, 10, 97]) for _ in range(2)]
            step = f"{index} += 1;"
            text = (
                f"let mut {index}: {self.type} = {start}; while {index} < {end} {{ budget -= 1; if budget < 0 {{ break; }} {step if early else ''} "
                f"if {index} % {by[0]} == 1 {{ println!(\"{{}}\", {index} % {by[1]}); }} {self.block()} {'' if early else step} }}"
            )
        else:
            text = f"while {self.condition()} {{ budget -= 1; if budget < 0 {{ break; }} {self.block()} }}"
        del self.variables[known:]
        self.depth -= 1
        return text

    def block(self):
        known = len(self.variables)
        text = " ".join(self.statement() for _ in range(self.rng.randrange(1, 5)))
        del self.variables[known:]
        return text

    def text(self):
        body = "\n    ".join(self.statement() for _ in range(self.rng.randrange(4, 12)))
        last = self.name_of()
        return (
            f"fn {self.name}() {{\n    let mut budget: i32 = 200;\n    let mut list: Vec<{self.type}> = vec![5, 1, 4, 2, 3];\n    {body}\n"
            f"    println!(\"{{}} {{:?}} {{}}\", {last}, list, budget);\n}}\n"
        )


def program(seed, count):
    rng = random.Random(seed)
    functions = [Function(rng, f"f{i}") for i in range(count)]
    text = "".join(f.text() for f in functions)
    for kind in TYPES:
        text += f"fn helper_{kind}(a: {kind}, b: {kind}) -> {kind} {{ if a > b {{ return b % 5; }} a % 7 + b / 3 }}\n"
    calls = "".join(
        f'    println!("{f.name} {{}}", std::panic::catch_unwind({f.name}).map_err(|e| e.downcast_ref::<String>().cloned().or(e.downcast_ref::<&str>()'
        '.map(|s| s.to_string()))).err().flatten().unwrap_or_default());\n'
        for f in functions
    )
    return f"{text}fn main() {{\n    std::panic::set_hook(Box::new(|_| ()));\n{calls}}}\n"


def output(path, *options):
    executable = path + ".exe"
    subprocess.run(["rustc", "--edition", "2021", "--crate-name", "numbers", "--cap-lints", "allow", *options, "-o", executable, path], check=True)
    run = subprocess.run([executable], capture_output=True, text=True, check=False, timeout=60)
    return run.stdout.splitlines() + [str(run.returncode)]


def main():
    seed, count, directory = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    before, after = os.path.join(directory, f"before{seed}.rs"), os.path.join(directory, f"after{seed}.rs")
    with open(before, "w", encoding="utf-8") as out:
        out.write(program(seed, count))
    changed = subprocess.run([HINT, *KINDS, before], check=True, capture_output=True, text=True).stdout
    with open(after, "w", encoding="utf-8") as out:
        out.write(changed)
    for options in (["-C", "opt-level=1"], ["-C", "opt-level=0", "-C", "overflow-checks=on"]):
        old, new = output(before, *options), output(after, *options)
        for a, b in zip(old, new):
            if a != b:
                print(f"seed {seed}, {options}: {a!r} became {b!r}")
                return
        if len(old) != len(new):
            print(f"seed {seed}, {options}: {len(old)} lines became {len(new)}")
            return
    hints = {kind: changed.count(f"// {kind}\n") for kind in KINDS[1::2]}
    print("same" if all(hints.values()) else f"no hints: {hints}", hints if len(sys.argv) > 4 else "", sep=" " if len(sys.argv) > 4 else "")


main()
