// The child goes on in a file of its own, with the call that was open.
extern "C" {
    fn fork() -> i32;
    fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32;
}
fn inner(n: i32) -> i32 {
    n + 1
}
fn outer(n: i32) -> i32 {
    inner(1);
    let pid = unsafe { fork() };
    if pid != 0 {
        let mut status = 0;
        unsafe { waitpid(pid, &mut status, 0) };
        inner(2);
    } else {
        inner(30);
        inner(31);
    }
    n
}
fn main() {
    println!("{}", outer(7));
}
