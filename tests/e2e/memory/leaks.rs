// Never freed, each in its own way; freed by others; the end by exit() with blocks in use.
use std::rc::Rc;
use std::cell::RefCell;
use std::hint::black_box;
use std::sync::OnceLock;

//= forgets: allocations 7, bytes 7*300, leaked 7, leaked_bytes 7*300
fn forgets() {
    for _ in 0..7 {
        std::mem::forget(black_box(vec![1u8; 300]));
    }
}

//= leaks: allocations 1, bytes 4000, leaked 1, leaked_bytes 4000
fn leaks() -> &'static mut [u8] {
    Box::leak(vec![2u8; 4000].into_boxed_slice())
}

struct Node {
    other: RefCell<Option<Rc<Node>>>,
}

// Two counters, a cell of 16 bytes: 32 bytes each, and they hold each other.
//= cycle: allocations 2, bytes 2*32, leaked 2, leaked_bytes 2*32
fn cycle() {
    let a = Rc::new(Node { other: RefCell::new(None) });
    let b = Rc::new(Node { other: RefCell::new(Some(a.clone())) });
    *a.other.borrow_mut() = Some(b);
}

static KEPT: OnceLock<Vec<u64>> = OnceLock::new();

//= keeps: allocations 1, bytes 800, leaked 1, leaked_bytes 800
fn keeps() -> usize {
    let v: Vec<u64> = Vec::with_capacity(100);
    KEPT.get_or_init(|| v).len()
}

//= gives: allocations 3, bytes 3*500, leaked 1, leaked_bytes 500
fn gives() -> Vec<u8> {
    vec![3u8; 500]
}

//= takes: allocations 0
fn takes(v: Vec<u8>) -> usize {
    v.len()
}

// Grown by another function: the block is that one's from then on.
//= grows: allocations 1, bytes 1000, reallocations 1, leaked 1, leaked_bytes 1000
fn grows(v: &mut Vec<u8>) {
    v.reserve_exact(500);
}

fn main() {
    forgets();
    let l = leaks().len();
    cycle();
    let k = keeps();
    let t = takes(gives());
    let mut g = gives();
    grows(&mut g);
    let still = gives();
    println!("{} {} {} {}", l, k, t, g.len() + still.len());
    if black_box(true) {
        std::process::exit(3);
    }
}
