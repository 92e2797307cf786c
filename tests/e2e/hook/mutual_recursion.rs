// expect: main=1 is_even=6 is_odd=5 ackermann=44 tiny=3 r#loop=4
fn is_even(n: u32) -> bool {
    if n == 0 { true } else { is_odd(n - 1) }
}
fn is_odd(n: u32) -> bool {
    if n == 0 { false } else { is_even(n - 1) }
}
fn ackermann(m: u32, n: u32) -> u32 {
    match (m, n) {
        (0, n) => n + 1,
        (m, 0) => ackermann(m - 1, 1),
        (m, n) => ackermann(m - 1, ackermann(m, n - 1)),
    }
}
fn tiny(n: u32) -> u32 {
    n.wrapping_add(1)
}
fn r#loop(n: u32) -> u32 {
    if n == 0 { 0 } else { 1 + r#loop(n - 1) }
}
fn main() {
    println!("{} {}", is_even(10), ackermann(2, 3));
    println!("{} {}", tiny(tiny(1)) + tiny(2), r#loop(3));
}
