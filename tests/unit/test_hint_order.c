/* Where order, arms, invariant and rows may be given and where not: how many candidates of a kind a text has. */
#include "hint_cases.h"

#define ASK	"fn f(a: i64, b: i64, c: bool, v: &Vec<i64>, r: &i64) -> bool { "
#define COLOURS "enum E { A, B, C(i64), D { x: i64 } } fn f(e: &E) -> i64 { match e { "
#define SLOW                                                                                                                               \
	"fn slow(n: i64) -> i64 { let mut s: i64 = 0; for i in 0..n { s += i; } s } fn loud(n: i64) -> i64 { for i in 0..n { println!(); " \
	"} n } fn f(n: i64) { let mut m: i64 = 3; let mut t: i64 = 0; "
#define TABLE "fn f(a: &mut Vec<Vec<i64>>, n: usize) -> i64 { let mut t: i64 = 0; let mut m: usize = 0; "

static const struct hint_case cases[] = {
    /* order: neither side does anything, or panics */
    {"order", ASK "a < b && c }", 1},
    {"order", ASK "a < 3 || (b == 4 && !c) }", 2},
    {"order", ASK "a.clone() < 3 && b as i8 > 2 }", 1},
    {"order", ASK "a + 1 < b && c }", 0},
    {"order", ASK "b != 0 && a / b > 3 }", 0},
    {"order", ASK "c && v[0] > 3 }", 0},
    {"order", ASK "c && v.len() > 3 }", 0},
    {"order", ASK "c && *r > 3 }", 0},
    {"order", ASK "c && f(a, b, c, v, r) }", 0},
    {"order", ASK "c && { a > 3 } }", 0},
    {"order", ASK "c && (return true) }", 0},
    {"order", ASK "assert!(c && a > 3); c }", 0}, /* printed as it stands */
    {"order", "fn f(o: Option<i64>, c: bool) { if let Some(n) = o && c { } }", 0},
    {"order", "fn f<T: PartialOrd>(x: T, y: T, c: bool) -> bool { c && x < y }", 0},

    /* arms: no value fits two of them, and nothing is asked on the way */
    {"arms", "fn f(s: &str) -> i64 { match s { \"a\" => 1, \"b\" | \"c\" => 2, _ => 3 } }", 1},
    {"arms", "fn f(n: i64) -> i64 { match n { 1 => 1, 2 => 2, 10 => 3, _ => 3 } }", 2},
    {"arms", "fn f(c: char) -> i64 { match c { 'a' => 1, 'b' => 2, _ => 3 } }", 1},
    {"arms", "fn f(c: char) -> i64 { match c { 'a' => 1, '\\x61' => 2, _ => 3 } }", 0},
    {"arms", "fn f(s: &str) -> i64 { match s { \"a\" => 1, \"a\" => 2, _ => 3 } }", 0},
    {"arms", "fn f(n: i64) -> i64 { match n { 1 => 1, 0x1 => 2, _ => 3 } }", 0},
    {"arms", "fn f(n: i64) -> i64 { match n { 1 => 1, 01 => 2, _ => 3 } }", 0},
    {"arms", "fn f(n: i64) -> i64 { match n { 1 => 1, 0..=5 => 2, _ => 3 } }", 0},
    {"arms", "fn f(n: i64) -> i64 { match n { 1 => 1, -1 => 2, _ => 3 } }", 0},
    {"arms", "fn f(n: i64) -> i64 { match n { 1 if n > 3 => 1, 2 => 2, _ => 3 } }", 0},
    {"arms", "fn f(n: i64) -> i64 { match n { 1 => 1, 2 => 2, m => m } }", 0},
    {"arms", "fn f(n: i64) -> i64 { match n { 1 => 1, _ => 2, 3 => 3 } }", 0},
    {"arms", "fn f(n: i64) -> i64 { match n { 1 => 1, #[cfg(unix)] 2 => 2, _ => 3 } }", 0},
    {"arms", "const K: i64 = 1; fn f(n: i64) -> i64 { match n { 1 => 1, K => 2, _ => 3 } }", 0},
    {"arms", "fn f(n: (i64, i64)) -> i64 { match n { (1, _) => 1, (2, _) => 2, _ => 3 } }", 0},
    {"arms", COLOURS "E::A => 1, E::B => 2, _ => 3 } }", 1},
    {"arms", COLOURS "E::A => 1, E::C(x) => *x, _ => 3 } }", 0},
    {"arms", COLOURS "E::A => 1, E::D { x } => *x, _ => 3 } }", 0},
    {"arms", COLOURS "E::A => 1, E::K => 2, _ => 3 } } impl E { const K: E = E::A; }", 0},
    {"arms", COLOURS "E::A => 1, E::B => 2, _ => 3 } } mod m { pub enum E { A } }", 0},
    {"arms", "use m::E; fn f(e: &E) -> i64 { match e { E::A => 1, E::B => 2, _ => 3 } }", 0},

    /* invariant: the function is pure, and nothing that it gets changes */
    {"invariant", SLOW "while t < slow(n.clone()) { t += 1; } }", 1},
    {"invariant", SLOW "for i in 0..n { for j in 0..i { t += slow(7); } } }", 1},
    {"invariant", SLOW "for i in 0..n { t += slow(m); } }", 1},
    {"invariant", SLOW "for i in 0..n { t += slow(m); m += 1; } }", 0},
    {"invariant", SLOW "for i in 0..n { t += slow(i); } }", 0},
    {"invariant", SLOW "for i in 0..n { let k = 3; t += slow(k); } }", 0},
    {"invariant", SLOW "for i in 0..n { t += loud(n); } }", 0},
    {"invariant", SLOW "for i in 0..slow(n) { t += i; } }", 0}, /* once */
    {"invariant", SLOW "t += slow(n); }", 0},
    {"invariant", SLOW "for i in 0..n { let g = || slow(n); t += g(); } }", 0},
    {"invariant", SLOW "let mut g = || m += 1; for i in 0..n { g(); t += slow(m); } }", 0},
    {"invariant", SLOW "for i in 0..n { let r = &mut m; *r += 1; t += slow(m); } }", 0},
    {"invariant", SLOW "for i in 0..n { assert!(slow(n) > 3); } }", 0},
    {"invariant", SLOW "let q = &mut m; for i in 0..n { t += slow(q.clone()); *q += 1; } }", 0},
    {"invariant", "fn id(n: i64) -> i64 { n } fn f(n: i64) { let mut t: i64 = 0; for i in 0..n { t += id(n); } }", 0}, /* LLVM does */

    /* rows: nobody changes the table, or which row it is */
    {"rows", TABLE "for j in 0..n { t += a[n][j]; } t }", 1},
    {"rows", TABLE "for j in 0..n { t += a[n][j] * a[n][0]; } t }", 1},
    {"rows", TABLE "for j in 0..n { t += a[n][j] * a[m][j]; } t }", 2},
    {"rows", TABLE "for j in 0..n { t += a[j][n]; } t }", 0},
    {"rows", TABLE "for j in 0..n { t += a[m][j]; m += 1; } t }", 0},
    {"rows", TABLE "for j in 0..n { t += a[n][j]; a[n][j] = 3; } t }", 0},
    {"rows", TABLE "for j in 0..n { t += a[n][j]; a[n].push(3); } t }", 0},
    {"rows", TABLE "for j in 0..n { t += a[n][j]; a.push(Vec::new()); } t }", 0},
    {"rows", TABLE "for j in 0..n { a[n][j] += 1; } t }", 0},
    {"rows", TABLE "let r = &mut a[0]; for j in 0..n { if n > 3 { t += a[n][j]; break; } r.push(3); } t }", 0},
    {"rows", TABLE "for j in 0..n { let r = &mut a[n][j]; *r += 1; } t }", 0},
    {"rows", TABLE "for j in 0..n { let ref mut r = a[n][j]; *r += 1; } t }", 0},
    {"rows", TABLE "for j in 0..n { t += a[n + 1][j]; } t }", 0}, /* may overflow */
    {"rows", TABLE "for j in 0..n { assert!(a[n][j] > 3); t += a[n][j]; } t }", 0},
    {"rows", TABLE "t += a[n][0]; t }", 0},
    {"rows", "fn f(a: &Vec<Vec<String>>, n: usize) { for j in 0..n { let s = a[n][j].clone(); } }", 0},
    {"rows", "struct Vec<T>(T); fn f(a: &Vec<Vec<i64>>, n: usize) { let mut t: i64 = 0; for j in 0..n { t += a[n][j]; } }", 0},
};

int main(void)
{
	return run_hint_cases(cases, sizeof cases / sizeof *cases);
}
