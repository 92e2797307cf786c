// ruchy 4.2.1, source XXH3 57d601920dbfd271f63b2c3dd0297ac7
fn is_even(n: u64) -> bool {
    if n == 0 { true } else { is_odd(n - 1) }
}
fn is_odd(n: u64) -> bool {
    if n == 0 { false } else { is_even(n - 1) }
}
fn main() {
    let mut even = 0;
    let mut n: u64 = 0;
    while n < 20000 {
        {
            if is_even(n.clone()) {
                even = even + 1;
            }
            n = n + 1;
        }
    }
    println!("{} of {} are even", even, n);
}
