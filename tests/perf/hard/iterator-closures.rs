// Closures in an iterator chain: small, hot, inlined by LLVM in the plain build.
fn keep(n: u64) -> bool {
    n % 7 != 3
}
fn main() {
    let mut total = 0u64;
    for round in 0..std::hint::black_box(60u64) {
        total = total.wrapping_add(
            (0..1_000_000u64)
                .map(|x| x.wrapping_mul(x ^ round))
                .filter(|x| keep(*x))
                .fold(0u64, |a, x| a.wrapping_add(x >> 3)),
        );
    }
    println!("{total}");
}
