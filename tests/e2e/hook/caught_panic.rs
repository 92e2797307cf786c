// expect: main=1 risky=6 after=3 three=3 main::{closure}=3 main::{closure#2}=3 drop_me=1 Noisy::drop=1
use std::panic;
struct Noisy;
impl Drop for Noisy {
    fn drop(&mut self) {
        println!("dropped");
    }
}
fn drop_me() -> Noisy {
    Noisy
}
fn risky(n: i32) -> i32 {
    if n == 2 {
        panic!("two");
    }
    n
}
fn after(n: i32) -> i32 {
    n + 1
}
fn three(n: i32) -> i32 {
    let a = risky(n) + risky(n + 1) + after(n);
    let b = after(a);
    if n == 5 {
        let _d = drop_me();
        let z = [1, 2, 3];
        return z[n as usize] + after(1) + after(2);
    }
    a + b
}
fn main() {
    panic::set_hook(Box::new(|_| {}));
    for n in [1, 2, 5] {
        let r = panic::catch_unwind(|| three(n));
        println!("{}", r.is_err());
    }
    println!("{}", after(risky(3)));
}
