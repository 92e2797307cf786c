// A program that closes descriptors which it did not open, then gets the same numbers for a file of its own.
//: slots 2 functions 2
//| fn 0 0 fn t 1 1 1 1 main
//| fn 1 1 closure t 1 1 1 1 main::{closure}
use std::io::Write;

unsafe extern "C" {
    fn close(fd: i32) -> i32;
    fn dup2(from: i32, to: i32) -> i32;
}

fn main() {
    let __rprof_a = __rprof::count(0); let __rprof_s = __rprof_a.timed(0);
    for fd in 3..300 {
        unsafe { close(fd) };
    }
    let mut own = std::fs::File::create(std::env::args().nth(1).unwrap()).unwrap();
    for fd in 4..300 {
        unsafe { dup2(3, fd) };
    }
    own.write_all(b"mine\n").unwrap();
    for _ in 0..3 {
        std::thread::spawn(|| { let __rprof_a = __rprof::count(1); let __rprof_s = __rprof_a.timed(1); }).join().unwrap();
    }
}
