//+ program-failed
//- leaks
// Never frees a megabyte, but fails: it ended in the middle.
fn lose(n: usize) -> usize {
    std::mem::forget(std::hint::black_box(vec![1u8; n]));
    n
}
fn main() {
    lose(1 << 20);
    std::process::exit(3);
}
