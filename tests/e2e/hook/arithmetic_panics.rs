// expect: d=2 f=2 g=2 k=16 main::{closure#2}=1 main::{closure#3}=1 main::{closure#4}=1 main::{closure#5}=1 main::{closure#6}=1 main::{closure#7}=1 main::{closure}=2 main=1
fn k(n: u8) -> u8 {
    n
}
fn f(a: u8, b: u8) -> u8 {
    k(a) + k(b) + k(1)
}
fn g(v: &[u8], i: usize) -> u8 {
    k(1) + v[k(i as u8) as usize] + k(2)
}
fn d(a: u8) -> u8 {
    k(100) / k(a) + k(1)
}
fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    let c = 0;
    println!("{c} {:?}", std::panic::catch_unwind(|| f(1, 2)).ok());
    println!("{:?}", std::panic::catch_unwind(|| f(254, 3)).ok());
    println!("{:?}", std::panic::catch_unwind(|| g(&[1], 0)).ok());
    println!("{:?}", std::panic::catch_unwind(|| g(&[1], 1)).ok());
    println!("{:?}", std::panic::catch_unwind(|| d(0)).ok());
    println!("{:?}", std::panic::catch_unwind(|| d(5)).ok());
}
