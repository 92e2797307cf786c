// edition: 2015
// expect: async=2 await=1 Square::area=1 Square::scaled=1 boxed=1 inner::deep::up=1 inner::root=1 main=1 main::{closure}=1 Shape::double=1 throws=1
// Names that later became keywords, traits as bare types, parameters without names, paths from the root.
#![allow(bare_trait_objects, anonymous_parameters)]
extern crate core;
fn async(n: i32) -> i32 {
    n + 1
}
fn await() -> i32 {
    ::async(1)
}
fn dyn() -> i32 {
    async(2)
}
fn try() -> Result<i32, String> {
    let n = try!(throws());
    Ok(n)
}
fn throws() -> Result<i32, String> {
    Err("no".to_string())
}
trait Shape {
    fn area(&self) -> i32;
    fn scaled(&self, i32) -> i32;
    fn double(&self) -> i32 {
        self.area() * 2
    }
}
struct Square(i32);
impl Shape for Square {
    fn area(&self) -> i32 {
        self.0 * self.0
    }
    fn scaled(&self, by: i32) -> i32 {
        self.0 * by
    }
}
fn boxed(shape: Box<Shape>) -> i32 {
    shape.scaled(3) + shape.double()
}
mod inner {
    pub mod deep {
        pub fn up() -> i32 {
            super::root() + ::dyn()
        }
    }
    fn root() -> i32 {
        5
    }
}
fn main() {
    let f: &Fn(i32) -> i32 = &|n| n + 1;
    println!("{} {} {}", await(), f(1), inner::deep::up());
    println!("{:?} {}", try(), boxed(Box::new(Square(2))));
    println!("{}", core::cmp::max(1, 2));
}
