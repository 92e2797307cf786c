//+ growing
//- loop-allocation
// A thousand vectors that grow from nothing to a thousand elements.
#[inline(never)]
fn fill(n: u64) -> Vec<u64> {
    let mut v = Vec::new();
    for i in 0..n {
        v.push(i);
    }
    v
}
fn main() {
    println!("{}", (0..1000).map(|_| fill(1000).len()).sum::<usize>());
}
