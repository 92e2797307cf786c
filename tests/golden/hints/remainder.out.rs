fn next(state: u64) -> u64 {
    // remainder: called 42 times
    { let sum_: u64 = state * 48271; let sum_: u64 = (sum_ & 2147483647) + (sum_ >> 31); if sum_ >= 2147483647 { sum_ - 2147483647 } else { sum_ } }
}
fn digits(n: i64) -> i64 {
    let mut sum: i64 = 0;
    let mut i: i64 = 0;
    while i < n {
        {
            // remainder: called 42 times
            sum += ((i as u32 % 10) as i64) + ((i as u32 / 7) as i64);
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
