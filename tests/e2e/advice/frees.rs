//- leaks program-failed no-allocations
// Frees its megabyte.
fn lend(n: usize) -> usize {
    let block = std::hint::black_box(vec![1u8; n]);
    block.len()
}
fn main() {
    lend(1 << 20);
}
