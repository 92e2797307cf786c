// Shares: a 70, b 30, both put into main by the compiler.
// The shifts differ, or the compiler would make one of equal functions.
const UNIT: u64 = 10_000; // steps of six operations, each of which needs the one before

#[inline(always)]
fn a(units: u64, x: u64) -> u64 {
    let mut x = x;
    for _ in 0..units {
        for _ in 0..UNIT {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }
    }
    x
}

#[inline(always)]
fn b(units: u64, x: u64) -> u64 {
    let mut x = x;
    for _ in 0..units {
        for _ in 0..UNIT {
            x ^= x << 7;
            x ^= x >> 9;
            x ^= x << 8;
        }
    }
    x
}

fn main() {
    let mut x = 1;
    for _ in 0..10 {
        x = a(3360, x);
        x = b(1440, x);
    }
    println!("{x}");
}
