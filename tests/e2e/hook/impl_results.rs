// expect: evens=2 evens::{closure}=9 adder=1 adder::{closure}=2 pair=1 pair::{closure}=3 show=2 total=2 main=1 S::walk=1 S::walk::{closure}=3
use std::fmt::Display;
fn evens(to: u32) -> impl Iterator<Item = u32> {
    println!("evens {to}");
    (0..to).filter(|n| n % 2 == 0)
}
fn adder<'a>(by: &'a i32) -> impl Fn(i32) -> i32 + 'a {
    println!("adder {by}");
    move |n| n + by
}
fn pair() -> (impl Display, Box<dyn Fn(u8) -> u8>) {
    println!("pair");
    ("first", Box::new(|n| n * 2))
}
fn show(what: impl Display, times: usize) -> String {
    let mut all = String::new();
    for _ in 0..times {
        all += &what.to_string();
    }
    all
}
fn total<I>(numbers: I, extra: impl Into<u32>) -> u32
where
    I: Iterator<Item = u32>,
{
    println!("total");
    numbers.sum::<u32>() + extra.into()
}
struct S(Vec<i32>);
impl S {
    fn walk<'a>(&'a self) -> impl Iterator<Item = i32> + 'a {
        println!("walk");
        self.0.iter().map(|n| n + 1)
    }
}
fn main() {
    println!("{} {}", total(evens(4), 1u8), total::<std::iter::Once<u32>>(std::iter::once(3), 2u16));
    println!("{:?}", evens(5).collect::<Vec<_>>());
    let add = adder(&2);
    println!("{} {}", add(1), add(2));
    let (name, double) = pair();
    println!("{} {} {} {}", name, double(1), double(2), double(3));
    println!("{} {}", show('x', 3), show(1.5, 1));
    let s = S(vec![1, 2, 3]);
    println!("{:?}", S::walk(&s).collect::<Vec<_>>());
}
