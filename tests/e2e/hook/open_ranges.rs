// expect: id=12 ranges=1 ranges::{closure}=3 ranges::{closure#2}=3 ranges::{closure#3}=- ranges::{closure#4}=1 ranges::{closure#5}=1 ranges::{closure#6}=3 full=1 main=1
// Ranges that are open, and closures that end in one: `|r| a..(b)` is no call.
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
fn main() {
    println!("{} {:?}", ranges(&[(1, 2), (3, 5), (4, 4)]), full());
    println!("{:?}", &[1, 2, 3, 4][id(1)..]);
}
