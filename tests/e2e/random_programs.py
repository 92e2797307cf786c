#!/usr/bin/env python3
"""Random programs against an independent count.

random_programs.py [--seed N] [--count K] [--way WAY]... [--functions N] [--opt LEVEL] [--keep DIR] [--seconds S] --driver DRIVER --lib DIR

Each seed makes one Rust program that ends. It is built twice: once with a guard written by this generator as the first statement of every function and closure,
and an allocator that counts for the function whose guard is the innermost; once as it is, through the hook. Output, exit status, the calls of
every function and (at opt-level 0, where no allocation is optimised away) allocations and bytes of every function must agree.
Prints one line per program that differs, and the number of programs, functions and calls; exit status 1 if any differs.
"""
import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import read_raw  # noqa: E402

U, B, S, V, O, X, R, P, Q, E = "u64", "bool", "String", "Vec<u64>", "Option<u64>", "Box<u64>", "Result<u64, String>", "P", "Q", "E"
TYPES = [U, U, U, B, S, S, V, V, O, X, R, R, P, Q, E]
COPIED = (U, B, O, Q)
CAP = 400  # calls that one call of a function may make, roughly
WAYS = ("", "--wrapping", "--entry-only", "--abort", "--lines", "--module")

HEAD = """#![allow(warnings)]
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
"""

TYPES_TEXT = """
#[derive(Clone, Debug, PartialEq)] struct P { a: u64, s: String, v: Vec<u64> }
#[derive(Clone, Copy, Debug, PartialEq)] struct Q { a: u64, b: u64 }
#[derive(Clone, Debug, PartialEq)] enum E { A(u64), N(String), C { v: Vec<u64> }, Z }
struct Fault(String);
struct S1 { k: u64 }
struct S2 { k: u64 }
struct Noisy(u64);
struct Steps { at: u64, end: u64 }
"""

ORACLE = """
mod oracle {
    use std::alloc::{GlobalAlloc, Layout, System};
    use std::cell::Cell;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    const N: usize = COUNT;
    static CALLS: [AtomicU64; N] = [const { AtomicU64::new(0) }; N];
    static TAKEN: [AtomicU64; N] = [const { AtomicU64::new(0) }; N];
    static BYTES: [AtomicU64; N] = [const { AtomicU64::new(0) }; N];
    thread_local! { static OWNER: Cell<usize> = const { Cell::new(N) }; }
    pub struct Guard(usize);
    impl Drop for Guard {
        fn drop(&mut self) { OWNER.with(|o| o.set(self.0)) }
    }
    pub fn enter(k: usize) -> Guard {
        CALLS[k].fetch_add(1, Relaxed);
        Guard(OWNER.with(|o| o.replace(k)))
    }
    struct Counting;
    fn took(size: usize) {
        let k = OWNER.with(|o| o.get());
        if k < N {
            TAKEN[k].fetch_add(1, Relaxed);
            BYTES[k].fetch_add(size as u64, Relaxed);
        }
    }
    #[global_allocator]
    static ALLOCATOR: Counting = Counting;
    unsafe impl GlobalAlloc for Counting {
        unsafe fn alloc(&self, l: Layout) -> *mut u8 { took(l.size()); System.alloc(l) }
        unsafe fn alloc_zeroed(&self, l: Layout) -> *mut u8 { took(l.size()); System.alloc_zeroed(l) }
        unsafe fn dealloc(&self, p: *mut u8, l: Layout) { System.dealloc(p, l) }
        unsafe fn realloc(&self, p: *mut u8, l: Layout, n: usize) -> *mut u8 { took(n); System.realloc(p, l, n) }
    }
    extern "C" fn tell() {
        OWNER.with(|o| o.set(N));
        let mut text = String::new();
        for k in 0..N {
            text += &format!("{} {} {} {}\\n", k, CALLS[k].load(Relaxed), TAKEN[k].load(Relaxed), BYTES[k].load(Relaxed));
        }
        std::fs::write(std::env::var("ORACLE").unwrap(), text).unwrap();
    }
    extern "C" { fn atexit(f: extern "C" fn()) -> i32; }
    pub fn begin() { unsafe { atexit(tell); } }
}
"""


class Scope:
    """What an expression may use: variables, labels, how often it runs, how the function around it may be left."""

    def __init__(self, ret, variables, depth="d"):
        self.ret, self.vars, self.mut, self.depth = ret, variables, [], depth
        self.labels, self.loops, self.times, self.cost, self.nest = [], 0, 1, 0, 0

    def inner(self, ret, only=None):
        scope = Scope(ret, [v for v in self.vars if only is None or v[1] in only], self.depth)
        scope.times, scope.nest = self.times, self.nest + 1
        return scope


