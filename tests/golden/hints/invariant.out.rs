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
    // invariant: called 42 times
    { let mut kept_1: Option<i64> = None; { let mut kept_2: Option<i64> = None; while i < (match kept_1 { Some(value) => value, None => *kept_1.insert(digits(n.clone())) }) {
        {
            sum += i * (match kept_2 { Some(value) => value, None => *kept_2.insert(digits(12345)) }) + digits(i);
            i += 1;
        }
    } } }
    sum
}
fn main() {
    println!("{}", total(123456789));
}
