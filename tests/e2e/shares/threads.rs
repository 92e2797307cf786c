// Shares: a 60, b 40, each in a thread of its own, at the same time.
// The shifts differ, or the compiler would make one of equal functions.
const UNIT: u64 = 10_000; // steps of six operations, each of which needs the one before

#[inline(never)]
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

#[inline(never)]
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
    let one = std::thread::spawn(|| a(28800, 1));
    let two = std::thread::spawn(|| b(19200, 1));
    println!("{}", one.join().unwrap() ^ two.join().unwrap());
}
