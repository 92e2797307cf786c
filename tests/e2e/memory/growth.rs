// Blocks of known size, growth, zeroed memory. `//=` says what each function allocates: allocations, bytes, reallocations, blocks and bytes never
// freed, largest; sums are evaluated.
use std::hint::black_box;

//= exact: allocations 100, bytes 100*80, reallocations 0, leaked 0, leaked_bytes 0, largest 80
fn exact(n: usize) -> usize {
    let v: Vec<u64> = Vec::with_capacity(n);
    black_box(v).capacity()
}

// Capacities 4, 8, 16, ..., 1024, each a reallocation of the one before.
//= doubling: allocations 9, bytes 8*sum(2**k for k in range(2, 11)), reallocations 8, leaked 0, leaked_bytes 0, largest 8192
fn doubling(n: u64) -> u64 {
    let mut v = Vec::new();
    for i in 0..n {
        v.push(i);
    }
    black_box(v).iter().sum()
}

// The smallest capacity of a string is 8 bytes.
//= letters: allocations 6, bytes 8+16+32+64+128+256, reallocations 5, largest 256
fn letters(n: usize) -> usize {
    let mut s = String::new();
    for _ in 0..n {
        s.push('x');
    }
    black_box(s).len()
}

//= boxes: allocations 1000, bytes 16*1000, reallocations 0, leaked_bytes 0, largest 16
fn boxes(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += black_box(Box::new((i, i)))  .0;
    }
    sum
}

//= zeroed: allocations 1, bytes 1 << 30, largest 1 << 30
fn zeroed(n: usize) -> u8 {
    let v = vec![0u8; n];
    black_box(&v)[n - 1]
}

//= shrinking: allocations 2, bytes 1000+10, reallocations 1, largest 1000
fn shrinking() -> usize {
    let mut v: Vec<u8> = Vec::with_capacity(1000);
    v.extend_from_slice(&[7; 10]);
    v.shrink_to_fit();
    black_box(v).capacity()
}

//= one_byte: allocations 3, bytes 1+2+3, largest 3
fn one_byte() -> usize {
    let a: Box<[u8]> = black_box(vec![1u8].into_boxed_slice());
    let b = black_box(vec![1u8, 2]);
    let c = black_box(String::from("abc"));
    a.len() + b.len() + c.len()
}

//= nothing: allocations 0, bytes 0
fn nothing(n: u64) -> u64 {
    let a = [n; 8];
    let s: String = black_box(String::new());
    let v: Vec<u64> = black_box(Vec::new());
    a[3] + s.len() as u64 + v.len() as u64
}

// More than there is: refused, and not counted.
//= refused: allocations 0, bytes 0
fn refused() -> bool {
    let mut v: Vec<u8> = Vec::new();
    v.try_reserve_exact(black_box(isize::MAX as usize)).is_err()
        && v.try_reserve_exact(black_box(isize::MAX as usize - 3)).is_err()
        && v.try_reserve_exact(black_box(1 << 62)).is_err()
}

// Growing one that is larger than memory fails too; the old block stays.
//= kept: allocations 1, bytes 100, reallocations 0, leaked_bytes 0
fn kept() -> bool {
    let mut v: Vec<u8> = Vec::with_capacity(100);
    v.push(5);
    v.try_reserve_exact(black_box(1 << 62)).is_err() && v.try_reserve_exact(black_box(isize::MAX as usize - 1)).is_err() && v[0] == 5
}

//= main: allocations 1, bytes 1024, leaked_bytes 0
fn main() {
    let mut sum = 0u64;
    for _ in 0..100 {
        sum += exact(10) as u64;
    }
    sum += doubling(1000) + letters(200) as u64 + boxes(1000) + zeroed(1 << 30) as u64 + shrinking() as u64 + one_byte() as u64 + nothing(4);
    println!("{} {} {}", sum, refused(), kept());
}
