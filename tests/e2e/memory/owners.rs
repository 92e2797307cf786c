// Who allocates: calls in arguments, in tail position, through methods, trait objects, function pointers and closures, in drop, in recursion.
use std::hint::black_box;

//= make: allocations 10+10+3, bytes 10*8+10*8+3*8, leaked_bytes 0
fn make(n: u64) -> Box<u64> {
    black_box(Box::new(n))
}

// One vector of 10 boxes: make() in the argument of push() is not ours, what push() does is.
//= gather: allocations 3, bytes 8*(4+8+16), reallocations 2
fn gather() -> Vec<Box<u64>> {
    let mut v = Vec::new();
    for i in 0..10 {
        v.push(make(i));
    }
    v
}

// The same with a capacity, and a call that is the value of a block.
//= chosen: allocations 1, bytes 8*10, reallocations 0
fn chosen(n: u64) -> Vec<Box<u64>> {
    let mut v = Vec::with_capacity(10);
    for i in 0..10 {
        let b = if i < n { make(i) } else { match i { 100 => make(1), _ => make(2) } };
        v.push(b);
    }
    v
}

//= ends: allocations 0
fn ends(n: u64) -> Box<u64> {
    if n > 5 {
        return make(n);
    }
    match n {
        0 => make(0),
        _ => make(n),
    }
}

// Allocates before, between and behind calls in tail position and others.
//= around: allocations 3, bytes 100+200+300
fn around() -> usize {
    let a: Vec<u8> = black_box(Vec::with_capacity(100));
    let x = ends(7);
    let b: Vec<u8> = black_box(Vec::with_capacity(200));
    let y = ends(0);
    let c: Vec<u8> = black_box(Vec::with_capacity(300));
    let z = ends(3);
    a.len() + b.len() + c.len() + (*x + *y + *z) as usize
}

struct Noisy(usize);

//= Noisy::drop: allocations 5, bytes 5*33
impl Drop for Noisy {
    fn drop(&mut self) {
        black_box(vec![1u8; self.0]);
    }
}

//= drops: allocations 2, bytes 5*8+64
fn drops() -> usize {
    let v = vec![Noisy(33), Noisy(33), Noisy(33), Noisy(33), Noisy(33)];
    let n = v.len();
    drop(v);
    black_box(vec![0u8; 64]);
    n
}

// A sort of the library allocates between calls of our closure; each finds its own account again.
//= sorts::{closure}: allocations 0
//= sorts::{closure#2}: allocations 64, bytes 64*24
//= sorts: allocations 2, bytes 8*64+16
fn sorts() -> u64 {
    let mut v: Vec<u64> = (0..64).map(|i| (i * 37) % 64).collect();
    v.iter_mut().for_each(|x| { let b: Vec<u8> = Vec::with_capacity(24); *x += black_box(b).len() as u64; });
    let w: Vec<u8> = black_box(Vec::with_capacity(16));
    v[0] + w.len() as u64
}

trait Shape {
    fn corners(&self) -> Vec<u32>;
}
struct Square;
struct Circle;
//= Square::corners: allocations 6, bytes 6*16
impl Shape for Square {
    fn corners(&self) -> Vec<u32> {
        vec![1, 2, 3, 4]
    }
}
//= Circle::corners: allocations 0
impl Shape for Circle {
    fn corners(&self) -> Vec<u32> {
        Vec::new()
    }
}

//= shapes: allocations 1+1, bytes 4*16+40
fn shapes() -> usize {
    let all: [&dyn Shape; 4] = [&Square, &Circle, &Square, &Circle];
    let list = black_box(vec![all[0], all[1], all[2], all[3]]);
    let mut n = 0;
    for shape in list.iter() {
        n += shape.corners().len() + shape.corners().len();
    }
    n += Square.corners().len();
    let f: fn(&Square) -> Vec<u32> = Square::corners;
    n += black_box(f)(&Square).len();
    black_box(vec![0u8; 40]);
    n
}

struct Tree {
    left: Option<Box<Tree>>,
    right: Option<Box<Tree>>,
}

// 2^0 + 2^1 + ... + 2^10 nodes, all but the root in a box.
//= grow: allocations 2**11-2, bytes 16*(2**11-2), reallocations 0, leaked_bytes 0
fn grow(depth: u32) -> Tree {
    if depth == 0 {
        return Tree { left: None, right: None };
    }
    Tree { left: Some(Box::new(grow(depth - 1))), right: Some(Box::new(grow(depth - 1))) }
}

fn count(tree: &Tree) -> u32 {
    1 + match &tree.left { Some(t) => count(t), None => 0 } + match &tree.right { Some(t) => count(t), None => 0 }
}

// Two functions that call each other, each with its own.
//= ping: allocations 50, bytes 50*10
fn ping(n: u32) -> usize {
    let v: Vec<u8> = black_box(Vec::with_capacity(10));
    if n == 0 { v.len() } else { pong(n - 1) + v.len() }
}
//= pong: allocations 100, bytes 50*20+50*30
fn pong(n: u32) -> usize {
    let v: Vec<u8> = black_box(Vec::with_capacity(20));
    let inner = if n == 0 { 0 } else { ping(n - 1) };
    let w: Vec<u8> = black_box(Vec::with_capacity(30));
    inner + v.len() + w.len()
}

struct Counter { total: u64 }
impl Counter {
    // Known by type, called on the value of a known call.
    //= Counter::new: allocations 0
    fn new() -> Counter {
        Counter { total: 0 }
    }
    //= Counter::add: allocations 4, bytes 4*50
    fn add(mut self, n: u64) -> Counter {
        let v: Vec<u8> = black_box(Vec::with_capacity(50));
        self.total += n + v.len() as u64;
        self
    }
}

//= methods: allocations 1, bytes 70
fn methods() -> u64 {
    let c = Counter::new().add(1).add(2);
    let d = c.add(3).add(4);
    let v: Vec<u8> = black_box(Vec::with_capacity(70));
    d.total + v.len() as u64
}

//= parse: allocations 2, bytes 2*5
fn parse(good: bool) -> Result<String, String> {
    if good { Ok(String::from("right")) } else { Err(String::from("wrong")) }
}
//= tries: allocations 1, bytes 11
fn tries() -> Result<usize, String> {
    let a = parse(true)?;
    let b: Vec<u8> = black_box(Vec::with_capacity(11));
    let c = parse(black_box(false))?;
    Ok(a.len() + b.len() + c.len())
}

// Nothing to allocate of its own: it stays without an account.
//= plain: allocations 0
fn plain(a: u64, b: u64) -> u64 {
    if a == 0 { b } else { plain(a - 1, b + a) }
}

fn main() {
    let a = gather().len() + chosen(5).len() + around() + drops() + shapes() + methods() as usize;
    let tree = grow(10);
    println!("{} {} {} {} {:?} {}", a, sorts(), count(&tree), ping(99), tries(), plain(10, 0));
}
