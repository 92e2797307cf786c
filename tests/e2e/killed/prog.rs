// Announces its progress; whoever kills it finds at least what was announced.
//: slots 4 functions 2
//| fn 0 0 fn t 1 1 1 1 main
//| fn 1 - fn - 1 1 1 1 step
//| block 1 0 2
//| call 1 0 1 1 1
//| call 1 1 1 1 1
use std::io::Write;

fn step(n: u64, __rprof_a: __rprof::At) -> u64 {
    std::hint::black_box(n) + 1
}

fn main() {
    let __rprof_a = __rprof::count(0); let __rprof_s = __rprof_a.timed(0);
    let mut out = std::io::stdout();
    let mut n = 0;
    loop {
        for _ in 0..500 {
            n = {
                let mut __rprof_1 = __rprof_a.block(1);
                let m = step(n, __rprof_1.at());
                step(m, __rprof_1.last())
            };
        }
        if out.write_all(format!("{}\n", n).as_bytes()).is_err() || out.flush().is_err() {
            return;
        }
    }
}
