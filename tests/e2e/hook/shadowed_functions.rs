// expect: S::f=1 S::g=1 f::f::f=1 f::f=2 f::g=4 f=13 g::f=2 g=2 h::{closure}=2 h=2 k::{closure}=1 k=1 m=2 main::{closure}=2 main=1 n=2
fn f() -> i32 {
    1
}
fn g(f: i32) -> i32 {
    f + {
        fn f() -> i32 {
            10
        }
        f()
    }
}
fn h() -> i32 {
    let f = || 100;
    f()
}
fn k() -> i32 {
    let f = f();
    f + {
        let f = |x: i32| x + f;
        f(2)
    }
}
fn m(x: Option<i32>) -> i32 {
    match x {
        Some(f) => f,
        None => f(),
    }
}
fn n(v: &[i32]) -> i32 {
    let mut t = 0;
    for f in v {
        t += *f;
    }
    if let Some(f) = v.first() {
        t += f
    } else {
        t += f()
    }
    t + f()
}
mod f {
    pub fn f() -> i32 {
        super::f() + self::g() + g()
    }
    fn g() -> i32 {
        5
    }
    pub mod f {
        pub fn f() -> i32 {
            super::f() + super::super::f()
        }
    }
}
struct S;
impl S {
    fn f(&self) -> i32 {
        f() + Self::g()
    }
    fn g() -> i32 {
        g(1)
    }
}
static FP: fn() -> i32 = f;
const C: fn() -> i32 = f;
fn main() {
    println!(
        "{} {} {} {} {} {}",
        g(2),
        h(),
        k(),
        m(Some(3)) + m(None),
        n(&[1, 2]) + n(&[]),
        f::f() + f::f::f() + S.f() + FP() + C()
    );
    let c = f;
    println!("{}", c() + [f, h].iter().map(|f| f()).sum::<i32>());
}
