//- loop-allocation many-allocations growing no-allocations
// The same with one buffer.
fn rounds(n: usize) -> usize {
    let mut sum = 0;
    let mut buffer = Vec::with_capacity(100);
    for i in 0..n {
        buffer.clear();
        buffer.resize(100, i);
        sum += std::hint::black_box(&buffer).len();
    }
    sum
}
fn main() {
    println!("{}", rounds(50_000));
}
