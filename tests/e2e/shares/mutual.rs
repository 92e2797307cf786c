// Shares: ping 50, pong 25, which call each other three times in turn, flat 25. Inclusive: ping 75, since the cycle counts once; pong less the first ping.
// The shifts differ, or the compiler would make one of equal functions.
const UNIT: u64 = 10_000; // steps of six operations, each of which needs the one before

#[inline(never)]
fn ping(level: u64, x: u64) -> u64 {
    let mut x = x;
    for _ in 0..800 {
        for _ in 0..UNIT {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }
    }
    if level > 1 {
        x = pong(level - 1, x) ^ level; // no tail call: the caller stays on the stack
    }
    x
}

#[inline(never)]
fn pong(level: u64, x: u64) -> u64 {
    let mut x = x;
    for _ in 0..400 {
        for _ in 0..UNIT {
            x ^= x << 7;
            x ^= x >> 9;
            x ^= x << 8;
        }
    }
    if level > 1 {
        x = ping(level - 1, x) ^ level; // no tail call: the caller stays on the stack
    }
    x
}

#[inline(never)]
fn flat(units: u64, x: u64) -> u64 {
    let mut x = x;
    for _ in 0..units {
        for _ in 0..UNIT {
            x ^= x << 11;
            x ^= x >> 5;
            x ^= x << 32;
        }
    }
    x
}

fn main() {
    let mut x = 1;
    for _ in 0..10 {
        x = ping(6, x);
        x = flat(1200, x);
    }
    println!("{x}");
}
