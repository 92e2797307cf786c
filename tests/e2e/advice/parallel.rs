//- lock-step
// The same without the lock.
fn work(n: u64) -> u64 {
    (0..n).fold(1, |a, i| std::hint::black_box(a * 31 + i))
}
fn main() {
    let threads: Vec<_> = (0..3)
        .map(|_| {
            std::thread::spawn(|| {
                let mut sum = 0u64;
                for _ in 0..40 {
                    sum = sum.wrapping_add(work(600_000));
                }
                sum
            })
        })
        .collect();
    println!("{}", threads.into_iter().map(|t| t.join().unwrap()).fold(0, u64::wrapping_add));
}
