// Uses SIGPROF itself: exit status 1 unless its own timer's signals, and no others, reach its handler.
use std::sync::atomic::{AtomicU64, Ordering};

extern "C" {
    fn signal(number: i32, handler: usize) -> usize;
    fn setitimer(which: i32, new: *const [i64; 4], old: *mut [i64; 4]) -> i32;
}

const SIGPROF: i32 = 27;
const ITIMER_PROF: i32 = 2;
static SEEN: AtomicU64 = AtomicU64::new(0);

extern "C" fn handler(_: i32) {
    SEEN.fetch_add(1, Ordering::Relaxed);
}

fn spin(ms: u128) -> u64 {
    let start = std::time::Instant::now();
    let mut n = 0;
    while start.elapsed().as_millis() < ms {
        n += 1;
    }
    n
}

fn main() {
    spin(20);
    let before = unsafe { signal(SIGPROF, handler as *const () as usize) };
    spin(200);
    let foreign = SEEN.load(Ordering::Relaxed);
    unsafe { setitimer(ITIMER_PROF, &[0, 10_000, 0, 10_000], std::ptr::null_mut()) };
    while SEEN.load(Ordering::Relaxed) < 3 {
        spin(10);
    }
    std::process::exit(if before == 0 && foreign == 0 { 0 } else { 1 });
}
