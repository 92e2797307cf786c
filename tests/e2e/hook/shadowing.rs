// expect: main=1 f=4 g=2 inner::f=2 inner::deep::up=1 main::f=1 main::{closure}=1 main::{closure#2}=1 h=1 outer=1 outer::{closure}=1 by_param=1 Color::f=1
#![allow(unused)]
mod inner {
    pub fn f() -> i32 {
        10
    }
    pub mod deep {
        pub fn up() -> i32 {
            super::f()
        }
    }
}
enum Color {
    Red,
}
impl Color {
    fn f() -> i32 {
        30
    }
}
fn f() -> i32 {
    1
}
fn g() -> i32 {
    f()
}
fn h() -> i32 {
    let f = g();
    f
}
fn outer() -> i32 {
    let a = f();
    let f = || 100;
    a + f()
}
fn by_param(f: fn() -> i32) -> i32 {
    f()
}
fn main() {
    println!("{} {} {}", f(), g(), h());
    println!("{} {}", inner::f(), inner::deep::up());
    {
        fn f() -> i32 {
            20
        }
        println!("{}", f());
    }
    let g = |x: i32| x + 1;
    println!("{} {}", g(1), outer());
    println!("{} {}", by_param(|| 5), Color::f());
}
