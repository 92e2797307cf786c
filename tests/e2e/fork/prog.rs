// fork in the middle of a function, with another thread alive: parent 1000 + 10 calls, child 77, grandchild 5.
//: slots 5 functions 3
//| fn 0 0 fn t 1 1 1 1 main
//| fn 1 1 closure t 1 1 1 1 main::{closure}
//| fn 2 - fn - 1 1 1 1 step
//| block 2 0 1
//| call 2 0 2 1 1
//| block 3 0 1
//| call 3 0 2 1 1
//| block 4 0 1
//| call 4 0 2 1 1
unsafe extern "C" {
    fn fork() -> i32;
    fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32;
}

fn step(n: u64, __rprof_a: __rprof::At) -> u64 {
    std::hint::black_box(n) + 1
}

fn wait_for(pid: i32) {
    let mut status = 0;
    unsafe { waitpid(pid, &mut status, 0) };
    assert_eq!(status, 0);
}

fn main() {
    let __rprof_a = __rprof::count(0); let __rprof_s = __rprof_a.timed(0);
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let other = std::thread::spawn(move || {
        let __rprof_a = __rprof::count(1); let __rprof_s = __rprof_a.timed(1);
        let _ = stopped.recv();
    });
    let mut n = 0;
    while n < 1000 {
        n = step(n, __rprof_a.call(2));
    }
    let child = unsafe { fork() };
    if child == 0 {
        while n < 1077 {
            n = step(n, __rprof_a.call(3));
        }
        let grandchild = unsafe { fork() };
        if grandchild == 0 {
            while n < 1082 {
                n = step(n, __rprof_a.call(3));
            }
            // A thread of the child's own: it takes a new place.
            std::thread::spawn(|| { let __rprof_a = __rprof::count(1); let __rprof_s = __rprof_a.timed(1); }).join().unwrap();
        } else {
            wait_for(grandchild);
        }
        std::process::exit(0);
    }
    wait_for(child);
    while n < 1010 {
        n = step(n, __rprof_a.call(4));
    }
    drop(stop);
    other.join().unwrap();
}
