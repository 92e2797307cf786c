// ruchy 4.2.1, source XXH3 1153bbd6f3a41c9a3fde86f1949c3a88
fn is_prime(n: u64) -> bool {
    if n < 2 {
        return false;
    }
    let mut d: u64 = 2;
    while d * d <= n {
        {
            if n % d == 0 {
                return false;
            }
            d += 1;
        }
    }
    true
}
fn count_primes(low: u64, high: u64) -> u64 {
    let mut found: u64 = 0;
    for n in low..high {
        {
            if is_prime(n.clone()) {
                found += 1;
            }
        }
    }
    found
}
fn count_in_parallel(workers: u64, share: u64) -> u64 {
    std::thread::scope(move |s| {
        let mut handles = Vec::new();
        for k in 0..workers {
            {
                {
                    let worker = std::thread::Builder::new()
                        .spawn_scoped(
                            s,
                            move || count_primes(k * share, k * share + share),
                        );
                    handles.push(worker.unwrap())
                }
            }
        }
        let mut total: u64 = 0;
        while !handles.is_empty() {
            {
                total
                    += std::thread::ScopedJoinHandle::join(handles.pop().unwrap())
                        .unwrap()
            }
        }
        total
    })
}
fn main() {
    println!("{} primes", count_in_parallel(8, 100000))
}
