fn sum(n: i64) -> i64 {
    let mut total: i64 = 0;
    let mut i: i64 = 5;
    while i < n {
        {
            if i % 3 == 0 {
                total += i.clone() % 10;
            }
            i += 1;
        }
    }
    total
}
fn main() {
    let mut odd = 0;
    for k in 2..100u64 {
        if k % 7 == 3 {
            continue;
        }
        if k % 7 > k % 11 {
            odd += 1
        }
    }
    println!("{} {}", sum(1000), odd);
}
