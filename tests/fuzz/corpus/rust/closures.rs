// expect: main=1 triple=8 make=1 make::{closure}=2 apply=2 main::{closure}=3 main::{closure#2}=2 main::{closure#3}=1 main::{closure#3}::{closure}=2 main::{closure#4}=1
fn triple(n: i32) -> i32 {
    n * 3
}
fn make(k: i32) -> impl Fn(i32) -> i32 {
    move |x| triple(x) + triple(k)
}
fn apply<F: Fn(i32) -> i32>(f: F, n: i32) -> i32 {
    f(n)
}
fn main() {
    let v: Vec<i32> = vec![1, 2, 3].iter().map(|x| x + 1).collect();
    let f = make(2);
    println!("{:?} {} {}", v, f(1), f(2));
    let shout = |s: &str| -> String { format!("{}!", s) };
    println!("{} {}", shout("a"), shout("b"));
    let nested = || {
        let inner = |x: i32| triple(x);
        inner(1) + inner(2)
    };
    println!("{}", nested());
    println!("{} {}", apply(triple, 5), apply(|x| { triple(x) }, 6));
}
