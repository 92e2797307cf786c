// expect: k=4 main::{closure}=2 main=1 run=2
use std::process;
fn k(n: i32) -> i32 {
    n
}
fn run(f: impl Fn(i32) -> i32, n: i32) -> i32 {
    k(1) + f(n) + k(2)
}
fn main() {
    let e = |n| if n > 1 { process::exit(4) } else { k(n) };
    println!("{}", run(&e, 1) + run(&e, 2) + k(3));
}
