/* Where swap, residue, remainder, halving and hasher may be given and where not: how many candidates of a kind a text has. */
#include "hint_cases.h"

#define SORT "fn f(v: &mut Vec<u64>, low: i64, high: i64, pivot: u64) -> i64 { let mut s = low; for i in low..high { "
#define LOOP "fn main() { let mut i: i64 = 0; let n: i64 = 1000; "
#define STEP                                                                                                                               \
	"fn step(n: u64) -> u64 { if n % 2 == 0 { n / 2 } else { 3 * n + 1 } } fn f(start: u64) -> u64 { let mut n = start; let mut c: "   \
	"u64 = 0; "
#define MAPS "use std::collections::HashMap; fn main() { "

static const struct hint_case cases[] = {
    /* swap: what is computed though it was not does nothing, and what is swapped is a slice */
    {"swap", SORT "if v[i as usize] < pivot { v.swap(i as usize, s as usize); s += 1; } } s }", 1},
    {"swap", SORT "if v[i as usize].clone() < pivot { v.swap((i as usize), (s as usize)); s += 1 } } s }", 1},
    {"swap", SORT "if v[i as usize] < pivot { v.swap(i as usize, high as usize) } } s }", 1},
    {"swap", SORT "if v[i as usize] < pivot { s -= 1; v.swap(i as usize, s as usize); s += 2; } } s }", 1},
    {"swap", SORT "if v[i as usize + 1] < pivot { v.swap(i as usize + 1, s as usize * 2) } } s }", 1}, /* the condition did that sum */
    {"swap", SORT "if pivot > 3 { v.swap(i as usize + 1, s as usize + 2) } } s }", 0},		       /* which may overflow */
    {"swap", SORT "if pivot > 3 && v[i as usize + 1] > 3 { v.swap(i as usize + 1, s as usize + 2) } } s }", 0}, /* perhaps it did not */
    {"swap", SORT "if v[i as usize] < pivot { s += 1; v.swap(s as usize, s as usize); } } s }", 0},
    {"swap", SORT "if v[i as usize] < pivot { v.swap(i as usize, s as usize); println!() } } s }", 0},
    {"swap", SORT "if v[i as usize] < pivot { v.swap(i as usize, s as usize); s += 1; } else { s -= 1 } } s }", 0},
    {"swap", SORT "if v[i as usize] < pivot { v.swap(i as usize, s as usize); s *= 2; } } s }", 0},
    {"swap", SORT "if let Some(_) = v.get(3) { v.swap(i as usize, s as usize) } } s }", 0},
    {"swap", "fn f(v: &mut Vec<String>) { for i in 0..9 { if v[i] > v[i + 1] { v.swap(i, i + 1) } } }", 1},
    {"swap", "struct S { v: Vec<u8> } impl S { fn f(&mut self, i: usize) { if self.v[i] > 3 { self.v.swap(i, 0); } } }", 1},
    {"swap", "fn f() { let mut v = vec![3, 1]; if v[0] > v[1] { v.swap(0, 1) } }", 1},
    {"swap", "use std::sync::atomic::*; fn f(v: &AtomicUsize) { if v.load(Ordering::Relaxed) > 3 { v.swap(1, Ordering::Relaxed); } }", 0},
    {"swap", "struct V; impl V { fn swap(&self, a: usize, b: usize) { println!() } } fn f(v: V, i: usize) { if i > 3 { v.swap(i, 0) } }",
     0},
    {"swap", "struct Vec<T>(T); fn f(v: &mut Vec<u8>, i: usize) { if i > 3 { v.swap(i, 0) } }", 0},
    {"swap", "fn f(v: &mut std::collections::VecDeque<u8>, i: usize) { if i > 3 { v.swap(i, 0) } }", 0},
    {"swap", "fn g() -> usize { println!(); 1 } fn f(v: &mut Vec<u8>, i: usize) { if i > 3 { v.swap(g(), g()) } }", 0},

    /* remainder: known to be small, and not below zero */
    {"remainder", LOOP "while i < n { println!(\"{}\", i % 10); i += 1; } }", 1},
    {"remainder", LOOP "while i < n { i += 1; println!(\"{}\", i % 10); } }", 1},
    {"remainder", LOOP "while i < 5000000000 { println!(\"{}\", i % 10); i += 1; } }", 0},
    {"remainder", LOOP "while i != n { println!(\"{}\", i % 10); i += 1; } }", 0},
    {"remainder", LOOP "while i < n { println!(\"{}\", i % 10); i -= 1; } }", 0},
    {"remainder", LOOP "while i < n { loop { println!(\"{}\", i % 10); i += 1; if i % 3 == 0 { break; } } } }", 0},
    {"remainder", LOOP "while i < n { let r = &mut i; *r += 1; println!(\"{}\", i % 10); } }", 0},
    {"remainder", LOOP "loop { if i < n { i += 5000000000; println!(\"{}\", i % 10); } } }", 0},
    {"remainder", LOOP "if i >= 0 && i < n { println!(\"{}\", i % 10) } i = n * n * n * n; }", 1},
    {"remainder", LOOP "if i >= 0 || i < n { println!(\"{}\", i % 10) } i = n * n * n * n; }", 0},
    {"remainder", LOOP "(i, _) = (-1, 2); println!(\"{}\", i % 10) }", 0},
    {"remainder", LOOP "for i in 0..n { println!(\"{}\", i % 10) } }", 0}, /* two of one name */
    {"remainder", LOOP "for k in 0..n { println!(\"{}\", k % 10 + i) } }", 1},
    {"remainder", LOOP "for k in -1..n { println!(\"{}\", k % 10 + i) } }", 0},
    {"remainder", LOOP "for k in 0..n { println!(\"{} {} {}\", k % i, k % 1, k % 2) } }", 0},
    {"remainder", "fn main() { let mut s: i64 = 7; loop { s = s * 48271 % 2147483647; println!(\"{}\", s) } }", 1},
    {"remainder", "fn main() { let mut s: i64 = -7; loop { s = s * 48271 % 2147483647; println!(\"{}\", s) } }", 0},
    {"remainder", "fn main() { let mut s: u64 = 7; loop { s = s * 4827100000 % 2147483647; println!(\"{}\", s) } }", 0},
    {"remainder", "fn main() { let mut s: u32 = 7; loop { s = s % 1000 * 48271 % 2147483647; println!(\"{}\", s) } }", 0},
    {"remainder", "fn f(n: u64) -> u64 { n % 10 } fn main() { println!(\"{}\", f(3) + f(5)) }", 1},
    {"remainder", "fn f(n: u64) -> u64 { n % 10 } fn main() { println!(\"{}\", f(3) + f(std::env::args().count() as u64)) }", 0},
    {"remainder", "fn f(n: u64) -> u64 { n % 10 } fn main() { let g = f; println!(\"{}\", g(1 << 40) + f(5)) }", 0},
    {"remainder", "pub fn f(n: u64) -> u64 { n % 10 } pub fn g() -> u64 { f(3) }", 0}, /* of a library */
    {"remainder", "macro_rules! m { ($f:ident) => { $f(1 << 40) } } fn f(n: u64) -> u64 { n % 10 } fn main() { m!(f); f(3); }", 0},
    {"remainder", "struct S; impl S { fn f(&self, n: u64) -> u64 { n % 10 } } fn main() { S::f(&S, 3); S::f(&S, 4); }", 1},
    {"remainder", "struct S; impl S { fn f(&self, n: u64) -> u64 { n % 10 } } fn main() { S::f(&S, 3); S::f(&S, 1 << 40); }", 0},
    {"remainder",
     "trait T { fn f(&self, n: u64) -> u64; } struct S; impl T for S { fn f(&self, n: u64) -> u64 { n % 10 } } fn main() { S.f(3); }", 0},
    {"remainder",
     "use std::ops::Rem; struct W; impl Rem<W> for u64 { type Output = u64; fn rem(self, _: W) -> u64 { 1 } } fn main() { let n: u64 = 5; "
     "n % 10; }",
     0},
    {"remainder", "fn g(n: &mut u64) { *n = 1 << 40 } fn main() { let mut n: u64 = 5; g(&mut n); println!(\"{}\", n % 10) }", 0},
    {"remainder", "fn main() { let mut n: u64 = 5; let mut g = || n += 1 << 40; g(); println!(\"{}\", n % 10) }", 0},

    /* residue: counts by one from a number of the text, at one place, and never overflows */
    {"residue", LOOP "while i < n { println!(\"{} {}\", i % 10, i % 7); i += 1; } }", 1},
    {"residue", LOOP "while i < n { println!(\"{}\", i % 10); i += 1 } }", 1},
    {"residue", LOOP "while i < n { if i % 10 > 3 { i += 1; continue; } i += 1; } }", 0},
    {"residue", LOOP "while i < n { println!(\"{}\", i % 10); i += 2; } }", 0},
    {"residue", LOOP "while i < n { println!(\"{}\", i % 10); i -= 1; } }", 0},
    {"residue", LOOP "while i != n { println!(\"{}\", i % 10); i += 1; } }", 0},	 /* may overflow */
    {"residue", LOOP "while i < n { println!(\"{}\", i % 16); i += 1; } }", 0},		 /* nothing to gain */
    {"residue", LOOP "while i < n { let f = |x: i64| x + i % 10; f(1); i += 1; } }", 0}, /* may run later */
    {"residue", LOOP "while i < n { println!(\"{}\", i % 10); match i { 5 => i += 1, _ => break } } }", 0},
    {"residue", "fn main() { let mut i: i64 = -3; while i < 9 { println!(\"{}\", i % 10); i += 1; } }", 0},
    {"residue", "fn main() { let k: i64 = 3; let mut i: i64 = k; while i < 9 { println!(\"{}\", i % 10); i += 1; } }", 0},
    {"residue", "fn main() { for i in 3..9i64 { println!(\"{}\", i % 10); } }", 1},
    {"residue", "fn main() { for i in (3..9i64).rev() { println!(\"{}\", i % 10); } }", 0},
    {"residue", "fn main() { #[cfg(unix)] let mut i: i64 = 3; while i < 9 { println!(\"{}\", i % 10); i += 1; } }", 0},

    /* halving: nothing else happens, and no half but the last is odd */
    {"halving", STEP "while n != 1 { n = step(n.clone()); c += 1; } c }", 1},
    {"halving", STEP "while n > 1 { c += 1; n = step(n); } c }", 1},
    {"halving", STEP "while n != 1 { n = if n % 2 == 0 { n / 2 } else { return 5; }; } c }", 1},
    {"halving", STEP "while n != 1 { if n % 2 == 0 { n >>= 1; } else { break; } c += 1; } c }", 1},
    {"halving", STEP "while n != 2 { n = step(n); c += 1; } c }", 0},
    {"halving", STEP "while n > 3 { n = step(n); c += 1; } c }", 0},
    {"halving", STEP "while n != 1 && c < 100 { n = step(n); c += 1; } c }", 0},
    {"halving", STEP "while n != 1 { n = step(n); c += 2; } c }", 0},
    {"halving", STEP "while n != 1 { n = step(n); c += 1; println!(\"{}\", n); } c }", 0},
    {"halving", STEP "while n != 1 { n = step(n); c += 1; n += 1; } c }", 0},
    {"halving", STEP "while n != 1 { n = step(n + 1); c += 1; } c }", 0},
    {"halving", STEP "while n != 1 { if n % 2 == 0 { n /= 2; c += 5; } else { n -= 1 } c += 1; } c }", 0},
    {"halving", STEP "while n != 1 { if n % 2 == 1 { n /= 2; } else { n -= 1 } c += 1; } c }", 0},
    {"halving", STEP "while n != 1 { if n % 4 == 0 { n /= 2; } else { n -= 1 } c += 1; } c }", 0},
    {"halving",
     "fn step(n: u64) -> u64 { println!(); if n % 2 == 0 { n / 2 } else { 5 } } fn f(mut n: u64) { while n != 1 { n = step(n); } }", 0},
    {"halving", "fn f(mut n: f64) { while n != 1 { if n % 2 == 0 { n /= 2 } else { n = 1.0 } } }", 0},

    /* hasher: every place is understood, and nobody sees the hasher */
    {"hasher", MAPS "let mut m = HashMap::new(); m.insert(1, 2); }", 1},
    {"hasher", MAPS "let m: HashMap<i32, Vec<i32>> = HashMap::with_capacity(3); }", 1},
    {"hasher", MAPS "let m = vec![(1, 2)].into_iter().collect::<HashMap<_, _>>(); }", 1},
    {"hasher", MAPS "let mut m = HashMap::<i32, i32>::new(); }", 0},
    {"hasher", MAPS "let m: HashMap<i32, i32, std::collections::hash_map::RandomState> = HashMap::new(); }", 0},
    {"hasher", MAPS "let f = HashMap::<i32, i32>::insert; let m = HashMap::new(); }", 0},
    {"hasher", "use std::collections::HashMap as Map; fn main() { let mut m = Map::new(); m.insert(1, 2); }", 0},
    {"hasher", "use std::collections::HashMap; pub fn f() -> HashMap<i32, i32> { HashMap::new() }", 0}, /* of a library */
    {"hasher", "struct HashMap<K, V>(K, V); fn main() { let m = HashMap(1, 2); }", 0},
    {"hasher", MAPS "m!(HashMap); } macro_rules! m { ($x:ident) => { $x::<i32, i32>::new(); } }", 0},
    {"hasher", MAPS "let m: HashMap<i32, i32> = HashMap::new(); println!(\"{}\", std::mem::size_of_val(&m)); }", 0},
    {"hasher", "use std::collections::HashMap; trait T {} impl T for HashMap<i32, i32> {} fn main() {}", 0},
    {"hasher", "use std::collections::BTreeMap; fn main() { let mut m = BTreeMap::new(); m.insert(1, 2); }", 0},
};

int main(void)
{
	return run_hint_cases(cases, sizeof cases / sizeof *cases);
}
