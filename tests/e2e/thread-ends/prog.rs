// 1,000 threads, four at a time, whose thread-local destructors call instrumented functions too.
//: slots 4 functions 4
//| fn 0 0 fn t 1 1 1 1 main
//| fn 1 1 closure t 1 1 1 1 main::{closure}
//| fn 2 2 method - 1 1 1 1 Last::drop
//| fn 3 - fn - 1 1 1 1 step
//| block 3 1 1
//| call 3 0 3 1 1
struct Last;

impl Drop for Last {
    fn drop(&mut self) {
        __rprof::count(2);
        std::hint::black_box(self);
    }
}

thread_local! { static LAST: Last = Last; }

fn step(n: u64, __rprof_a: __rprof::At) -> u64 {
    std::hint::black_box(n) + 1
}

fn main() {
    let __rprof_a = __rprof::count(0); let __rprof_s = __rprof_a.timed(0);
    static ALL: std::sync::Barrier = std::sync::Barrier::new(4);
    for _ in 0..250 {
        let handles: Vec<_> = (0..4)
            .map(|_| {
                std::thread::spawn(|| {
                    LAST.with(|_| ());
                    let __rprof_a = __rprof::count(1); let __rprof_s = __rprof_a.timed(1);
                    ALL.wait();
                    let mut n = 0;
                    while n < 100 {
                        n = step(n, __rprof_a.call(3));
                    }
                })
            })
            .collect();
        for handle in handles {
            handle.join().unwrap();
        }
    }
}
