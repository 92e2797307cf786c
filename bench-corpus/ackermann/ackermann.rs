// ruchy 4.2.1, source XXH3 dd13cc8297c4ef436a3709a41ce88f24
fn ackermann(m: u32, n: u32) -> u32 {
    if m == 0 {
        n + 1
    } else {
        if n == 0 { ackermann(m - 1, 1) } else { ackermann(m - 1, ackermann(m, n - 1)) }
    }
}
fn main() {
    println!("{}", ackermann(3, 10))
}
