use rt::gcd;
use words::weight;
fn square(n: i64) -> i64 {
    n * n
}
fn sum_of_squares(n: i64) -> i64 {
    let mut sum = 0;
    for i in 1..=n {
        { sum = sum + square(i.clone()) }
    }
    sum
}
fn main() {
    println!("{}", sum_of_squares(10));
    println!("{}", weight("banana".to_string()));
    println!("{}", gcd(48, 36));
}
