// Dies in the middle of the third outer call, at depth 3.
fn work(n: u32, last: bool) -> u32 {
    if n == 0 {
        if last {
            std::process::abort();
        }
        return 0;
    }
    work(n - 1, last) + 1
}
fn main() {
    for i in 0..3 {
        std::hint::black_box(work(2, i == 2));
    }
}
