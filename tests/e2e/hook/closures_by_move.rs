// expect: add=41 apply=8 boxed::{closure}=3 boxed=1 main::fact::{closure}=4 main::fact=5 main::{closure#2}=5 main::{closure}=8 main=1 make::{closure}=8 make=4
fn add(a: i32, b: i32) -> i32 {
    a + b
}
fn make(n: i32) -> impl Fn(i32) -> i32 {
    move |x| add(x, n) + add(1, n)
}
fn boxed(n: i32) -> Box<dyn FnMut() -> i32> {
    let mut c = add(n, 0);
    Box::new(move || {
        c = add(c, 1);
        c
    })
}
fn apply(f: &dyn Fn(i32) -> i32, n: i32) -> i32 {
    f(n) + f(add(n, 1))
}
fn main() {
    let mut fs: Vec<Box<dyn Fn(i32) -> i32>> = vec![];
    for i in 0..4 {
        let k = add(i, i);
        fs.push(Box::new(move |x| add(x, k)));
    }
    let mut t = 0;
    for f in &fs {
        t += apply(f.as_ref(), 2) + apply(&make(t), 1);
    }
    let mut b = boxed(3);
    b();
    b();
    fn fact(f: &dyn Fn(&dyn Fn(i32) -> i32, i32) -> i32, n: i32) -> i32 {
        f(&|k| fact(f, k), n)
    }
    let r = fact(&|rec, n| if n < 2 { add(1, 0) } else { n * rec(n - 1) }, 5);
    println!("{t} {} {r}", b());
}
