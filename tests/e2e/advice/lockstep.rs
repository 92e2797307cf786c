//? lock-step
//- memoization
// Three threads, and a lock that only one of them can have while it works.
use std::sync::{Arc, Mutex};
fn work(n: u64) -> u64 {
    (0..n).fold(1, |a, i| std::hint::black_box(a * 31 + i))
}
fn main() {
    let sum = Arc::new(Mutex::new(0u64));
    let threads: Vec<_> = (0..3)
        .map(|_| {
            let sum = sum.clone();
            std::thread::spawn(move || {
                for _ in 0..40 {
                    let mut held = sum.lock().unwrap();
                    *held = held.wrapping_add(work(600_000));
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    println!("{}", sum.lock().unwrap());
}
