fn next(state: u64) -> u64 {
    state * 48271 % 2147483647
}
fn digits(n: i64) -> i64 {
    let mut sum: i64 = 0;
    let mut i: i64 = 0;
    while i < n {
        {
            sum += i % 10 + i / 7;
            i += 1;
        }
    }
    sum
}
fn main() {
    let mut state: u64 = 7;
    for _ in 0..5 {
        state = next(state);
    }
    for k in 0..3i64 {
        println!("{} {}", digits(1000 + k), state);
    }
}
