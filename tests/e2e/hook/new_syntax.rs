// edition: 2024
// expect: b=1 c=2 k=9 main=1
#![forbid(unsafe_op_in_unsafe_fn)]
#![forbid(non_ascii_idents, unused_must_use)]
#![deny(warnings)]
unsafe extern "C" {
    safe fn abs(x: i32) -> i32;
    pub unsafe fn labs(x: i64) -> i64;
}
fn k(n: i32) -> i32 {
    n
}
fn c<const N: i32>() -> i32 {
    k(N)
}
fn odd(n: i32) -> i32 {
    let raw = k(n);
    let r = &raw;
    k(*r) + k(1)
}
fn b(n: i32) -> i32 {
    odd(n) + k(-1) + c::<-3>() + c::<-4>()
}
fn main() {
    println!("{} {} {}", abs(-3), unsafe { labs(-4) }, b(2));
    assert!(k(-1) < -0 && k(2) > -1);
    assert!([k(1), -1].len() == 2);
}
