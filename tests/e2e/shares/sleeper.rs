// Shares of CPU time: a 70, b 30. nap sleeps for 10 times 30 ms.
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

#[inline(never)]
fn nap() {
    std::thread::sleep(std::time::Duration::from_millis(30));
}

fn main() {
    let mut x = 1;
    for _ in 0..10 {
        x = a(3360, x);
        nap();
        x = b(1440, x);
    }
    println!("{x}");
}
