#!/usr/bin/env bats
# Layouts of types against those who know: rustc's own -Zprint-type-sizes for Rust (pahole 1.24 can't read it), pahole for C is in analyze.bats.
load helper

PY=/usr/bin/python3
command -v $PY > /dev/null || PY=python3

types() {
	rust types.rs <<- 'R'
		use std::num::NonZeroU32;
		#[repr(C)] pub struct Fixed { a: u8, b: u64, c: u8 }
		#[repr(C, packed)] pub struct Packed { a: u8, b: u64 }
		#[repr(C, align(32))] pub struct Aligned { a: u8, b: u32 }
		pub struct Loose { a: u8, b: u64, c: u8, d: u16 }
		pub struct Pair<A, B> { a: A, b: B, c: bool }
		pub struct Newtype(NonZeroU32);
		pub struct Holder { n: Newtype, t: (u8, u32, u16), s: String, f: fn(u32) -> u32, e: Option<Newtype> }
		pub enum Niche { None, Some(Box<u64>) }
		pub enum Large { Small(u8), Big([u64; 16]), Named { x: u32, y: u8 } }
		pub enum Nested { A(Option<bool>), B(Niche), C }
		#[repr(u16)] pub enum Wide { A(u8) = 3, B = 300 }
		pub enum One { Only(u32, u8) }
		pub trait T { fn t(&self) -> u32; }
		impl T for Loose { fn t(&self) -> u32 { self.a as u32 + self.d as u32 } }
		pub struct Dyn { d: Box<dyn T>, r: &'static [u16] }
		pub async fn wait(n: u32) -> u32 { let a = [n; 10]; std::future::ready(()).await; a[3] }
		fn main() {
		    let f = Fixed { a: 1, b: 2, c: 3 }; let p = Packed { a: 1, b: 2 }; let al = Aligned { a: 1, b: 2 };
		    let l = Loose { a: 1, b: 2, c: 3, d: 4 };
		    let p1 = Pair { a: 1u8, b: 2u64, c: true }; let p2 = Pair { a: [1u16; 3], b: Loose { a: 0, b: 0, c: 0, d: 1 }, c: false };
		    let h = Holder { n: Newtype(NonZeroU32::new(3).unwrap()), t: (1, 2, 3), s: String::new(), f: |x| x + 1, e: None };
		    let k = std::env::args().count();
		    let ni = if k > 3 { Niche::None } else { Niche::Some(Box::new(3)) };
		    let la = if k > 3 { Large::Small(1) } else if k > 2 { Large::Big([1; 16]) } else { Large::Named { x: 1, y: 2 } };
		    let ne = if k > 3 { Nested::A(Some(true)) } else if k > 2 { Nested::B(Niche::None) } else { Nested::C };
		    let wi = if k > 3 { Wide::A(3) } else { Wide::B };
		    let on = One::Only(1, 2);
		    let dy = Dyn { d: Box::new(Loose { a: 0, b: 0, c: 0, d: 1 }), r: &[1, 2] };
		    let big = [k as u64; 5]; let byte = k as u8;
		    let closure = move |x: u64| big[2] + x + byte as u64;
		    let fut = wait(3);
		    println!("{} {} {} {} {}", f.a as u64 + f.b + f.c as u64 + { p.a } as u64 + { p.b }, al.a as u32 + al.b, l.t() as u64 + l.b + l.c as u64, p1.a as u64 + p1.b + p1.c as u64, p2.a[1] as u64 + p2.b.b + p2.c as u64);
		    println!("{} {}", h.n.0.get() + h.t.1 + h.s.len() as u32 + (h.f)(3), h.e.is_none());
		    println!("{} {} {}", matches!(ni, Niche::None), match la { Large::Small(n) => n as u64, Large::Big(a) => a[3], Large::Named { x, y } => x as u64 + y as u64 }, match ne { Nested::A(b) => b.is_some(), Nested::B(_) => true, Nested::C => false });
		    println!("{} {} {} {}", match wi { Wide::A(n) => n, Wide::B => 0 }, match on { One::Only(a, b) => a + b as u32 }, dy.d.t() + dy.r[0] as u32, closure(3) + std::mem::size_of_val(&fut) as u64);
		}
	R
}

@test "sizes, alignments, fields and fill of Rust types are what rustc says" {
	types
	RUSTC_BOOTSTRAP=1 rustc --edition 2021 -Zprint-type-sizes -A warnings types.rs -o plain > sizes.txt 2> /dev/null || skip "rustc prints no sizes of types"
	"$PROF" analyze --memory types.rs --rustc-flags '--edition 2021' -f json > a.json
	$PY - a.json sizes.txt <<- 'P'
		import json, re, sys
		ours = {t["name"].replace("types::", ""): t for t in json.load(open(sys.argv[1]))["memory"]["types"]}
		truth, now, variant = {}, None, None
		for line in open(sys.argv[2]):
		    line = line.replace("print-type-size ", "").rstrip()
		    if m := re.match(r"type: `(.*)`: (\d+) bytes, alignment: (\d+) bytes", line):
		        now = truth[m[1]] = {"size": int(m[2]), "align": int(m[3]), "fields": {}, "variants": {}, "tag": 0, "end": 0, "fill": 0, "at": 0}
		        variant = None
		    elif m := re.match(r" +discriminant: (\d+)", line): now["tag"] = int(m[1])
		    elif m := re.match(r" +end padding: (\d+)", line): now["end"] = int(m[1])
		    elif m := re.match(r" +variant `(.*)`: (\d+)", line): variant = m[1]; now["variants"][variant] = int(m[2])
		    elif variant is not None: pass
		    elif m := re.match(r" +padding: (\d+)", line): now["fill"] += int(m[1]); now["at"] += int(m[1])
		    elif m := re.match(r" +field `\.(.*)`: (\d+)", line): now["fields"][m[1]] = (now["at"], int(m[2])); now["at"] += int(m[2])
		names = {"main::{closure_env#1}": None, "wait::{async_fn_env#0}": "{async fn body of wait()}"}
		checked = 0
		for name, t in ours.items():
		    name = names.get(name, name)
		    if name is None: name = next(n for n in truth if n.startswith("{closure@types.rs:") and truth[n]["size"] == 48)
		    r = truth[name]
		    assert (t["size"], t["align"]) == (r["size"], r["align"]), (name, t, r)
		    if t["kind"] == "struct" and r["fields"]:
		        assert {f["name"].replace("__", ""): (f["offset"], f["size"]) for f in t["fields"]} == r["fields"], (name, t, r)
		        assert t["padding"] == r["end"] + r["fill"] and t["hole_bytes"] == r["fill"], (name, t, r)
		    if t["kind"] == "enum" and "async" not in name:
		        assert {f["name"]: f["size"] for f in t["fields"] if f["size"]} == {v: n + r["tag"] for v, n in r["variants"].items() if n}, (name, t, r)
		    checked += 1
		assert checked >= 16, ours.keys()
		# rustc orders fields itself: only what repr(C) fixes can gain
		assert {n: t["reordered_size"] for n, t in ours.items() if t["reordered_size"] != t["size"]} == {"Fixed": 16}, ours
	P
}

@test "the size that a reorder promises is what a compiler makes of that order" {
	cat > orders.c <<- 'C'
		struct a { char x; double y; char z; }; struct a2 { double y; char x, z; };
		struct b { char x; struct a y; short z; int w; }; struct b2 { struct a y; int w; short z; char x; };
		struct c { short p; void *r; char q[5]; int t; char s; }; struct c2 { void *r; int t; short p; char q[5]; char s; };
		struct a va; struct a2 va2; struct b vb; struct b2 vb2; struct c vc; struct c2 vc2;
		int main(void) { return 0; }
	C
	gcc -g orders.c -o orders
	"$PROF" analyze --memory ./orders -f json > a.json
	for t in a b c; do
		jq -e --arg t "$t" '.memory.types | (map(select(.name == $t))[0].reordered_size) == (map(select(.name == $t + "2"))[0].size) and (map(select(.name == $t))[0] | .reordered_size < .size)' a.json
	done
}

@test "C++: bases, static members, and what is not told" {
	command -v g++ > /dev/null || skip "no g++"
	cat > c.cc <<- 'C'
		struct Base { long a; char b; virtual int f() { return b; } };
		struct Derived : Base { char c; int d; static int shared; };
		struct Two : Base { double z; char q; };
		struct Empty {};
		struct HasEmpty : Empty { int x; char y; };
		struct Virt : virtual Base { char v; };
		class Priv { char a; public: int b; private: char c; public: int get() { return a + b + c; } };
		int Derived::shared = 3;
		Base b; Derived d; Two t; HasEmpty h; Virt v; Priv p;
		int main() { return (b.f() + d.c + t.q + h.x + v.v + p.get()) * 0; }
	C
	for version in 4 5; do
		g++ -g -gdwarf-$version c.cc -o c
		"$PROF" analyze --memory ./c -f json > a.json
		jq -e '[.memory.types[] | {(.name): [.size, .padding, .hole_bytes, .reordered_size]}] | add == {Base: [24, 7, 0, 24], Two: [40, 7, 0, 40],
			Priv: [12, 6, 3, 8], HasEmpty: [8, 3, 0, 8], Virt: [40, null, null, 40], Derived: [24, null, null, 24]}' a.json
	done
}

@test "a cargo project's types are those of its own crate" {
	mkdir -p crate/src
	printf '[package]\nname = "my-app"\nversion = "0.1.0"\nedition = "2021"\n' > crate/Cargo.toml
	printf '#[repr(C)] struct Fixed { a: u8, b: u64, c: u8 }\nfn main() { let f = Fixed { a: 1, b: 2, c: 3 }; println!("{}", f.a as u64 + f.b + f.c as u64); }\n' > crate/src/main.rs
	"$PROF" analyze --memory crate -f json | jq -e '.memory.types | length == 1 and .[0].name == "my_app::Fixed" and .[0].reordered_size == 16'
}
