//- memoization
// The same arguments again and again, but each call leaves a trace.
use std::sync::atomic::{AtomicU64, Ordering};
static CALLS: AtomicU64 = AtomicU64::new(0);
fn fib(n: u32) -> u64 {
    CALLS.fetch_add(1, Ordering::Relaxed);
    if n < 2 { n as u64 } else { fib(n - 1) + fib(n - 2) }
}
fn main() {
    println!("{} {}", fib(27), CALLS.load(Ordering::Relaxed));
}
