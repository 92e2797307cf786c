#!/usr/bin/env python3
"""1,000 generated inputs through the functions of each numeric corpus program, plain and optimised, in release and with debug assertions: all results
are the same. fibonacci also for every n from 0 to 46, against the formula, and beyond, where it overflows. Prints TAP.

The optimised texts are those of the decisions in tests/perf/pgo; where there are none, what `--no-measure` applies."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROF = os.environ.get("RUCHY_PROF", str(ROOT / "build/bin/ruchy-prof"))

# What is compared, of the random numbers a and b; P stands for the module.
CASES = {
    "ackermann": "P::ackermann((a % 3) as u32, (b % 40) as u32)",
    "closures": "(P::residues(&list(a, b).iter().map(|v| *v as i64).collect::<Vec<_>>()), P::twice(P::triple, (a % 100000) as i64))",
    "collatz": "(P::step(a % 1000000 + 1), P::length(b % 1000000 + 1))",
    "early-return": "(P::first_over((a % 1000000) as i64, (b % 9 + 2) as i64), P::add(&(a % 100000).to_string(), &text(b)))",
    "fibonacci": "P::fibonacci((a % 24) as i32)",
    "hofstadter": "(P::female((a % 60) as i32), P::male((b % 60) as i32))",
    "iterators": "P::odd_squares(&list(a, b).iter().map(|v| (*v % 30000) as i64).collect::<Vec<_>>())",
    "matmul": "P::Matrix::new((a % 9 + 1) as usize, (b % 13) as usize).multiply(&P::Matrix::new((a % 9 + 1) as usize, (a % 7) as usize)).trace().to_bits()",
    "methods": "P::Point::new((a % 1000) as i64, (b % 1000) as i64 - 500).add(&P::Point::new((b % 77) as i64, 3)).distance()",
    "modules": "P::sum_to((a % 3000) as i64)",
    "mutual-recursion": "(P::is_even(a % 3000), P::is_odd(b % 3000))",
    "nbody": "{ let mut s = P::System::new(); for i in 0..(a % 4 + 2) { let x = (i * 3 + b % 17) as f64; s.place(x, x * 0.5 - 2.0, 0.1 * x, 0.3, 1.0 + x); } for _ in 0..3 { s.advance(0.01); } s.energy().to_bits() }",
    "quicksort": "{ let mut v = P::fill((a % 300 + 1) as usize, b); let n = v.len() as i64; P::quicksort(&mut v, 0, n - 1); (P::is_sorted(&v), v) }",
    "sieve": "P::count(&P::sieve((a % 3000 + 2) as usize))",
    "threads": "(P::is_prime(a % 100000), P::count_primes(b % 5000, b % 5000 + 200))",
}

HARNESS = """
#[derive(Clone, Copy)]
struct Random(u64);
impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e3779b97f4a7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d049bb133111eb);
        (z ^ (z >> 31)) >> 16
    }
}
fn list(a: u64, b: u64) -> Vec<u64> {
    let mut random = Random(b);
    (0..a % 50).map(|_| random.next() % 100000).collect()
}
fn text(b: u64) -> String {
    if b % 7 == 0 { "12x".to_string() } else if b % 11 == 0 { String::new() } else { (b % 1000000).to_string() }
}
/// A panic is a result like another.
fn caught<T: std::fmt::Debug>(f: impl FnOnce() -> T) -> String {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)) {
        Ok(value) => format!("{:?}", value),
        Err(_) => "panic".to_string(),
    }
}
"""


def module(name, kind, text):
    body = re.sub(r"^(\s*)((?:const |unsafe )*)(fn|struct|enum) ", r"\1pub \2\3 ", text, flags=re.M)
    # not in traits and in implementations of them
    body = re.sub(r"(^(?:pub )?trait [^{]*\{.*?^\}|^impl[^{\n]* for [^{]*\{.*?^\})", lambda m: re.sub(r"^(\s+)pub ", r"\1", m[0], flags=re.M), body, flags=re.M | re.S)
    return f"#[allow(warnings)]\nmod {kind}_{name.replace('-', '_')} {{\n{body}\n}}\n"


def texts(name, work):
    source, data = ROOT / "bench-corpus" / name / f"{name}.ruchy", ROOT / "tests/perf/pgo" / f"{name}.data"
    more = []
    if not data.exists():
        data, more = work / f"{name}.data", ["--no-measure"]
        subprocess.run([PROF, "pgo", "collect", source, "--runs", "1", "--no-llvm", "--max-failures", "9", "--output", data], check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    out = work / f"{name}.rs"
    subprocess.run([PROF, "transpile", source, "--pgo-data", data, "--output", out, *more], check=True, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    plain = subprocess.run([PROF, "transpile", source, "--no-pgo"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return plain, out.read_text()


def program(work):
    parts, calls, same = [HARNESS], [], []
    for name, call in CASES.items():
        plain, ours = texts(name, work)
        if plain == re.sub(r"\A(// .*\n)+", "", ours):
            same.append(name)
        parts += [module(name, "plain", plain), module(name, "ours", ours)]
        p, o = (call.replace("P::", f"{kind}_{name.replace('-', '_')}::") for kind in ("plain", "ours"))
        calls.append(f"""    {{
        let (mut random, mut wrong) = (Random(1), 0);
        for _ in 0..1000 {{
            let (a, b) = (random.next(), random.next());
            if caught(|| {p}) != caught(|| {o}) {{ wrong += 1; }}
        }}
        println!("{name} {{}}", wrong);
    }}""")
    parts.append("fn main() {\n    std::panic::set_hook(Box::new(|_| {}));\n" + "\n".join(calls) + """
    let mut before: (i64, i64) = (0, 1);
    let mut wrong = 0;
    for n in 0..=46 {
        if ours_fibonacci::fibonacci(n) as i64 != before.0 { wrong += 1; }
        before = (before.1, before.0 + before.1);
    }
    println!("fibonacci-0-46 {}", wrong);
    // beyond: the formula modulo 2^32 where sums wrap, a panic where they are checked
    let beyond = caught(|| ours_fibonacci::fibonacci(std::hint::black_box(47)));
    println!("fibonacci-47 {}", beyond != if cfg!(debug_assertions) { "panic".to_string() } else { (before.0 as i32).to_string() });
}
""")
    return "".join(parts), same


def main():
    number, failed = 0, 0
    with tempfile.TemporaryDirectory() as directory:
        work = pathlib.Path(directory)
        text, same = program(work)
        (work / "all.rs").write_text(text)
        for build, flags in (("release", []), ("debug assertions", ["-C", "debug-assertions=on"])):
            subprocess.run(["rustc", "--edition", "2021", "-A", "warnings", "-C", "opt-level=3", *flags, "-o", work / "all", work / "all.rs"], check=True)
            lines = subprocess.run([work / "all"], check=True, stdout=subprocess.PIPE, text=True).stdout.split("\n")
            for name, wrong in (line.split() for line in lines if line):
                number += 1
                good = wrong in ("0", "false")
                failed += not good
                what = "every n from 0 to 46" if name.endswith("0-46") else "overflow as before" if name.endswith("47") else "1,000 inputs"
                note = " (nothing was applied)" if name in same else ""
                print(f"{'ok' if good else 'not ok'} {number} - {name}, {build}: {what}{note}" + ("" if good else f": {wrong} differ"))
    print(f"1..{number}")
    return failed > 0


sys.exit(main())