class Program:
    def __init__(self, seed, functions):
        self.r = random.Random(seed)
        self.ids, self.names, self.callables = 0, 0, []
        self.texts, self.modules = [], {"m1": [], "m2": []}
        self.left = 0  # how much more this function may hold
        self.make(functions)

    # --- small helpers
    def pick(self, *choices):
        return self.r.choice(choices)

    def chance(self, percent):
        return self.r.randrange(100) < percent

    def fresh(self, letter="y"):
        self.names += 1
        return f"{letter}{self.names}"

    def mark(self):
        self.ids += 1
        return self.ids - 1

    def opened(self):
        """First statement of a function's body."""
        return f"@<{self.mark()}@"

    def closure(self, scope, parameters, kind, n, how=""):
        """A closure that gives a value of this type; parameters: [(name, type, written)]."""
        k = self.mark()
        inner = scope.inner(None, COPIED if how else None)
        if how:
            inner.vars = [v for v in inner.vars if v[0] != "self.k"]
        inner.vars += [(name, t) for name, t, _ in parameters]
        written = ", ".join(text for _, _, text in parameters)
        if self.chance(30):
            inner.ret = kind
            body = f"-> {kind} {{ @<{k}@ {self.statements(inner, 2)} {self.expr(inner, kind, n - 1)} }}"
        else:
            body = f"@({k}@ {self.expr(inner, kind, n - 1)} @)"
        scope.cost += inner.cost + inner.times
        return f"\n{how}|{written}| {body}"

    # --- calls
    def usable(self, scope, kind):
        return [c for c in self.callables if c["ret"] == kind and (c["cost"] + 1) * scope.times + scope.cost < CAP]

    def arguments(self, scope, c, n):
        depth = self.pick(scope.depth, scope.depth, f"{scope.depth} % 2", "0")
        parts = [depth, self.expr(scope, U, n - 1)]
        if c["extra"]:
            t, by_reference = c["extra"]
            parts.append(("&" if by_reference else "") + self.atom(self.expr(scope, t, n - 1), by_reference))
        return ", ".join(parts)

    @staticmethod
    def atom(text, needed=True):
        return f"({text})" if needed and not re.fullmatch(r"[\w.]+|\w+\([^()]*\)", text) else text

    def call(self, scope, kind, n):
        found = self.usable(scope, kind)
        if not found:
            return None
        c = self.r.choice(found)
        scope.cost += (c["cost"] + 1) * scope.times
        return c["write"](scope, self.arguments(scope, c, n))

    # --- expressions
    def leaf(self, scope, kind):
        have = [v for v, t in scope.vars if t == kind]
        if have and self.chance(60):
            v = self.r.choice(have)
            return v if kind in (U, B) else v + ".clone()"
        x = next((v for v, t in self.r.sample(scope.vars, len(scope.vars)) if t == U), "5u64")
        return {
            U: lambda: self.pick(x, f"{self.r.randrange(9)}u64", f"({x} % 7)"),
            B: lambda: self.pick(f"({x} % 3 == 1)", f"({x} % 2 == 0)", f"({x} > 3)"),
            S: lambda: self.pick('String::from("abc")', '"text".to_string()', f'format!("{{}}", {x})', "String::new()", f"{x}.to_string()"),
            V: lambda: self.pick(f"vec![{x}, 1]", "Vec::<u64>::new()", f"vec![{x}; 3]", "Vec::<u64>::with_capacity(5)", f"[{x}, 2].to_vec()"),
            O: lambda: self.pick(f"Some({x})", "None::<u64>", f"[{x}, 3].first().copied()", f"{x}.checked_sub(2)"),
            X: lambda: f"Box::new({x})",
            R: lambda: self.pick(f"Ok::<u64, String>({x})", 'Err::<u64, String>(String::from("wrong"))', f'[{x}, 4].get(9).copied().ok_or("none".to_string())'),
            P: lambda: f'P {{ a: {x}, s: String::from("field"), v: vec![{x}] }}',
            Q: lambda: f"Q {{ a: {x}, b: 2 }}",
            "Result<u64, Fault>": lambda: self.pick(f"Ok::<u64, Fault>({x})", 'Err::<u64, Fault>(Fault("f".to_string()))'),
            E: lambda: self.pick(f"E::A({x})", 'E::N("n".to_owned())', "E::C { v: vec![1, 2] }", "E::Z"),
        }[kind]()

    def expr(self, scope, kind, n):
        self.left -= 1
        if n <= 0 or scope.nest > 6 or self.left < 0:
            return self.leaf(scope, kind)
        for _ in range(4):
            way = self.r.choice(self.ANY + self.ANY[:3] * 4 + self.OF.get(kind, []) * 2)
            text = way(self, scope, kind, n)
            if text is not None:
                return text
        return self.leaf(scope, kind)

    def any_call(self, scope, kind, n):
        return self.call(scope, kind, n)

    def any_if(self, scope, kind, n):
        text = f"if {self.condition(scope, n)} {{ {self.body(scope, kind, n)} }}"
        for _ in range(self.pick(0, 0, 1, 2)):
            text += f" else if {self.condition(scope, n)} {{ {self.body(scope, kind, n)} }}"
        return f"({text} else {{ {self.body(scope, kind, n, False)} }})"

    def condition(self, scope, n):
        if self.chance(20):
            before = len(scope.vars)
            text = f"let Some({self.fresh()}) = {self.atom(self.expr(scope, O, n - 1))}"
            del scope.vars[before:]
            return text
        if self.chance(10):
            return f"let Ok(_) = {self.atom(self.expr(scope, R, n - 1))}"
        return self.atom(self.expr(scope, B, n - 1))

    def body(self, scope, kind, n, leaving=True):
        """Statements and a value, for the inside of braces; sometimes it leaves instead."""
        before, muts = len(scope.vars), len(scope.mut)
        scope.nest += 1
        text = self.statements(scope, self.pick(0, 0, 1, 2)) + " "
        text += (self.leave(scope, n) if leaving and self.chance(12) else None) or self.expr(scope, kind, n - 1)
        scope.nest -= 1
        del scope.vars[before:], scope.mut[muts:]
        return text

    def leave(self, scope, n):
        if scope.labels and self.chance(60):
            label, kind = self.r.choice(scope.labels)
            # `break [..]` is not known to the parser
            return f"break {label}" + (f" {self.atom(self.expr(scope, kind, n - 1))}" if kind else "")
        if scope.loops and self.chance(60):
            return self.pick("break", "continue")
        if scope.ret:
            return f"return {self.expr(scope, scope.ret, n - 1)}"
        return None

    def any_match(self, scope, kind, n):
        what = self.pick("n", "o", "e", "r", "t")
        y = self.fresh()

        def arm(pattern, bound=(), last=False):
            before = len(scope.vars)
            scope.vars += list(bound)
            guard = f" if {self.atom(self.expr(scope, B, n - 2))}" if not last and self.chance(25) else ""
            if self.chance(55):
                value = (self.leave(scope, n) if not last and self.chance(15) else None) or self.expr(scope, kind, n - 1)
            else:
                value = f"{{ {self.body(scope, kind, n, not last)} }}"
            del scope.vars[before:]
            return f"{pattern}{guard} => {value},"
        if what == "n":
            arms = [arm("0 | 2"), arm("1"), arm(y, [(y, U)]), arm("_", (), True)]
            value = f"{self.atom(self.expr(scope, U, n - 1))} % 5"
        elif what == "o":
            arms = [arm(f"Some({y})", [(y, U)]), arm("None"), arm("_", (), True)]
            value = self.expr(scope, O, n - 1)
        elif what == "r":
            arms = [arm(f"Ok({y})", [(y, U)]), arm(f"Err({y})", [(y, S)]), arm("_", (), True)]
            value = self.expr(scope, R, n - 1)
        elif what == "t":
            arms = [arm(f"(true, {y})", [(y, U)]), arm("(false, 3)"), arm("_", (), True)]
            value = f"({self.expr(scope, B, n - 1)}, {self.expr(scope, U, n - 1)})"
        else:
            arms = [arm(f"E::A({y})", [(y, U)]), arm(f"E::N({y})", [(y, S)]), arm("E::C { v }", [("v", V)]), arm("_", (), True)]
            value = self.expr(scope, E, n - 1)
        value = self.atom(value)
        return f"(match {value} {{ {' '.join(arms)} }})"

    def any_block(self, scope, kind, n):
        return f"{self.pick('', '', 'unsafe ')}{{ {self.body(scope, kind, n, False)} }}" if self.chance(70) else f"({{ {self.body(scope, kind, n, False)} }})"

    def any_labelled(self, scope, kind, n):
        label = "'" + self.fresh("a")
        scope.labels.append((label, kind))
        before, muts, loops = len(scope.vars), len(scope.mut), scope.loops
        scope.loops = 0
        text = f"{label}: {{ {self.statements(scope, 2)} {self.statement_if_leaves(scope, n)} {self.body(scope, kind, n, False)} }}"
        scope.loops = loops
        scope.labels.pop()
        del scope.vars[before:], scope.mut[muts:]
        return f"({text})"

    def statement_if_leaves(self, scope, n):
        out = self.leave(scope, n)
        return f"if {self.condition(scope, n)} {{ {out}; }}" if out else ""

    def any_loop(self, scope, kind, n):
        i, label = self.fresh("i"), "'" + self.fresh("l")
        labels, loops, times = scope.labels, scope.loops, scope.times
        scope.loops = 0  # in here a plain `break` would need a value
        last = self.expr(scope, kind, n - 1)
        scope.labels, scope.times, scope.loops = labels + [(label, kind)], times * 3, 0
        before, muts = len(scope.vars), len(scope.mut)
        body = self.statements(scope, 2)
        out = self.statement_if_leaves(scope, n)
        scope.labels, scope.loops, scope.times = labels, loops, times
        del scope.vars[before:], scope.mut[muts:]
        return f"{{ let mut {i} = 0u64; {label}: loop {{ {i} += 1; if {i} > 2 {{ break {label} {self.atom(last)}; }} {body} {out} }} }}"

    def any_catch(self, scope, kind, n):
        inner = self.closure(scope, [], kind, n)
        return f"catch_unwind(AssertUnwindSafe({inner}))" + self.pick(f".unwrap_or_else(\n|_| {self.opened_value(scope, kind)})", f".unwrap_or({self.leaf(scope, kind)})")

    def opened_value(self, scope, kind):
        k = self.mark()
        inner = scope.inner(None)
        return f"@({k}@ {self.leaf(inner, kind)} @)"

    def any_thread(self, scope, kind, n):
        if scope.times > 1 or not self.chance(15):
            return None
        return f"std::thread::spawn({self.closure(scope, [], kind, n, 'move ')}).join().unwrap_or({self.leaf(scope, kind)})"

    def any_tuple(self, scope, kind, n):
        other = self.r.choice(TYPES)
        return f"({self.expr(scope, kind, n - 1)}, {self.expr(scope, other, n - 1)}).0"

    def any_array(self, scope, kind, n):
        if kind not in TYPES:
            return None
        return f"[{self.expr(scope, kind, n - 1)}, {self.expr(scope, kind, n - 1)}][{self.atom(self.expr(scope, U, n - 1))} as usize % 2].clone()"

    def any_called(self, scope, kind, n):
        y = self.fresh()
        return f"({self.closure(scope, [(y, U, f'{y}: u64')], kind, n)})({self.expr(scope, U, n - 1)})"

    def any_applied(self, scope, kind, n):
        y = self.fresh()
        name = self.pick("apply_generic", "apply_impl", "apply_dyn")
        closure = self.closure(scope, [(y, U, f"{y}: u64")], kind, n)
        scope.cost += scope.times
        return f"{name}::<{kind}{', _' if name == 'apply_generic' else ''}>({'&' if name == 'apply_dyn' else ''}{closure}, {self.expr(scope, U, n - 1)})" \
            if name != "apply_impl" else f"apply_impl({closure}, {self.expr(scope, U, n - 1)})"

    def any_inner_fn(self, scope, kind, n):
        name = self.fresh("g")
        k = self.mark()
        inner = Scope(kind, [("y", U)], "0")
        inner.nest, inner.times = scope.nest + 1, scope.times
        text = f"{{ \nfn {name}(y: u64) -> {kind} {{ @<{k}@ {self.statements(inner, 1)} {self.expr(inner, kind, n - 1)} }}\n"
        scope.cost += inner.cost + inner.times
        return text + f"{name}({self.expr(scope, U, n - 1)}) }}"

    def any_question(self, scope, kind, n):
        if kind != U or scope.ret not in (R, O, "Result<u64, Fault>"):
            return None
        t = O if scope.ret == O else R
        return f"{self.atom(self.expr(scope, t, n - 1))}?"

    ANY = [any_call, any_if, any_match, any_call, any_block, any_labelled, any_loop, any_catch, any_thread, any_tuple, any_array, any_called, any_applied,
           any_inner_fn, any_question, any_question, any_question]

    def u(self, text):
        def write(self, scope, kind, n):
            return re.sub(r"\$(\w)", lambda m: self.atom(self.expr(scope, {"u": U, "b": B, "s": S, "v": V, "o": O, "x": X, "r": R, "p": P, "q": Q, "e": E}[m[1]], n - 1)),
                          text)
        return write

    def closing(before, parameters, kind, after):
        """An expression with a closure in it."""
        def write(self, scope, _, n):
            bound = [(self.fresh(), t, form) for t, form in parameters]
            given = [(name, t, form.replace("?", name)) for name, t, form in bound]
            times = scope.times
            opening = self.u(before)(self, scope, _, n)
            scope.times = times * 3
            inner = self.closure(scope, given, kind, n)
            scope.times = times
            return opening + inner + self.u(after)(self, scope, _, n)
        return write

    OF = {}

    # --- statements
    def statements(self, scope, count):
        return " ".join(self.statement(scope) for _ in range(count))

    def statement(self, scope):
        self.left -= 1
        if scope.nest > 6 or self.left < 0:
            return ""
        n = self.pick(1, 2, 2, 3)
        if scope.nest > 4:
            n = 1
        return self.r.choice(self.STATEMENTS)(self, scope, n) or ""

    def s_let(self, scope, n):
        t = self.r.choice(TYPES)
        y = self.fresh()
        value = self.expr(scope, t, n)
        scope.vars.append((y, t))
        return f"let {y}{self.pick('', ': ' + t)} = {value};" if t not in (U,) else f"let {y}: u64 = {value};"

    def s_mut(self, scope, n):
        y, t = self.fresh("z"), self.pick(U, S, V, "[u64; 4]", "[Box<u64>; 2]", P)
        value = {"[u64; 4]": lambda: f"[{self.expr(scope, U, n)}, 1, 2, 3]", "[Box<u64>; 2]": lambda: f"[Box::new(1), {self.expr(scope, X, n)}]"}.get(
            t, lambda: self.expr(scope, t, n))()
        scope.mut.append((y, t))
        return f"let mut {y}: {t} = {value};"

    def s_assign(self, scope, n):
        if not scope.mut:
            return self.s_mut(scope, n)
        y, t = self.r.choice(scope.mut)
        if t != U:  # may be borrowed while the value is made
            scope.mut = [m for m in scope.mut if m[0] != y]
            text = self.assignment(scope, n, y, t)
            scope.mut.append((y, t))
            return text
        return self.assignment(scope, n, y, t)

    def assignment(self, scope, n, y, t):
        e = lambda kind: self.expr(scope, kind, n)  # noqa: E731
        if t == U:
            return self.pick(lambda: f"{y} = {e(U)};", lambda: f"{y} ^= {e(U)};", lambda: f"{y} = {y}.wrapping_add({e(U)});", lambda: f"({y}, _) = ({e(U)}, {e(S)});")()
        if t == S:
            return self.pick(lambda: f"{y} = {e(S)};", lambda: f"{y} += &{self.atom(e(S))};", lambda: f"{y}.push_str(&{self.atom(e(S))});",
                             lambda: f"{y} = {y} + &{self.atom(e(S))};", lambda: f'write!({y}, "{{:?}}", {e(O)}).unwrap();', lambda: f"{y}.clear();")()
        if t == V:
            return self.pick(lambda: f"{y} = {e(V)};", lambda: f"{y}.push({e(U)});", lambda: f"{y}.extend({e(V)});", lambda: f"{y}.clear();",
                             lambda: f"{y}.insert(0, {e(U)});", lambda: f"if let Some(w) = {y}.get_mut({self.atom(e(U))} as usize) {{ *w = {e(U)}; }}")()
        if t == P:
            return self.pick(lambda: f"{y}.a = {e(U)};", lambda: f"{y}.s = {e(S)};", lambda: f"{y}.v = {e(V)};", lambda: f"{y} = {e(P)};",
                             lambda: f"{y}.v.push({e(U)});")()
        value = e(U if t == "[u64; 4]" else X)
        size = 4 if t == "[u64; 4]" else 2
        index = f"{self.atom(e(U))} as usize % {size}"
        return f"{y}[{index}] {'=' if size == 2 else self.pick('=', '^=', '|=')} {value};"

    def s_expr(self, scope, n):
        return self.pick("let _ = {};", "drop({});")[:-1].format(self.expr(scope, self.r.choice(TYPES), n)) + ";"

    def s_if(self, scope, n):
        text = f"if {self.condition(scope, n)} {{ {self.inside(scope, n)} }}"
        if self.chance(30):
            text += f" else if {self.condition(scope, n)} {{ {self.inside(scope, n)} }}"
        return text + (f" else {{ {self.inside(scope, n)} }}" if self.chance(40) else "")

    def inside(self, scope, n):
        before, muts = len(scope.vars), len(scope.mut)
        scope.nest += 1
        text = self.statements(scope, self.pick(0, 1, 1, 2)) 
        if self.chance(20):
            out = self.leave(scope, n)
            text += f" {out};" if out else ""
        scope.nest -= 1
        del scope.vars[before:], scope.mut[muts:]
        return text

    def s_for(self, scope, n):
        y = self.fresh()
        over, bound = self.pick(lambda: ("0..3u64", U), lambda: (f"{self.atom(self.expr(scope, V, n))}.iter().take(3)", None),
                                lambda: (f"{self.atom(self.expr(scope, V, n))}.into_iter().take(3)", U), lambda: (f"{self.atom(self.expr(scope, S, n))}.chars().take(3)", None),
                                lambda: (f"(Steps {{ at: 0, end: {self.atom(self.expr(scope, U, n))} % 4 }})", U),
                                lambda: (f"[{self.expr(scope, S, n)}, {self.expr(scope, S, n)}]", S), lambda: (f"&{self.atom(self.expr(scope, O, n))}", None))()
        return self.loop(scope, f"for {y} in {over}", [(y, bound)] if bound else [], n)

    def loop(self, scope, head, bound, n, first=""):
        label = "'" + self.fresh("l")
        labels, loops, times, before, muts = scope.labels, scope.loops, scope.times, len(scope.vars), len(scope.mut)
        scope.labels, scope.loops, scope.times = labels + ([(label, None)] if self.chance(50) else []), loops + 1, times * 3
        scope.vars += bound
        body = first + self.inside(scope, n) + " " + self.inside(scope, n)
        del scope.vars[before:], scope.mut[muts:]
        labelled = len(scope.labels) > len(labels)
        scope.labels, scope.loops, scope.times = labels, loops, times
        return f"{label + ': ' if labelled else ''}{head} {{ {body} }}"

    def s_while(self, scope, n):
        i = self.fresh("i")
        times, loops = scope.times, scope.loops
        scope.times, scope.loops = times * 4, 0
        condition = self.pick(f"{i} < 3", f"{i} < 3 && {self.atom(self.expr(scope, B, n))}", f"{i} < 3 && matches!({self.expr(scope, O, n)}, Some(_))")
        scope.times, scope.loops = times, loops
        return f"let mut {i} = 0u64; " + self.loop(scope, f"while {condition}", [], n, f"{i} += 1; ")

    def s_while_let(self, scope, n):
        q, y = self.fresh("q"), self.fresh()
        text = f"let mut {q} = {self.atom(self.expr(scope, V, n))}; {q}.truncate(3); "
        return text + self.loop(scope, f"while let Some({y}) = {q}.pop()", [(y, U)], n)

    def s_let_else(self, scope, n):
        out = self.leave(scope, n)
        if not out:
            return None
        y = self.fresh()
        before = len(scope.vars)
        t, pattern = self.pick((O, f"Some({y})"), (R, f"Ok({y})"), (E, f"E::A({y})"))
        text = f"let {pattern} = {self.atom(self.expr(scope, t, n))} else {{ {self.inside(scope, n)} {out}; }};"
        del scope.vars[before:]
        scope.vars.append((y, U))
        return text

    def s_panic(self, scope, n):
        return self.pick(lambda: f"if {self.atom(self.expr(scope, B, n))} && {self.atom(self.expr(scope, U, 1))} % 5 == 3 {{ panic!(\"no {{}}\", {self.expr(scope, U, n)}); }}",
                         lambda: f"assert!({self.atom(self.expr(scope, U, n))} % 11 != 10, \"is {{}}\", {self.expr(scope, S, n)});",
                         # without a message the text is printed, so closures in it are left alone
                         lambda: f"debug_assert!({self.call(scope, B, 0) or self.leaf(scope, B)} || true);",
                         lambda: f"assert!({self.call(scope, B, 0) or self.leaf(scope, B)} || true);")()

    def s_print(self, scope, n):
        return f'eprintln!("{{}} {{:?}}", {self.expr(scope, U, n)}, {self.expr(scope, self.r.choice((S, V, O, R, P, Q, E)), n)});'

    def s_closure(self, scope, n):
        y, c, t = self.fresh(), self.fresh("c"), self.r.choice(TYPES)
        text = f"let {c} = {self.closure(scope, [(y, U, f'{y}: u64')], t, n)};"
        calls = [f"let _ = {c}({self.expr(scope, U, n)});" for _ in range(self.pick(1, 2))]
        return text + " " + " ".join(calls)

    def s_pointer(self, scope, n):
        found = [c for c in self.usable(scope, U) if c.get("path") and not c["extra"]]
        if not found:
            return None
        c = self.r.choice(found)
        scope.cost += (c["cost"] + 1) * scope.times
        y, g = self.fresh(), self.fresh("g")
        text = f"let {g}: fn(u64, u64) -> u64 = {c['path']}; let {y}: u64 = {g}({scope.depth}, {self.expr(scope, U, n)});"
        scope.vars.append((y, U))
        return text

    def s_drop(self, scope, n):
        return f"let _{self.fresh('w')} = Noisy({self.expr(scope, U, n)});"

    STATEMENTS = [s_let, s_let, s_let, s_mut, s_assign, s_assign, s_assign, s_expr, s_if, s_if, s_for, s_while, s_while_let, s_let_else, s_panic, s_print, s_closure,
                  s_pointer, s_drop]

    # --- functions
    def signature(self):
        extra = (self.r.choice(TYPES), self.chance(40)) if self.chance(50) else None
        ret = self.r.choice(TYPES)
        text = "d: u64, x: u64"
        variables = [("x", U)]
        if extra:
            text += f", e: {'&' if extra[1] else ''}{extra[0]}"
            if not extra[1]:
                variables.append(("e", extra[0]))
        return text, variables, ret, extra

    def function_body(self, scope, again=None):
        self.left = self.pick(10, 40, 40, 80)
        head = self.opened()
        text = self.statements(scope, self.r.randrange(5))
        if again:
            text += f" if d > 0 {{ let _ = {again}; }} " + self.statements(scope, 1)
        return f"{head} {text} {self.expr(scope, scope.ret, 3)}"

    def make_free(self, number):
        text, variables, ret, extra = self.signature()
        name, scope = f"f{number}", Scope(ret, variables)
        module = self.pick(None, None, "m1", "m2")
        again = None
        if self.chance(35):
            again = f"{name}(d - 1, {self.leaf(scope, U)}" + (f", {'&' if extra[1] else ''}{self.atom(self.leaf(Scope(None, [('x', U)]), extra[0]), extra[1])}" if extra else "") + ")"
        body = self.function_body(scope, again)
        generic = self.chance(20)
        written = f"{'pub ' if module else ''}fn {name}{'<G: Into<u64>>' if generic else ''}({text.replace('x: u64', 'x: G' if generic else 'x: u64')}) -> {ret} {{ "
        if generic:
            written += body.replace("@ ", "@ let x: u64 = x.into(); ", 1) + " }"
        else:
            written += body + " }"
        if again and generic:
            written = written.replace(f"{name}(d - 1, ", f"{name}::<u64>(d - 1, ")
        path = f"{module}::{name}" if module else name
        paths = [f"crate::{path}"] if module else [name, f"crate::{name}"]
        (self.modules[module] if module else self.texts).append(written)
        self.callables.append({"ret": ret, "extra": extra, "cost": (scope.cost + 1) * (3 if again else 1), "path": None if generic else paths[-1],
                               "write": lambda s, a, paths=paths, generic=generic: f"{self.r.choice(paths)}{'::<u64>' if generic else ''}({a})"})

    def make_method(self, number):
        text, variables, ret, extra = self.signature()
        name, owner, how = f"h{number}", self.pick("S1", "S2"), self.pick("&self", "self", "&mut self", None)
        scope = Scope(ret, variables + ([("self.k", U)] if how else []))
        body = self.function_body(scope)
        self.texts.append(f"impl {owner} {{ \nfn {name}({how + ', ' if how else ''}{text}) -> {ret} {{ {body} }} }}")

        def write(s, a):
            value = f"{owner} {{ k: {self.leaf(s, U)} }}"
            if not how:
                return f"{owner}::{name}({a})"
            return self.pick(f"({value}).{name}({a})", f"{owner}::{name}({how.replace('self', '')}{value}, {a})")
        self.callables.append({"ret": ret, "extra": extra, "cost": scope.cost + 1, "write": write})

    def make_trait(self, number):
        text, variables, ret, extra = self.signature()
        name, trait, cost = f"t{number}", f"T{number}", 0
        scope = Scope(ret, list(variables))
        default = self.function_body(scope)
        cost = scope.cost
        impls = []
        for owner in ("S1", "S2"):
            if owner == "S2" and self.chance(40):
                impls.append("impl " + trait + " for S2 {}")
                continue
            scope = Scope(ret, variables + [("self.k", U)])
            impls.append(f"impl {trait} for {owner} {{ \nfn {name}(&self, {text}) -> {ret} {{ {self.function_body(scope)} }} }}")
            cost = max(cost, scope.cost)
        call = "d, x" + (", e" if extra else "")
        k1, k2, k3 = self.opened(), self.opened(), self.opened()
        self.texts += [f"trait {trait} {{ \nfn {name}(&self, {text}) -> {ret} {{ {default} }} }}", *impls,
                       f"fn g{number}<G: {trait}>(t: &G, {text}) -> {ret} {{ {k1} t.{name}({call}) }}",
                       f"fn i{number}(t: impl {trait}, {text}) -> {ret} {{ {k2} t.{name}({call}) }}",
                       f"fn j{number}(t: &dyn {trait}, {text}) -> {ret} {{ {k3} let v: Vec<u8> = Vec::with_capacity(7); let r = t.{name}({call}); r }}"]

        def write(s, a):
            value = f"{self.pick('S1', 'S2')} {{ k: {self.leaf(s, U)} }}"
            return self.pick(f"({value}).{name}({a})", f"{trait}::{name}(&{value}, {a})", f"<S1 as {trait}>::{name}(&S1 {{ k: 1 }}, {a})", f"g{number}(&{value}, {a})",
                             f"i{number}({value}, {a})", f"j{number}(&{value}, {a})", f"(&{value} as &dyn {trait}).{name}({a})",
                             f"(Box::new({value}) as Box<dyn {trait}>).{name}({a})")
        self.callables.append({"ret": ret, "extra": extra, "cost": cost + 3, "write": write})

    def make_fault(self, number):
        """`?` that converts."""
        scope, self.left = Scope("Result<u64, Fault>", [("x", U)]), 40
        head = self.opened()
        texts = " ".join(self.s_question(scope) for _ in range(3))
        self.texts.append(f"fn q{number}(d: u64, x: u64) -> Result<u64, Fault> {{ {head} {texts} Ok(x) }}")
        k = self.opened()
        self.texts.append(f"fn r{number}(d: u64, x: u64) -> {R} {{ {k} q{number}(d, x).map_err(\n|f| @({self.mark()}@ f.0 @)) }}")
        self.callables.append({"ret": R, "extra": None, "cost": scope.cost + 4, "write": lambda s, a: f"r{number}({a})"})

    def s_question(self, scope):
        y = self.fresh()
        text = f"let {y}: u64 = {self.atom(self.expr(scope, R, 2))}?; "
        scope.vars.append((y, U))
        return text + self.statement(scope)

    def make_fixed(self):
        def scope(ret, *variables):
            return Scope(ret, list(variables), "0")
        s = self.opened
        self.texts += [
            f"impl From<String> for Fault {{ \nfn from(s: String) -> Fault {{ {s()} Fault(s + \"!\") }} }}",
            f"impl Drop for Noisy {{ \nfn drop(&mut self) {{ {s()} let v = vec![self.0; 3]; }} }}",
            f"impl Iterator for Steps {{ type Item = u64; \nfn next(&mut self) -> Option<u64> {{ {s()} let b = Box::new(self.at); if *b >= self.end {{ return None; }} self.at += 1; Some(*b) }} }}",
            f"fn apply_generic<G, F: Fn(u64) -> G>(f: F, y: u64) -> G {{ {s()} let r = f(y); r }}",
            f"fn apply_impl<G>(f: impl Fn(u64) -> G, y: u64) -> G {{ {s()} f(y) }}",
            f"fn apply_dyn<G>(f: &dyn Fn(u64) -> G, y: u64) -> G {{ {s()} let b = Box::new(y); f(*b) }}",
            f"impl std::ops::Add for P {{ type Output = P; \nfn add(mut self, o: P) -> P {{ {s()} self.s += &o.s; self.v.extend(o.v); self }} }}",
            f"impl std::ops::Add for Q {{ type Output = Q; \nfn add(self, o: Q) -> Q {{ {s()} Q {{ a: self.a ^ o.a, b: 1 }} }} }}",
            f"impl std::ops::Index<u64> for P {{ type Output = u64; \nfn index(&self, i: u64) -> &u64 {{ {s()} let b: Box<u64> = Box::new(i); if *b % 2 == 0 {{ &self.a }} else {{ self.v.get(*b as usize).unwrap_or(&self.a) }} }} }}",
            f"impl std::fmt::Display for Q {{ \nfn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {{ {s()} write!(f, \"{{}}-{{}}\", self.a, self.b.to_string()) }} }}",
        ]

    def make(self, functions):
        self.make_fixed()
        for number in range(functions):
            self.pick(self.make_free, self.make_free, self.make_free, self.make_method, self.make_method, self.make_trait, self.make_fault)(number)
        top = []
        for c in self.r.sample(self.callables, len(self.callables)):
            scope = Scope(None, [("x", U)])
            a = self.arguments(scope, c, 1)
            top.append(f"for x in 1..6u64 {{ let d = x % 3; println!(\"{{:?}}\", catch_unwind(AssertUnwindSafe(\n|| @({self.mark()}@ {{ let _ = {c['write'](scope, a)}; 1 }} @))).is_ok()); }}")
        k, h = self.opened(), self.mark()
        self.r.shuffle(self.texts)
        middle = self.texts[:]
        for name, texts in self.modules.items():
            middle.append(f"mod {name} {{ use super::*; \n" + "\n".join(texts) + "\n}")
        self.text = HEAD + TYPES_TEXT + "\n".join(middle) + f"\nfn main() {{ {k} std::panic::set_hook(Box::new(\n|_| @({h}@ () @)));\nlet x: u64 = std::env::args().count() as u64;\n" + "\n".join(top) + "\n}\n"

    # --- renderings
    def bare(self):
        return re.sub(r"@<\d+@|@\(\d+@|@\)", "", self.text)

    def lines(self):
        """Line of each marked function or closure."""
        found = {}
        for number, line in enumerate(self.text.split("\n"), 1):
            for k in re.findall(r"@[<(](\d+)@", line):
                found[int(k)] = number
        return found

    def oracle(self):
        text = re.sub(r"@<(\d+)@", r"let _oracle = crate::oracle::enter(\1);", self.text)
        text = re.sub(r"@\((\d+)@", r"{ let _oracle = crate::oracle::enter(\1);", text).replace("@)", "}")
        text = text.replace("\nfn main() {", "\nfn real_main() {")
        return text + "fn main() { oracle::begin(); real_main(); }\n" + ORACLE.replace("COUNT", str(self.ids))


