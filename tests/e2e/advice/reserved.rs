//- growing loop-allocation many-allocations
// The same with their capacity told.
#[inline(never)]
fn fill(n: u64) -> Vec<u64> {
    let mut v = Vec::with_capacity(n as usize);
    for i in 0..n {
        v.push(i);
    }
    v
}
fn main() {
    println!("{}", (0..1000).map(|_| fill(1000).len()).sum::<usize>());
}
