// abort five calls deep: the block of `dive` ends before the call that never returns.
//: slots 4 functions 3
//| fn 0 0 fn t 1 1 1 1 main
//| fn 1 - fn rt 1 1 1 1 dive
//| fn 2 - fn - 1 1 1 1 note
//| block 1 0 1
//| call 1 0 1 1 1
//| block 2 1 1
//| call 2 0 2 1 1
//| block 3 1 1
//| call 3 0 1 1 1
fn note(n: i32, __rprof_a: __rprof::At) -> i32 {
    std::hint::black_box(n)
}

fn dive(n: i32, __rprof_a: __rprof::At) -> i32 {
    let __rprof_s = __rprof_a.timed(1);
    let n = note(n, __rprof_a.call(2));
    if n == 0 {
        std::process::abort();
    }
    dive(n - 1, __rprof_a.call(3)) + 1
}

fn main() {
    let __rprof_a = __rprof::count(0); let __rprof_s = __rprof_a.timed(0);
    println!("{}", dive(5, __rprof_a.call(1)));
}
