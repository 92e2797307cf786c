// Parent and child go on behind the call: what follows a fork is counted in each process by itself.
// expect: main=1 before=1 forks=1 both=4 after=2
mod libc {
    extern "C" {
        pub fn fork() -> i32;
        pub fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32;
        pub fn _exit(status: i32) -> !;
    }
}
fn before(n: i32) -> i32 {
    n + 1
}
fn both(n: i32) -> i32 {
    n + 2
}
fn after(n: i32) -> i32 {
    n + 3
}
fn forks() -> i32 {
    unsafe { libc::fork() }
}
fn main() {
    let pid = before(0) * 0 + forks() + both(0) * 0;
    let sum = both(1) + after(2);
    if pid == 0 {
        unsafe { libc::_exit(sum) }
    }
    let mut status = 0;
    unsafe { libc::waitpid(pid, &mut status, 0) };
    println!("{} {}", sum, status >> 8);
}
