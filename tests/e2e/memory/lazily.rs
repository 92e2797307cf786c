// Iterators that allocate where they go on, a block that is left before its owner is named, a left side with a call.
use std::hint::black_box;
use std::io::BufRead;

//= other: allocations 5, bytes 5*100
fn other(n: u64) -> u64 {
    let b: Vec<u8> = black_box(Vec::with_capacity(100));
    n + b.len() as u64
}

// The first call leaves the block before anything in it allocates.
//= labelled: allocations 3, bytes 200+2*300
fn labelled(early: bool) -> usize {
    'a: {
        if early {
            break 'a;
        }
        let b: Vec<u8> = black_box(Vec::with_capacity(200));
        black_box(b.len());
    }
    let c: Vec<u8> = black_box(Vec::with_capacity(300));
    c.len()
}

// The right side is evaluated first.
//= left: allocations 2, bytes 2*8
fn left(a: &mut [Box<u64>; 2]) {
    a[other(1) as usize % 2] = Box::new(7);
}

//= reads: allocations 2, bytes 2*8
fn reads(r: &mut dyn BufRead) -> usize {
    let mut n = 0;
    for line in r.lines() {
        n += line.unwrap().len();
    }
    n
}

//= reads_one: allocations 1, bytes 8
fn reads_one(r: &mut std::io::Lines<&[u8]>) -> usize {
    r.next().unwrap().unwrap().len()
}

//= goes_on: allocations 1, bytes 3
fn goes_on(r: &mut dyn Iterator<Item = String>) -> usize {
    black_box(r.next().unwrap()).len()
}

// All but the last are clones, of at least 8 bytes.
//= filled: allocations 2, bytes 2*8
fn filled(v: &mut [String], s: String) {
    v.fill(s)
}

//= zeroed: allocations 0
fn zeroed(v: &mut [u64]) {
    v.fill(0)
}

// The memory of the vector is taken before its elements are made.
//= listed: allocations 1, bytes 2*8
fn listed() -> Vec<u64> {
    vec![other(1), other(2)]
}

fn main() {
    let mut a = [Box::new(1), Box::new(2)];
    let mut n = labelled(true) + labelled(false);
    left(&mut a);
    left(&mut a);
    n += other(0) as usize;
    n += listed().len();
    let mut text: &[u8] = b"hello\nworld\n";
    n += reads(&mut text);
    n += reads_one(&mut (b"hello\nworld\n" as &[u8]).lines());
    n += goes_on(&mut vec!["abc", "de"].into_iter().map(String::from));
    let mut v = vec![String::new(), String::new(), String::new()];
    filled(&mut v, String::from("abcdefg"));
    zeroed(&mut [1, 2]);
    println!("{} {:?} {:?}", n, v, a);
}
