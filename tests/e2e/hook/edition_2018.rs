// edition: 2018
// expect: gen=2 panics=1 panics::{closure}=1 panics::{closure#2}=1 panics::{closure#3}=1 arrays=1 arrays::{closure}=2 or_pattern=2 main=1 capture=1 capture::{closure}=1
// Before 2021: panic!(value), arrays by reference in method calls, whole variables captured, `gen` as a name.
#![allow(array_into_iter, non_fmt_panics)]
fn gen(n: i32) -> i32 {
    n
}
fn panics() -> String {
    std::panic::set_hook(Box::new(|_| {}));
    let result = std::panic::catch_unwind(|| {
        if gen(1) == 1 {
            panic!("{}")
        }
    });
    let _ = std::panic::take_hook();
    *result.unwrap_err().downcast::<&'static str>().map(|s| Box::new(s.to_string())).unwrap()
}
fn arrays() -> i32 {
    let mut sum = 0;
    [1, 2].into_iter().for_each(|n: &i32| sum += *n);
    sum
}
fn or_pattern(n: Option<i32>) -> i32 {
    match n {
        Some(1) | Some(2) => gen(2),
        Some(_) | None => 0,
    }
}
struct Two {
    a: String,
    b: String,
}
fn capture() -> usize {
    let two = Two { a: "a".into(), b: "bb".into() };
    let f = move || two.a.len() + two.b.len();
    f()
}
fn main() {
    println!("{} {} {} {} {}", panics(), arrays(), or_pattern(Some(2)), or_pattern(None), capture());
}
