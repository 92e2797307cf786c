#[global_allocator] static A: M = M;
fn f(v: Vec<String>) -> String { let mut s = g(&v) + "x"; for w in v { s += &w; } s }
fn g(v: &[String]) -> String { if v.len() > 1 { return h(1); } h(2).k(g(v)) }
fn h(n: i32) -> String { (0..n).map(|i| h(i)).collect() }
fn main() { println!("{}", f(vec![h(3), g(&[])])?) }
