// A million small allocations, each in a function of its own.
fn make(n: usize) -> Vec<u32> {
    vec![n as u32; 1 + n % 8]
}
fn main() {
    let mut kept: Vec<Vec<u32>> = Vec::new();
    let mut total = 0u64;
    for i in 0..std::hint::black_box(1_000_000) {
        let v = make(i);
        total += v[0] as u64;
        if i % 100 == 0 {
            kept.push(v);
        }
    }
    println!("{total} {}", kept.len());
}
