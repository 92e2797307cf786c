// Ten million calls deep by tail calls: an owner must not cost them a stack frame.
//= down: allocations 1, bytes 1 << 20, leaked_bytes 0
fn down(n: u64, v: &mut Vec<u8>) {
    if n == 0 {
        return;
    }
    if n == 5_000_000 {
        v.reserve_exact(1 << 20);
    }
    down(n - 1, v)
}

// The same as the last statement, and by two functions in turn.
//= even: allocations 5_000_000 // 1_000_000, bytes 5 * 100, leaked_bytes 0
fn even(n: u64, v: &mut Vec<u8>) {
    if n % 1_000_000 == 0 && n > 0 {
        *v = Vec::with_capacity(100);
    }
    if n > 0 {
        odd(n - 1, v);
    }
}
//= odd: allocations 1, bytes 10, leaked_bytes 0
fn odd(n: u64, v: &mut Vec<u8>) {
    if n == 1_234_567 {
        *v = Vec::with_capacity(10);
    }
    match n {
        0 => {}
        _ => even(n - 1, v),
    }
}

fn main() {
    let mut v = Vec::new();
    down(std::hint::black_box(10_000_000), &mut v);
    let n = v.capacity();
    even(std::hint::black_box(5_000_000), &mut v);
    println!("{} {}", n, v.capacity());
}
