// f(k) is called 1 + k % 7 times for k below 50,000: far more values than are kept.
#[inline(never)]
fn f(k: u64) -> u64 {
    std::hint::black_box(k + 1)
}
fn main() {
    let mut sum = 0;
    for k in 0..50_000u64 {
        for _ in 0..1 + k % 7 {
            sum += f(k);
        }
    }
    println!("{}", sum);
}
