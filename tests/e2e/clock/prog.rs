// Spans: `long` is timed each of 20 times, `tiny` is soon too short for the clock, `deep` is timed once for 1,000 levels.
//: slots 4 functions 4
//| fn 0 0 fn t 1 1 1 1 main
//| fn 1 1 fn t 1 1 1 1 long
//| fn 2 2 fn t 1 1 1 1 tiny
//| fn 3 3 fn rt 1 1 1 1 deep
fn spin(us: u128) {
    let start = std::time::Instant::now();
    while start.elapsed().as_micros() < us {}
}

#[inline(never)]
fn long() {
    let __rprof_a = __rprof::count(1); let __rprof_s = __rprof_a.timed(1);
    spin(1000);
    for i in 0..1000 {
        tiny(i);
    }
}

#[inline(never)]
fn tiny(n: u64) {
    let __rprof_a = __rprof::count(2); let __rprof_s = __rprof_a.timed(2);
    std::hint::black_box(n);
}

fn deep(n: u64) {
    let __rprof_a = __rprof::count(3); let __rprof_s = __rprof_a.timed(3);
    if n > 1 {
        deep(n - 1);
    } else {
        spin(20000);
    }
}

fn main() {
    let __rprof_a = __rprof::count(0); let __rprof_s = __rprof_a.timed(0);
    for _ in 0..20 {
        long();
    }
    deep(1000);
    spin(10000);
}
