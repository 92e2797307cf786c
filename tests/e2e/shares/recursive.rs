// Shares: down 60 in five levels of equal work, flat 40. Inclusive: down 60.
// The shifts differ, or the compiler would make one of equal functions.
const UNIT: u64 = 10_000; // steps of six operations, each of which needs the one before

#[inline(never)]
fn down(level: u64, x: u64) -> u64 {
    let mut x = x;
    for _ in 0..576 {
        for _ in 0..UNIT {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }
    }
    if level > 1 {
        x = down(level - 1, x) ^ level; // no tail call: the caller stays on the stack
    }
    x
}

#[inline(never)]
fn flat(units: u64, x: u64) -> u64 {
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
        x = down(5, x);
        x = flat(1920, x);
    }
    println!("{x}");
}