def fill():
    u, c = Program.u, Program.closing
    of = {
        U: ["$u ^ $u", "$u.wrapping_mul($u)", "($u % 9 + $u % 9)", "$s.len() as u64", "$v.len() as u64", "*$x", "$p.a", "$q.b", "$r.unwrap_or($u)", "$o.unwrap_or($u)",
            "$v.iter().rev().copied().max().unwrap_or($u)", "$u.max($u)", "$p[$u]", "($q + $q).a", "$s.parse::<u64>().unwrap_or(1)", "$v.iter().count() as u64",
            "$u.clone()", "std::cmp::max($u, $u)", "u64::from($b)", "u64::MAX.min($u)", "$v.last().copied().unwrap_or_default()", "($b as u64)",
            "$s.chars().rev().count() as u64", "($p + $p).v.len() as u64", "[$u, $u, $u][$u as usize % 3]", "$x.clone().wrapping_add($u)", "(&$q).a.clone()",
            "(Steps { at: 0, end: $u % 4 }).count() as u64", "(Steps { at: 0, end: $u % 3 }).last().unwrap_or(4)", "{ let it = &mut Steps { at: 0, end: $u % 3 }; it.next(); it.next().unwrap_or(4) }"],
        B: ["$b && $b", "$b || $b", "!$b", "$u < $u", "$s == $s", "$v.is_empty()", "$o.is_some()", "$r.is_ok()", "matches!($o, Some(q) if q > 2)", "matches!($e, E::A(_) | E::Z)",
            "$s.contains(\"a\")", "$v.contains(&$u)", "$p == $p", "$q == $q", "$s.starts_with(\"t\")", "!$v.is_empty() && $b"],
        S: ["format!(\"{}{}\", $u, $s)", "format!(\"{:?}\", $p)", "$s + &$s", "$u.to_string()", "$s.to_uppercase()", "$p.s", "$s.clone()", "$s.trim().to_string()", "$q.to_string()",
            "format!(\"{}\", $q)", "[$s, $s].join(\"-\")", "$s.chars().rev().collect::<String>()", "$s.replace(\"a\", \"bb\")", "$r.unwrap_or(1).to_string()", "String::from($s.trim_end())"],
        V: ["vec![$u, $u]", "vec![$u; 2]", "$v.into_iter().chain($v).take(4).collect::<Vec<_>>()", "$p.v", "$v.clone()", "{ let mut w = $v; w.sort(); w }",
            "{ let mut w = $v; w.push($u); w }", "$s.bytes().map(u64::from).take(3).collect::<Vec<u64>>()", "$v.iter().cloned().rev().collect::<Vec<u64>>()",
            "{ let mut w = vec![$s, $s]; w.fill($s); vec![w.len() as u64] }", "Vec::from([$u, $u])", "BTreeMap::from([($u, $u)]).into_values().collect::<Vec<u64>>()"],
        O: ["Some($u)", "$v.first().copied()", "$v.iter().max().cloned()", "$r.ok()", "$o.or($o)", "$u.checked_sub($u)", "$v.get($u as usize).copied()"],
        X: ["Box::new($u)", "$x.clone()", "Box::new(*$x)"],
        R: ["Ok::<u64, String>($u)", "Err::<u64, String>($s)", "$o.ok_or($s)", "$r.or(Ok::<u64, String>($u))"],
        P: ["P { a: $u, s: $s, v: $v }", "P { a: $u, ..$p }", "$p + $p", "$p.clone()"],
        Q: ["Q { a: $u, b: $u }", "$q + $q", "$q.clone()", "Q { b: $u, ..$q }"],
        E: ["E::A($u)", "E::N($s)", "E::C { v: $v }", "$e.clone()"],
    }
    Program.OF = {kind: [u(None, text) for text in texts] for kind, texts in of.items()}
    by_ref, by_value = [(None, "?: &u64")], [(U, "?: u64")]
    Program.OF[U] += [c("$v.iter().take(3).map(", by_ref, U, ").fold(0u64, u64::wrapping_add)"), c("$v.into_iter().take(3).map(", by_value, U, ").max().unwrap_or(2)"),
                      c("$o.map_or($u, ", by_value, U, ")"), c("$r.unwrap_or_else(", [(S, "?: String")], U, ")")]
    Program.OF[B] += [c("$v.iter().take(3).any(", by_ref, B, ")"), c("$v.into_iter().take(3).all(", by_value, B, ")"), c("$o.is_some_and(", by_value, B, ")")]
    Program.OF[S] += [c("$v.into_iter().take(3).map(", by_value, S, ").collect::<Vec<String>>().concat()"), c("$v.into_iter().take(2).map(", by_value, S, ").last().unwrap_or_default()")]
    Program.OF[V] += [c("$v.into_iter().take(3).map(", by_value, U, ").collect::<Vec<u64>>()"), c("$v.into_iter().take(3).filter(", by_ref, B, ").collect::<Vec<u64>>()"),
                      c("{ let mut w = $v; w.sort_by_key(", by_ref, U, "); w }"), c("$v.into_iter().take(3).flat_map(", by_value, V, ").take(4).collect::<Vec<u64>>()")]
    Program.OF[O] += [c("$o.map(", by_value, U, ")"), c("$o.and_then(", by_value, O, ")"), c("$v.into_iter().take(3).find(", by_ref, B, ")"), c("$o.or_else(", [], O, ")"),
                      c("$o.filter(", by_ref, B, ")")]
    Program.OF[R] += [c("$r.map(", by_value, U, ")"), c("$r.and_then(", by_value, R, ")"), c("$r.map_err(", [(S, "?: String")], S, ")"), c("$o.ok_or_else(", [], S, ")")]


