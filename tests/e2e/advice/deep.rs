//+ deep-recursion
// Down until two thirds of the stack are used, however large the frames of the build are.
#[inline(never)]
fn down(n: u64, base: usize) -> u64 {
    let here = std::hint::black_box([n; 16]);
    if base - here.as_ptr() as usize > 700_000 {
        return n;
    }
    down(n + 1, base) + here[3] % 2
}
fn main() {
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(|| {
        let base = std::hint::black_box([0u8; 1]);
        down(0, base.as_ptr() as usize) > 0
    });
    println!("{}", thread.unwrap().join().unwrap());
}
