//+ many-allocations
//- loop-allocation growing
// One allocation a call, many calls.
#[inline(never)]
fn boxed(i: u64) -> Box<u64> {
    Box::new(std::hint::black_box(i))
}
fn main() {
    let mut sum = 0;
    for i in 0..50_000 {
        sum += *boxed(i);
    }
    println!("{}", sum);
}