fill()


def run(command, **options):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=300, **options)


def rows(path):
    """First Rust line -> [name, calls, allocations, bytes] of each row."""
    raw = read_raw.Raw(path)
    with open(path, "rb") as file:
        table = next(payload for kind, _, payload, _ in read_raw.chunks(file.read()) if kind == 1)
    memory = {row[0]: row[1:3] for row in raw.memory}
    found = {}
    for line in table.decode().split("\n"):
        field = line.split("\t")
        if field[0] == "fn" and field[3] != "inlined":
            found.setdefault(int(field[7]), []).append((field[9], raw.calls[field[9]], *memory.get(field[9], (None, None))))
    return found


class Bench:
    def __init__(self, options, work):
        self.o, self.work = options, work
        self.programs = self.functions = self.calls = 0
        self.flags = ["--edition", "2021", "--cap-lints", "allow", "-C", f"opt-level={options.opt}", "-C", "debuginfo=0", "-C", "codegen-units=4"]

    def path(self, name):
        return os.path.join(self.work, name)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)

    def check(self, seed):
        program = Program(seed, self.o.functions)
        self.write("bare.rs", program.bare())
        self.write("oracle.rs", program.oracle())
        built = run(["rustc", *self.flags, "-o", self.path("oracle"), self.path("oracle.rs")])
        if built.returncode:
            return ["generator: " + built.stderr.decode()[:1500]]
        try:
            plain = subprocess.run([self.path("oracle")], stdin=subprocess.DEVNULL, capture_output=True, timeout=20, env={**os.environ, "ORACLE": self.path("counts")})
        except subprocess.TimeoutExpired:
            return []
        with open(self.path("counts")) as file:
            expected = [tuple(map(int, line.split())) for line in file]
        self.programs += 1
        self.functions += program.ids
        self.calls += sum(row[1] for row in expected)
        return [problem for way in self.o.way for problem in self.compare(program, way, plain, expected)]

    def compare(self, program, way, plain, expected):
        where = f"{way or '--blocks'}: "
        root = "instr.rs"
        if way == "--module":
            self.write("bare.rs", program.bare().replace("#![allow(warnings)]", ""))
            self.write("root.rs", 'include!("instr.rs");')
            root = "root.rs"
        hooked = run([self.o.driver, *way.split(), self.path("bare.rs")])
        if hooked.returncode:
            return [where + "hook: " + hooked.stderr.decode()[:500]]
        with open(self.path("instr.rs"), "wb") as file:
            file.write(hooked.stdout)
        built = run(["rustc", *self.flags, "-L", "native=" + self.o.lib, "-o", self.path("hooked"), self.path(root)])
        if built.returncode:
            return [where + "rustc: " + built.stderr.decode()[:1500]]
        raw = self.path("raw")
        if os.path.exists(raw):
            os.remove(raw)
        try:
            result = subprocess.run([self.path("hooked")], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, env={**os.environ, "RUCHY_PROF_FILE": raw})
        except subprocess.TimeoutExpired:
            return [where + "does not end"]
        problems = []
        if (result.returncode, result.stdout, result.stderr) != (plain.returncode, plain.stdout, plain.stderr):
            problems.append(where + f"status {result.returncode}, expected {plain.returncode}; output {'the same' if result.stdout == plain.stdout else 'differs'}")
        found, lines = rows(raw), program.lines()
        for k, calls, taken, size in expected:
            if k not in lines:  # of a text that was not taken
                continue
            row = found.get(lines[k], [])
            if len(row) != 1:
                problems.append(where + f"line {lines[k]}: rows {row}")
            elif row[0][1] != calls:
                problems.append(where + f"line {lines[k]}: {row[0][0]}: {row[0][1]} calls, expected {calls}")
            elif self.o.opt == "0" and not self.o.calls_only and row[0][2:] != (taken, size):
                problems.append(where + f"line {lines[k]}: {row[0][0]}: {row[0][2]} allocations of {row[0][3]} bytes, expected {taken} of {size}")
        return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0, help="stop then, whatever the count")
    parser.add_argument("--functions", type=int, default=30)
    parser.add_argument("--way", action="append")
    parser.add_argument("--opt", default="0")
    parser.add_argument("--calls-only", action="store_true")
    parser.add_argument("--keep", help="where to put the programs that differ")
    parser.add_argument("--print", action="store_true", help="only print the program")
    parser.add_argument("--driver")
    parser.add_argument("--lib")
    options = parser.parse_args()
    options.way = options.way if options.way is not None else list(WAYS)
    if options.print:
        print(Program(options.seed, options.functions).bare())
        return 0
    failed, end = 0, time.monotonic() + (options.seconds or 1e9)
    with tempfile.TemporaryDirectory() as work:
        bench = Bench(options, work)
        for seed in range(options.seed, options.seed + options.count):
            if time.monotonic() > end:
                break
            problems = bench.check(seed)
            if not problems:
                continue
            failed += 1
            print(f"seed {seed}: {len(problems)} differences", *problems[:8], sep="\n  ", flush=True)
            if options.keep:
                os.makedirs(options.keep, exist_ok=True)
                for name in ("bare.rs", "oracle.rs", "instr.rs"):
                    if os.path.exists(bench.path(name)):
                        os.replace(bench.path(name), os.path.join(options.keep, f"{seed}.{name}"))
    print(f"{bench.programs} programs, {bench.functions} functions, {bench.calls} calls, {failed} programs differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
