pub fn collatz(n: i64) -> i64 {
    let mut steps = 0;
    let mut x = n;
    while x != 1 {
        {
            x = step(x.clone());
            steps = steps + 1;
        }
    }
    steps
}
fn step(x: i64) -> i64 {
    if x % 2 == 0 { x / 2 } else { 3 * x + 1 }
}
pub fn check(n: i64) -> i64 {
    if n < 0 {
        panic!("a negative request")
    }
    n
}
pub fn answer(n: i64) -> i64 {
    let mut sum = 0;
    let mut i = 1;
    while i <= check(n) {
        {
            sum = sum + collatz(i.clone());
            i = i + 1;
        }
    }
    sum
}
fn main() {}
