//+ leaks program-failed
// Never frees a megabyte, and fails.
fn lose(n: usize) -> usize {
    std::mem::forget(std::hint::black_box(vec![1u8; n]));
    n
}
fn main() {
    lose(1 << 20);
    std::process::exit(3);
}
