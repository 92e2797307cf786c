//+ leaks
//- program-failed
// Never frees a megabyte.
fn lose(n: usize) -> usize {
    std::mem::forget(std::hint::black_box(vec![1u8; n]));
    n
}
fn main() {
    lose(1 << 20);
}
