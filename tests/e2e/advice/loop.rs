//+ loop-allocation
//- many-allocations growing inserted-copy no-allocations
// A new buffer for each round.
fn rounds(n: usize) -> usize {
    let mut sum = 0;
    for i in 0..n {
        let buffer = vec![i; 100];
        sum += std::hint::black_box(&buffer).len();
    }
    sum
}
fn main() {
    println!("{}", rounds(50_000));
}
