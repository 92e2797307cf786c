// Eight threads that all count: what is shared between them shows here.
fn mix(a: u64, b: u64) -> u64 {
    (a ^ (b << 7)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
fn work(seed: u64) -> u64 {
    let mut x = seed;
    for i in 0..12_000_000 {
        x = mix(x, i);
    }
    x
}
fn main() {
    let threads: Vec<_> = (0..8).map(|i| std::thread::spawn(move || work(std::hint::black_box(i)))).collect();
    let total = threads.into_iter().fold(0u64, |a, t| a ^ t.join().unwrap());
    println!("{total}");
}
