/* Where a hint may be given and where it may not: how many candidates of a kind a text has. */
#include "hint_cases.h"

#define MAP "use std::collections::HashMap; fn f(m: &mut HashMap<String, i64>, w: &str, n: i64) { "
#define SUM "fn f(values: &Vec<i64>) -> i64 { let mut total: i64 = 0; for v in "
#define DOT                                                                                                                                \
	"struct M { n: usize, cells: Vec<f64> } impl M { fn all(&self, o: &M) -> Vec<f64> { let mut cells = Vec::new(); for j in "         \
	"0..self.n { "                                                                                                                     \
	"cells.push(self.dot(o, 1, j)) } cells } fn dot(&self, o: &M, row: usize, column: usize) -> f64 { "

static const struct hint_case cases[] = {
    /* inline-recursion: the copies do what the function does, and nothing stands in it that there is once */
    {"inline-recursion", "fn f(n: i32) -> i32 { if n < 2 { n } else { f(n - 1) + f(n - 2) } }", 1},
    {"inline-recursion", "fn f(n: i32) -> i32 { println!(\"{}\", n); if n < 2 { n } else { f(n - 1) } }", 1},
    {"inline-recursion", "fn f(n: i32) -> i32 { n + 1 }", 0},
    {"inline-recursion", "fn f(n: i32) -> i32 { static N: i32 = 1; if n < N { n } else { f(n - 1) } }", 0},
    {"inline-recursion", "fn f(n: i32) -> i32 { fn g() {} g(); if n < 2 { n } else { f(n - 1) } }", 0},
    {"inline-recursion", "fn f(n: u32) -> u32 { if n < 2 { line!() } else { f(n - 1) } }", 0},
    {"inline-recursion", "macro_rules! m { ($x:expr) => { $x } } fn f(n: u32) -> u32 { if n < 2 { m!(n) } else { f(n - 1) } }", 0},
    {"inline-recursion", "#[no_mangle] fn f(n: u32) -> u32 { if n < 2 { n } else { f(n - 1) } }", 0},
    {"inline-recursion", "#[track_caller] fn f(n: u32) -> u32 { if n < 2 { n } else { f(n - 1) } }", 0},
    {"inline-recursion", "extern \"C\" fn f(n: u32) -> u32 { if n < 2 { n } else { f(n - 1) } }", 0},
    {"inline-recursion", "fn f(n: u32) -> impl Fn() -> u32 { if n > 2 { f(n - 1); } move || n }", 0},
    {"inline-recursion", "async fn f(n: u32) -> u32 { n } fn main() { main() }", 0},
    {"inline-recursion", "fn f(n: u32) -> u32 { let f = |x: u32| x; f(n) }", 0},
    {"inline-recursion", "trait T { fn f(&self, n: u32) -> u32 { if n < 2 { n } else { self.f(n - 1) } } }", 0},
    {"inline-recursion", "fn a(n: u32) { if n > 0 { b(n - 1) } } fn b(n: u32) { c(n) } fn c(n: u32) { d(n) } fn d(n: u32) { a(n) }", 0},
    {"inline-recursion", "fn a(n: u32) { if n > 0 { b(n - 1) } } fn b(n: u32) { c(n) } fn c(n: u32) { a(n) }", 1},

    {"inline-recursion",
     "fn f(n: u64) -> u64 { f(n)+f(n)+f(n)+f(n)+f(n)+f(n)+f(n)+f(n)+f(n)+f(n)+f(n)+f(n)+f(n)+f(n)+f(n)+f(n)+f(n)+f(n)+f(n)+f(n) }", 1},

    /* memoize: pure, of integers */
    {"memoize", "fn f(n: i32) -> i32 { if n < 2 { n } else { f(n - 1) + f(n - 2) } }", 1},
    {"memoize", "fn f(n: f64) -> f64 { n * n }", 0},
    {"memoize", "fn f(n: i32) -> i32 { println!(\"{}\", n); n }", 0},
    {"memoize", "fn f(kept_at: i32) -> i32 { kept_at }", 0},
    {"memoize", "const fn f(n: i32) -> i32 { n }", 0},
    {"memoize", "static mut N: i32 = 0; fn f(n: i32) -> i32 { unsafe { N += 1; N + n } }", 0},

    /* capacity: nobody asks for it, and the type is std's */
    {"capacity", "fn f() -> Vec<i32> { let mut v = Vec::new(); v.push(1); v }", 1},
    {"capacity", "fn f() -> Vec<i32> { let mut v = Vec::new(); v.push(1); println!(\"{}\", v.capacity()); v }", 0},
    {"capacity", "struct Vec; impl Vec { fn new() -> Vec { Vec } } fn f() { let v = Vec::new(); }", 0},
    {"capacity", "use std::collections::HashMap; fn f() -> HashMap<i32, i32> { HashMap::new() }", 0},
    {"capacity", "static V: std::sync::Mutex<Vec<i32>> = std::sync::Mutex::new(Vec::new());", 0},
    {"capacity", "const fn f() -> Vec<i32> { Vec::new() }", 0},
    {"capacity", "fn f() { static V: std::sync::Mutex<Vec<i32>> = std::sync::Mutex::new(Vec::new()); const N: Vec<u8> = Vec::new(); }", 0},
    {"capacity", "fn f<Vec: New>() { let v = Vec::new(); } trait New { fn make() -> Self; }", 0},
    {"capacity", "fn f() { assert!(String::new().is_empty()) }", 0}, /* the condition is printed as it stands */

    /* clone: of what nobody can use afterwards */
    {"clone", "fn f() -> String { let mut t = String::new(); t.push('a'); (t).to_string() }", 1},
    {"clone", "fn f() -> String { let mut t = String::new(); t.push('a'); t.clone() }", 1},
    {"clone", "fn f() -> String { let mut t = String::new(); let u = t.to_string(); t.push('a'); u }", 0},
    {"clone", "fn f(t: &str) -> String { t.to_string() }", 0},
    {"clone", "fn f(t: &String) -> String { t.clone() }", 0},
    {"clone", "fn f(t: String) -> String { t.to_string() }", 1},
    {"clone", "fn f(n: i64) -> String { n.to_string() }", 0},
    {"clone", "fn f() -> String { let t = String::new(); loop { return t.to_string(); } }", 0},
    {"clone", "fn f() -> Vec<String> { let t = String::new(); (0..3).map(|_| t.to_string()).collect() }", 0},
    {"clone", "fn f(t: String) -> usize { t.to_string().capacity() }", 0},
    {"clone",
     "struct String; impl String { fn new() -> String { String } fn to_string(&self) -> String { String } } fn f() -> String { let t = "
     "String::new(); t.to_string() }",
     0},
    {"clone",
     "struct S; impl Clone for S { fn clone(&self) -> S { println!(\"!\"); S } } fn f() -> String { let t = String::new(); t.to_string() }",
     0},
    {"clone", "fn g(s: &String) -> usize { s.len() } fn f(v: &Vec<String>) -> usize { g(&v[0].clone()) }", 1},
    {"clone", "fn g(s: &mut String) { s.clear() } fn f(v: &Vec<String>) { g(&mut v[0].clone()) }", 0},
    {"clone", "fn g(s: &String) -> &str { s } fn f(v: &Vec<String>) { g(&v[0].clone()); }", 0},
    {"clone", "use std::cell::Cell; fn g(s: &Cell<i32>) { s.set(1) } fn f(v: &Vec<Cell<i32>>) { g(&v[0].clone()) }", 0},
    {"clone", "fn h() -> String { String::new() } fn f() -> String { h().to_string() }", 1},
    {"clone", "fn h<T>(t: T) -> String { String::new() } fn f() -> String { let t = h(1); { let t = 5; t.to_string() } }",
     0}, /* shadowed */

    {"clone", "fn g(s: &String) -> Vec<&String> { vec![s] } fn f(v: &Vec<String>) { g(&v[0].clone()); }", 0},
    {"clone",
     "struct S { v: Vec<String> } impl S { fn g(&mut self, s: &String) { self.v.clear() } fn f(&mut self) { self.g(&self.v[0].clone()) } }",
     0},
    {"clone",
     "struct S { v: Vec<String> } impl S { fn g(&mut self, s: &String) { self.v.clear() } fn f(&mut self, w: &Vec<String>) { "
     "self.g(&w[0].clone()) } }",
     1},
    {"clone", "type String = i32; fn f(t: String) -> String { t.to_owned() }", 0},
    {"clone", "mod m { pub struct Own; } use m::Own as String; fn f(t: String) -> String { t.clone() }", 0},
    {"clone", "fn f(t: String) -> String { let b: Box<dyn Fn() -> usize> = Box::new(|| t.len()); t.to_string() }",
     0}, /* b is dropped behind it */

    /* format: of strings and characters, in their order */
    {"format", "fn f(a: &str, b: String, c: char) -> String { format!(\"{}, {}{}\", a, b, c) }", 1},
    {"format", "fn f(a: &str) -> String { format!(\"{:>5}\", a) }", 0},
    {"format", "fn f(a: &str) -> String { format!(\"{a}\") }", 0},
    {"format", "fn f(a: &str) -> String { format!(\"{0}{0}\", a) }", 0},
    {"format", "fn f(a: &str) -> String { format!(\"{{{}}}\", a) }", 0},
    {"format", "fn f(a: &str) -> String { format!(\"{:?}\", a) }", 0},
    {"format", "fn f(a: i64) -> String { format!(\"{}\", a) }", 0},
    {"format", "fn f(a: f64, c: &char) -> String { format!(\"{}{}\", a, c) }", 0},
    {"format", "fn f<T: std::fmt::Display>(a: T) -> String { format!(\"{}\", a) }", 0},
    {"format", "macro_rules! format { ($($x:tt)*) => { String::new() } } fn f(a: &str) -> String { format!(\"{}\", a) }", 0},
    {"format", "struct G; impl Drop for G { fn drop(&mut self) { println!(\"!\") } } fn f(a: &str) -> String { format!(\"{}\", a) }", 0},
    {"format", "fn f(a: &str) -> usize { format!(\"{}!\", a).capacity() }", 0},
    {"format", "fn f(a: &str) { assert!(format!(\"{}!\", a) == \"b\") }", 0},
    {"format", "fn f(a: &str) -> String { let a = 5; format!(\"{}!\", a) }", 0},
    {"format", "fn f(a: &str) -> String { format!(\"{} {}\", a, {return String::new()}) }", 0},

    /* collect: the two sides can't be told apart */
    {"collect", SUM "values.iter().map(move |x| x * x % 7).collect::<Vec<_>>() { total += v } total }", 1},
    {"collect", SUM "values.iter().map(move |x| x % 7).collect::<Vec<_>>() { total -= v } total }", 1}, /* only the loop may panic */
    {"collect", SUM "values.iter().map(move |x| x * x).collect::<Vec<_>>() { total += v } total }", 0}, /* both may */
    {"collect", SUM "values.iter().map(move |x| x * x % 4096).collect::<Vec<_>>() { total += v } total }", 0},
    {"collect", SUM "values.iter().map(move |x| x * x % 7).collect::<Vec<_>>() { println!(\"{}\", v); total += v } total }", 0},
    {"collect", SUM "values.iter().map(move |x| x * x % 7).collect::<Vec<_>>() { if v > 3 { break; } total += v } total }", 0},
    {"collect", SUM "values.iter().map(move |x| { println!(\"{}\", x); x % 7 }).collect::<Vec<_>>() { total += v } total }", 0},
    {"collect", SUM "values.iter().map(move |x| x * x % 7).collect::<Vec<_>>() { total += v } total += 1; total }",
     0}, /* changed elsewhere */
    {"collect",
     SUM
     "values.iter().map(move |x| x * x % 7).collect::<Vec<_>>().into_iter().filter(|x| *x > 2).collect::<Vec<_>>() { total += v } total }",
     2},
    {"collect", SUM "values.iter().map(move |x| x * x % 7).rev().collect::<Vec<_>>() { total += v } total }", 0},
    {"collect",
     "fn f(values: &mut Vec<i64>) { let mut total: i64 = 0; for v in values.iter().map(move |x| x % 7).collect::<Vec<_>>() { "
     "values.push(v) } }",
     0},
    {"collect", "fn f(values: &Vec<i64>) -> Vec<i64> { values.iter().map(move |x| x % 7).collect::<Vec<_>>() }", 0},
    {"collect",
     "struct C; fn f(values: &Vec<C>) -> i64 { let mut total: i64 = 0; for v in values.iter().map(move |x| 1).collect::<Vec<_>>() { total "
     "+= v } total }",
     0},
    {"collect", SUM "values.iter().map(move |x| x * x % 7).collect::<std::collections::BTreeSet<_>>() { total += v } total }", 0},
    {"collect",
     "fn f(values: &Vec<i64>) -> i64 { let mut total: i64 = 0; for k in 0..9 { for v in values.iter().map(move |x| x * x % "
     "7).collect::<Vec<_>>() { "
     "total += v } } total }",
     0}, /* as often as you like */

    {"collect", SUM "values.iter().map(|x| (x + total) % 7).collect::<Vec<_>>() { total += v } total }", 0}, /* borrowed meanwhile */

    /* entry: nothing runs in between */
    {"entry", MAP "*m.entry(w.to_string()).or_insert(0) += 1; }", 1},
    {"entry", MAP "*m.entry(w.to_string()).or_insert(0) += n; }", 1},
    {"entry", MAP "*m.entry(w.to_string()).or_insert(0) += g(); } fn g() -> i64 { 1 }", 0},
    {"entry", MAP "*m.entry(n.to_string()).or_insert(0) += 1; }", 0},
    {"entry", MAP "*m.entry(w.to_string()).or_insert_with(|| 0) += 1; }", 0},
    {"entry", MAP "let x = *m.entry(w.to_string()).or_insert(0); }", 0},
    {"entry",
     "use std::collections::HashMap; fn f(m: &mut HashMap<String, String>, w: &str) { *m.entry(w.to_string()).or_insert(w) += w; }", 0},
    {"entry", "struct HashMap<K, V>(K, V); fn f(m: &mut HashMap<String, i64>, w: &str) { *m.entry(w.to_string()).or_insert(0) += 1; }", 0},
    {"entry",
     "use std::collections::HashMap; fn f(m: &mut HashMap<String, i64, H>, w: &str) { *m.entry(w.to_string()).or_insert(0) += 1; }", 0},

    /* batch */
    {"batch", DOT "let mut sum = 0.0; for k in 0..self.n { sum += self.cells[row * self.n + k] * o.cells[k * self.n + column] } sum } }",
     1},
    {"batch", DOT "let mut sum = 0f64; for k in 0..self.n { sum -= o.cells[column + k * 3] } sum } }", 1},
    {"batch", DOT "let mut sum = 0.0; for k in 0..self.n { sum += o.cells[column * self.n + k] } sum } }", 0}, /* not side by side */
    {"batch", DOT "let mut sum = 0.0; for k in 0..column { sum += o.cells[k + column] } sum } }", 0},
    {"batch", DOT "let mut sum = 0.0; for k in 0..self.n { sum += o.cells[k] } sum } }", 0},
    {"batch", DOT "let mut sum = 0.0; for k in 0..self.n { sum += g(o.cells[k + column]) } sum } } fn g(x: f64) -> f64 { println!(); x }",
     0},
    {"batch", DOT "let mut sum = 0.0; for k in 0..self.n { sum += o.cells[k + column]; println!() } sum } }", 0},
    {"batch", DOT "let mut sum = 0.0; for k in 0..self.n { sum += o.cells[k / 2 + column] } sum } }", 0},
    {"batch", DOT "let mut sum = 0.0; for k in 0..self.n { if k > 3 { sum += o.cells[k + column] } } sum } }", 0},
    {"batch", DOT "let mut lane = 0.0; for k in 0..self.n { lane += o.cells[k + column] } lane } }", 0}, /* our own names */
    {"batch",
     "struct M { n: usize, cells: Vec<f64> } impl M { fn all(&mut self, o: &M) { for j in 0..self.n { self.cells.push(self.dot(o, 1, j)) } "
     "} "
     "fn dot(&self, o: &M, row: usize, column: usize) -> f64 { let mut sum = 0.0; for k in 0..self.n { sum += o.cells[k + column] } sum } "
     "}",
     0}, /* pushed to what is read */

    /* marks */
    {"cold", "fn f() {} fn main() {}", 1},
    {"cold", "#[inline] fn f() {} fn main() {}", 0},
    {"inline", "fn f(n: u32) -> u32 { if n > 0 { f(n - 1) } else { 0 } } fn g() {}", 1},
    {"cold-branch", "fn f(n: u32) -> u32 { if n > 0 { 1 } else { 2 } }", 2},
    {"cold-branch", "const fn f(n: u32) -> u32 { if n > 0 { 1 } else { 2 } }", 0},
    {"cold-branch", "fn f(n: u32) -> u32 { match n { 0 => 1, 1 => { 2 } _ => { 3 } } }", 2},
    {"cold-branch", "const N: u32 = if 1 > 0 { 1 } else { 2 };", 0},
};

int main(void)
{
	return run_hint_cases(cases, sizeof cases / sizeof *cases);
}
