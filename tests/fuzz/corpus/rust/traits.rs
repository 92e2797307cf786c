// expect: main=1 Circle::area=3 Square::area=2 Shape::describe=3 Circle::new=2 helper=3 total=1 Square::fmt=1 Wrapper::add=1 Wrapper::get=1 Wrapper::next=4 total::{closure}=3
use std::fmt;
use std::ops::Add;
trait Shape {
    fn area(&self) -> f64;
    fn describe(&self) -> String {
        format!("{:.1}", helper(self.area()))
    }
}
fn helper(x: f64) -> f64 {
    x * 2.0
}
struct Circle(f64);
struct Square(f64);
impl Circle {
    fn new(r: f64) -> Circle {
        Circle(r)
    }
}
impl Shape for Circle {
    fn area(&self) -> f64 {
        3.0 * self.0 * self.0
    }
}
impl Shape for Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}
impl fmt::Display for Square {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "[{}]", self.0)
    }
}
struct Wrapper(i32);
impl Wrapper {
    fn get(&self) -> i32 {
        self.0
    }
}
impl Add for Wrapper {
    type Output = Wrapper;
    fn add(self, o: Wrapper) -> Wrapper {
        Wrapper(self.0 + o.0)
    }
}
impl Iterator for Wrapper {
    type Item = i32;
    fn next(&mut self) -> Option<i32> {
        self.0 -= 1;
        if self.0 > 0 { Some(self.0) } else { None }
    }
}
fn total(shapes: &[Box<dyn Shape>]) -> usize {
    shapes.iter().map(|s| s.describe().len()).sum()
}
fn main() {
    let v: Vec<Box<dyn Shape>> = vec![Box::new(Circle::new(1.0)), Box::new(Square(2.0)), Box::new(Circle::new(2.0))];
    println!("{}", total(&v));
    println!("{} {}", Square(1.0), Circle(1.0).area() + Square(2.0).area());
    println!("{}", (Wrapper(1) + Wrapper(2)).get());
    println!("{}", Wrapper(4).sum::<i32>());
}
