// expect: S::dbl=1 S::f=1 ap2=2 ap3=1 ap4=2 ap=2 comp::{closure}=2 comp=2 dbl=25 it::{closure#2}=3 it::{closure}=3 it=1 main::{closure#2}=2 main::{closure#3}=1 main::{closure#4}=1 main::{closure#5}=1 main::{closure#6}=3 main::{closure}=2 main=1
fn ap<F>(f: F, n: i32) -> i32
where
    F: Fn(i32) -> i32 + Copy,
{
    f(n) + f(n + 1)
}
fn ap2(f: impl FnOnce(i32) -> i32, n: i32) -> i32 {
    f(n)
}
fn ap3(f: &mut dyn FnMut(i32)) {
    f(1);
    f(2)
}
fn ap4(f: fn(i32) -> i32) -> i32 {
    f(1)
}
fn comp<A, B, C>(f: impl Fn(A) -> B, g: impl Fn(B) -> C) -> impl Fn(A) -> C {
    move |x| g(f(x))
}
fn dbl(n: i32) -> i32 {
    n * 2
}
fn it<'a>(v: &'a [i32]) -> impl Iterator<Item = i32> + 'a {
    v.iter().map(|x| dbl(*x)).filter(|x| dbl(*x) > 4)
}
struct S {
    f: Box<dyn Fn(i32) -> i32>,
    dbl: fn(i32) -> i32,
}
impl S {
    fn f(&self, n: i32) -> i32 {
        (self.f)(n) + (self.dbl)(n)
    }
    fn dbl(&self) -> i32 {
        1
    }
}
fn main() {
    let mut t = 0;
    ap3(&mut |n| t += dbl(n));
    println!(
        "{t} {} {} {}",
        ap(dbl, 1) + ap(|n| dbl(n) + 1, 2),
        ap2(dbl, 3) + ap2(|n| n, 1),
        ap4(dbl) + ap4(|n| n)
    );
    println!(
        "{} {:?}",
        comp(dbl, comp(dbl, |x| x + 1))(2),
        it(&[1, 2, 3]).collect::<Vec<_>>()
    );
    let s = S {
        f: Box::new(dbl),
        dbl,
    };
    println!("{}", s.f(2) + s.dbl() + (s.dbl)(3));
    let a = [1, 2, 3].map(dbl).into_iter().fold(0, |a, b| dbl(a) + b);
    println!("{a}");
}
