//- deep-recursion memoization
// A hundred frames in the same stack.
#[inline(never)]
fn down(n: u64) -> u64 {
    let here = std::hint::black_box([n; 16]);
    if n == 0 {
        return 1;
    }
    down(n - 1) + here[3] % 2
}
fn main() {
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(|| down(100) > 0);
    println!("{}", thread.unwrap().join().unwrap());
}
