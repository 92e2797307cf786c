// ruchy 4.2.1, source XXH3 0adcdda8d74fc80d3f11f13832d81dca
fn sieve(limit: usize) -> Vec<bool> {
    let mut prime = vec![true; limit + 1];
    prime[0 as usize] = false;
    prime[1 as usize] = false;
    let mut i: usize = 2;
    while i * i <= limit {
        {
            if prime[i as usize].clone() {
                cross_out(&mut prime, i.clone(), limit.clone())
            }
            i += 1;
        }
    }
    prime
}
fn cross_out(prime: &mut Vec<bool>, step: usize, limit: usize) {
    let mut multiple = step * step;
    while multiple <= limit {
        {
            prime[multiple as usize] = false;
            multiple += step;
        }
    }
}
fn count(prime: &Vec<bool>) -> usize {
    let mut total: usize = 0;
    for p in prime.iter() {
        {
            if *p {
                total += 1;
            }
        }
    }
    total
}
fn main() {
    println!(
        "{:?}", for limit in [1000, 100000, 20000000] { { { let prime = sieve(limit
        .clone()); println!("{} primes up to {}", count(& prime), limit) } } }
    );
}
