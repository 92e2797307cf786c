// ruchy 4.2.1, source XXH3 8c3e97ef553c06cf49f43026d9c4372b
fn is_odd(x: i64) -> bool {
    x % 2 == 1
}
fn odd_squares(values: &Vec<i64>) -> i64 {
    let mut total: i64 = 0;
    for v in values
        .iter()
        .map(move |x| x * x % 1009)
        .collect::<Vec<_>>()
        .into_iter()
        .filter(|__x| {
            let __f = move |x| is_odd(x);
            __f(*__x)
        })
        .collect::<Vec<_>>()
    {
        { total += v }
    }
    total
}
fn main() {
    let mut values: Vec<i64> = Vec::new();
    let mut i: i64 = 0;
    while i < 2000000 {
        {
            values.push(i * 48271 % 65537);
            i += 1;
        }
    }
    println!(
        "{} {} {}", odd_squares(& values), values.iter().any(move | v | * v == 65536),
        values.iter().all(move | v | * v < 65537)
    );
}
