// Threads that nobody joins: they sleep inside a function while main returns.
//: slots 3 functions 3
//| fn 0 0 fn t 1 1 1 1 main
//| fn 1 1 closure t 1 1 1 1 main::{closure}
//| fn 2 - fn - 1 1 1 1 step
//| block 2 1 1
//| call 2 0 2 1 1
use std::sync::mpsc;

fn step(n: u64, __rprof_a: __rprof::At) -> u64 {
    std::hint::black_box(n) + 1
}

fn main() {
    let __rprof_a = __rprof::count(0); let __rprof_s = __rprof_a.timed(0);
    let (done, wait) = mpsc::channel();
    for _ in 0..8 {
        let done = done.clone();
        std::thread::spawn(move || {
            let __rprof_a = __rprof::count(1); let __rprof_s = __rprof_a.timed(1);
            let mut n = 0;
            while n < 12345 {
                n = step(n, __rprof_a.call(2));
            }
            done.send(()).unwrap();
            loop {
                std::thread::sleep(std::time::Duration::from_secs(100));
            }
        });
    }
    for _ in 0..8 {
        wait.recv().unwrap();
    }
}
