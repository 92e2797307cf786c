// expect: id=20 ranges=1 ranges::{closure}=3 ranges::{closure#2}=3 ranges::{closure#3}=- ranges::{closure#4}=1 ranges::{closure#5}=1 ranges::{closure#6}=3 full=1 block_called=2 block_called::{closure}=2 led_by_blocks=1 led_by_blocks::{closure}=2 led_by_blocks::{closure#2}=1 led_by_blocks::{closure#3}=1 led_by_blocks::{closure#4}=1 led_by_blocks::{closure#5}=1 double=1 triple=1 main=1
// Ranges that are open, and closures that end in one: `|r| a..(b)` is no call; and what begins with a block goes on behind it.
fn id(n: usize) -> usize {
    n
}
fn ranges(v: &[(usize, usize)]) -> usize {
    let a: Vec<_> = v.iter().map(|r| id(r.0)..).map(|r| r.start).collect();
    let b: Vec<_> = v.iter().map(|r| (id(r.0) as usize)..((id(r.1) + 1) as usize)).collect();
    let open = |n: usize| ..n;
    let from = |n: usize| n..;
    a.len() + b.iter().map(|r| r.len()).sum::<usize>() + open(id(1)).end + from(id(2)).start
}
fn full() -> std::ops::RangeFull {
    ..
}
fn double(n: usize) -> usize {
    n * 2
}
fn triple(n: usize) -> usize {
    n * 3
}
fn block_called(which: bool) -> impl Fn(usize) -> usize {
    move |n| {
        match which {
            true => double,
            false => triple,
        }
    }(n)
}
fn led_by_blocks() -> usize {
    let a = |n| match n { 1 => id(1), _ => id(n) } + id(1);
    let b = |n| if n > 1 { id(1) } else { 2 } * 10;
    let c = |n: usize| unsafe { std::mem::transmute::<usize, isize>(n) } as usize + id(n);
    let d = || { [id(1), 2] }[1];
    let e = |n: usize| { Some(n) }.map(id).unwrap_or(0);
    a(1) + a(2) + b(3) + c(4) + d() + e(6)
}
fn main() {
    println!("{}", led_by_blocks());
    println!("{} {}", block_called(true)(4), block_called(false)(5));
    println!("{} {:?}", ranges(&[(1, 2), (3, 5), (4, 4)]), full());
    println!("{:?}", &[1, 2, 3, 4][id(1)..]);
}
