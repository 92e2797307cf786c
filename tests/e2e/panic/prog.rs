// A panic in the second of three known calls: the third never happened, and neither did what followed.
//: slots 7 functions 4
//| fn 0 0 fn t 1 1 1 1 main
//| fn 1 1 closure t 1 1 1 1 main::{closure}
//| fn 2 - fn - 1 1 1 1 fail
//| fn 3 - fn - 1 1 1 1 add
//| block 2 1 4
//| call 2 0 2 1 1
//| call 2 1 2 1 1
//| call 2 2 2 1 1
//| call 2 3 3 1 1
fn fail(n: u64, __rprof_a: __rprof::At) -> u64 {
    if std::hint::black_box(n) == 2 {
        panic!("caught")
    }
    n
}

fn add(a: u64, b: u64, __rprof_a: __rprof::At) -> u64 {
    std::hint::black_box(a) + b
}

fn main() {
    let __rprof_a = __rprof::count(0); let __rprof_s = __rprof_a.timed(0);
    std::panic::set_hook(Box::new(|_| ()));
    let mut caught = 0;
    for i in 0..10u64 {
        let result = std::panic::catch_unwind(|| {
            let __rprof_a = __rprof::count(1); let __rprof_s = __rprof_a.timed(1);
            let mut __rprof_1 = __rprof_a.block(2);
            let n = fail(i % 3, __rprof_1.at()) + fail(i % 2 + 1, __rprof_1.at()) + fail(7, __rprof_1.at());
            add(n, 1, __rprof_1.last())
        });
        caught += result.is_err() as i32;
    }
    println!("{}", caught);
}
