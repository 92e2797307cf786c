// A program with an allocator of its own keeps it.
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

struct Mine(AtomicU64);
unsafe impl GlobalAlloc for Mine {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.0.fetch_add(1, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe { System.dealloc(block, layout) }
    }
}
#[global_allocator]
static MINE: Mine = Mine(AtomicU64::new(0));

fn make(n: usize) -> Vec<u8> {
    vec![1; n]
}

fn main() {
    let before = MINE.0.load(Ordering::Relaxed);
    for i in 1..11 {
        std::hint::black_box(make(i));
    }
    println!("{}", MINE.0.load(Ordering::Relaxed) - before);
}
