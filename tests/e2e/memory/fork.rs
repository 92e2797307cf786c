// The child counts what it allocates itself; a block of its parent's that it frees is not its own.
use std::hint::black_box;

extern "C" {
    fn fork() -> i32;
    fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32;
}

fn before() -> Vec<u8> {
    vec![1u8; 111]
}
fn in_child() -> Vec<u8> {
    vec![1u8; 222]
}
fn in_parent() -> Vec<u8> {
    vec![1u8; 333]
}

fn main() {
    let a = before();
    let b = before();
    let pid = unsafe { fork() };
    if pid == 0 {
        drop(a);
        let c = black_box(in_child());
        std::mem::forget(in_child());
        let mut d = b;
        d.reserve_exact(1000); // its first allocation for main
        std::process::exit((c.len() + d.len()) as i32 % 100);
    }
    std::mem::forget(in_parent());
    let mut status = 0;
    unsafe { waitpid(pid, &mut status, 0) };
    println!("{} {}", a.len() + b.len(), status >> 8);
}
