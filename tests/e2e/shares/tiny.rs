// Shares: left 60, right 40, in calls of some 100 ns that only samples can tell apart.
// The shifts differ, or the compiler would make one of equal functions.
const STEPS: u64 = 100;

#[inline(never)]
fn left(x: u64) -> u64 {
    let mut x = x;
    for _ in 0..STEPS {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    x
}

#[inline(never)]
fn right(x: u64) -> u64 {
    let mut x = x;
    for _ in 0..STEPS {
        x ^= x << 7;
        x ^= x >> 9;
        x ^= x << 8;
    }
    x
}

fn main() {
    let mut x = 1;
    for _ in 0..10 {
        for _ in 0..288000 {
            x = left(x);
        }
        for _ in 0..192000 {
            x = right(x);
        }
    }
    println!("{x}");
}
