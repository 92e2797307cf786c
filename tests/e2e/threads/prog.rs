// 64 threads, each a million calls: no count may be lost or go to another thread's counter.
//: slots 3 functions 3
//| fn 0 0 fn t 1 1 1 1 main
//| fn 1 1 closure t 1 1 1 1 main::{closure}
//| fn 2 - fn - 1 1 1 1 step
//| block 2 1 1
//| call 2 0 2 1 1
fn step(n: u64, __rprof_a: __rprof::At) -> u64 {
    std::hint::black_box(n) + 1
}

fn main() {
    let __rprof_a = __rprof::count(0); let __rprof_s = __rprof_a.timed(0);
    let handles: Vec<_> = (0..64)
        .map(|_| {
            std::thread::spawn(|| {
                let __rprof_a = __rprof::count(1); let __rprof_s = __rprof_a.timed(1);
                let mut n = 0;
                while n < 1_000_000 {
                    n = step(n, __rprof_a.call(2));
                }
                n
            })
        })
        .collect();
    let sum: u64 = handles.into_iter().map(|h| h.join().unwrap()).sum();
    println!("{}", sum);
}
