fn digits(n: i64) -> i64 {
    let mut count: i64 = 1;
    let mut rest = n / 10;
    while rest > 0 {
        count += 1;
        rest = rest / 10;
    }
    count
}
fn total(n: i64) -> i64 {
    let mut sum: i64 = 0;
    let mut i: i64 = 0;
    while i < digits(n.clone()) {
        {
            sum += i * digits(12345) + digits(i);
            i += 1;
        }
    }
    sum
}
fn main() {
    println!("{}", total(123456789));
}
