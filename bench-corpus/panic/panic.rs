// ruchy 4.2.1, source XXH3 cb338b0d558b33e680011d69ebd8e26a
fn check(n: i64) -> i64 {
    if n % 1000 == 999 {
        panic!("bad number")
    }
    n
}
fn add(a: i64, b: i64) -> i64 {
    a + b
}
fn both(n: i64) -> i64 {
    add(check(n), check(n + 1))
}
fn main() {
    std::panic::set_hook(Box::new(move |info| ()));
    let mut caught = 0;
    let mut total: i64 = 0;
    let mut n: i64 = 0;
    while n < 5000000 {
        {
            {
                let result = std::panic::catch_unwind(move || both(n.clone()));
                {
                    match result {
                        Ok(sum) => total += sum,
                        Err(_) => caught += 1,
                    };
                    n += 1;
                }
            }
        }
    }
    println!("caught {}, total {}", caught, total);
}
