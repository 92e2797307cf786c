// expect: main=1 plain=3 callback=- constant=- caller=-
const SIZE: usize = constant(3);
const fn constant(n: usize) -> usize {
    n * 2
}
extern "C" fn callback(n: i32) -> i32 {
    plain(n)
}
#[track_caller]
fn caller(n: i32) -> i32 {
    plain(n)
}
/// Documented once.
#[inline]
#[must_use]
fn plain(n: i32) -> i32 {
    n + 1
}
fn main() {
    let a = [0u8; SIZE];
    println!("{} {} {} {}", a.len() + constant(1), callback(1), caller(2), plain(3));
}
