fn step(n: u64) -> u64 {
    if n % 2 == 0 { n / 2 } else { 3 * n + 1 }
}
fn length(start: u64) -> u64 {
    let mut n = start;
    let mut steps: u64 = 0;
    while n != 1 {
        {
            n = step(n.clone());
            steps += 1;
        }
    }
    steps
}
fn bits(start: i64) -> i32 {
    let mut n: i64 = start;
    let mut left: i32 = 100;
    while n > 1 {
        if (n & 1) == 0 { n /= 2; } else { n -= 1; }
        left -= 1;
    }
    left
}
fn main() {
    println!("{} {}", length(27), bits(1000));
}
