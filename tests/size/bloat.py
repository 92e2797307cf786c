#!/usr/bin/env python3
"""Code of each crate as `analyze --binary-size` and cargo-bloat tell it, on three programs. cargo-bloat is fetched from crates.io.

Both go by symbols, but by different rules: cargo-bloat counts .text alone and looks into the libraries of the dependencies, so that a generic
function of std (Vec<T>::push) counts for the crate that was compiled with it; here it counts for std, whose code it is. It takes std's copy of memchr, which has a name of the newer scheme, for the program's. The second column has
these given back to std by their names; then the crates must agree within 2 % of all code, and the sums within 1 %.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
STD = {"std", "core", "alloc", "compiler_builtins", "panic_unwind", "panic_abort", "unwind", "std_detect", "gimli", "addr2line", "object",
       "rustc_demangle", "proc_macro", "test", "__rustc"}
PROGRAMS = {
    "appone": ('regex = "=1.10.6"', 'fn main(){ let a:Vec<String>=std::env::args().collect(); let r=regex::Regex::new(&a[0]).unwrap(); println!("{}", r.is_match("abc")); }'),
    "apptwo": ('serde_json = "=1.0.128"', 'fn main(){ let v:serde_json::Value=serde_json::from_str(&std::env::args().nth(1).unwrap_or_default()).unwrap_or_default(); println!("{}", serde_json::to_string_pretty(&v).unwrap()); }'),
    "appthree": ('hashbrown = "=0.14.5"\nminiz_oxide = "=0.7.4"', 'fn main(){ let mut m:hashbrown::HashMap<String,Vec<u8>>=hashbrown::HashMap::new(); for a in std::env::args(){ let c=miniz_oxide::deflate::compress_to_vec(a.as_bytes(),6); m.insert(a,c);} println!("{}", m.len()); }'),
}


def make(work, name):
    crate = work / name
    (crate / "src").mkdir(parents=True, exist_ok=True)
    dependencies, main = PROGRAMS[name]
    (crate / "Cargo.toml").write_text(f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n{dependencies}\n')
    (crate / "src/main.rs").write_text(main + "\n")
    return crate


def ours(crate):
    out = subprocess.run([TOP / "build/bin/ruchy-prof", "analyze", "--binary-size", crate, "--format", "json"], check=True,
                         capture_output=True).stdout
    crates = {}
    for row in json.loads(out)["binary_size"]["functions"]:
        group = "std" if row["category"] == "stdlib" else row.get("crate") or "[C]"
        crates[group] = crates.get(group, 0) + row["bytes"]
    return crates


def root(name):
    """The crate that a path begins in; of a method the type's, or the trait's where the type is std's."""
    if not name.startswith("<"):
        return re.match(r"\w*", name).group()
    depth = 0
    for at, letter in enumerate(name):
        depth += (letter == "<") - (letter == ">" and name[at - 1] != "-")
        if depth == 0:
            break
    parts = [re.sub(r"^(&|\*|mut |const |dyn |\[|\()*", "", part) for part in name[1:at].split(" as ")]
    crates = [re.match(r"\w*", part).group() for part in parts if "::" in part]
    return next((c for c in crates if c not in STD), crates[0] if crates else "core")


def theirs(bloat, crate):
    """By crate as it says, and with std's generics, which it gives to the crate that uses them, given back to std."""
    command = [bloat, "bloat", "--release", "-n", "0", "--full-fn", "--message-format", "json"]
    rows = json.loads(subprocess.run(command, cwd=crate, check=True, capture_output=True).stdout)["functions"]
    said, defined = {}, {}
    for row in rows:
        crate = row.get("crate", "[Unknown]").rstrip("?")  # "?": it is not sure
        group = "std" if crate in STD or re.match(r"\w+\[", row["name"]) else "[C]" if crate == "[Unknown]" else crate
        said[group] = said.get(group, 0) + row["size"]
        if group != "std" and group != "[C]" and root(row["name"]) in STD:
            group = "std"
        defined[group] = defined.get(group, 0) + row["size"]
    return said, defined


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--work", default=str(TOP / "build/size"))
    work = pathlib.Path(args.parse_args().work).resolve()
    bloat = work / "tools/bin/cargo-bloat"
    if not bloat.exists():
        subprocess.run(["cargo", "install", "--quiet", "--locked", "cargo-bloat", "--version", "0.12.1", "--root", work / "tools"], check=True)
    bad = 0
    for name in PROGRAMS:
        crate = make(work, name)
        subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=crate, check=True)
        mine, (said, other) = ours(crate), theirs(bloat, crate)
        print(f"{name}: all code {sum(mine.values())} here, {sum(other.values())} by cargo-bloat")
        print("  crate               here  std's given back  as it says  apart, of all code")
        for group in sorted(set(mine) | set(other), key=lambda g: -other.get(g, 0)):
            a, b = mine.get(group, 0), other.get(group, 0)
            share = abs(a - b) / max(sum(other.values()), 1)
            bad += share > 0.02
            print(f"  {group:16} {a:8} {b:17} {said.get(group, 0):11} {100 * share:10.1f} %")
        bad += abs(sum(mine.values()) - sum(other.values())) > 0.01 * sum(other.values())
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
