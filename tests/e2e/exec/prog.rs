// A program that becomes itself again, in the same process: the second image must not destroy the counts of the first.
//: slots 2 functions 2
//| fn 0 0 fn t 1 1 1 1 main
//| fn 1 - fn - 1 1 1 1 step
//| block 1 0 1
//| call 1 0 1 1 1
use std::os::unix::process::CommandExt;

fn step(n: u64, __rprof_a: __rprof::At) -> u64 {
    std::hint::black_box(n) + 1
}

fn main() {
    let __rprof_a = __rprof::count(0); let __rprof_s = __rprof_a.timed(0);
    let again = std::env::args().count() > 1;
    let mut n = 0;
    while n < if again { 22 } else { 333 } {
        n = step(n, __rprof_a.call(1));
    }
    if !again {
        let error = std::process::Command::new(std::env::current_exe().unwrap()).arg("again").exec();
        panic!("{}", error);
    }
}
