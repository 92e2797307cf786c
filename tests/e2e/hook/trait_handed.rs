// expect: main=1 measure=102 through=2 grow_all=1 change=1 Shape::scaled=102 Shape::name=1 Square::area=209 Square::grow=2 Square::attempt=2 attempts=1 other::both=1 other::i64::area=1 local=1 local::ask=1 local::u8::get=2 main::{closure}=1 main::{closure#2}=1 main::{closure#3}=1 main::{closure#3}::{closure}=100
// Methods of traits whose callers hand their counters over: generic, dyn, defaults that are overridden or not, an impl made by a macro, a trait
// within a function, two traits with a method of one name, arguments that call, a method that unwinds, threads.
use std::panic;

trait Shape {
    fn area(&self) -> i64;
    fn scaled(&self, factor: i64) -> i64 {
        self.area() * factor
    }
    fn grow(&mut self, by: i64) -> i64;
    fn name(&self) -> String
    where
        Self: Sized,
    {
        format!("shape of {}", self.area())
    }
}

struct Square(i64);
struct Line;

impl Shape for Square {
    fn area(&self) -> i64 {
        self.0 * self.0
    }
    fn grow(&mut self, by: i64) -> i64 {
        self.0 += by;
        self.area()
    }
}

macro_rules! line {
    ($t:ty) => {
        impl Shape for $t {
            fn area(&self) -> i64 {
                1
            }
            fn scaled(&self, factor: i64) -> i64 {
                factor + 1000
            }
            fn grow(&mut self, _by: i64) -> i64 {
                -1
            }
        }
    };
}
line!(Line);

fn measure<T: Shape>(shape: &T) -> i64 {
    shape.area() + shape.scaled(2)
}

fn through(shape: &dyn Shape) -> i64 {
    shape.scaled(shape.area())
}

fn grow_all(shapes: &mut [Box<dyn Shape>]) -> i64 {
    let mut sum = 0;
    for s in shapes.iter_mut() {
        sum += s.grow(1);
    }
    sum
}

fn change<T>(shape: &mut T) -> i64
where
    T: Shape,
{
    shape.grow(2) + shape.area()
}

mod other {
    pub trait Shape {
        fn area(&self) -> i64;
    }
    impl Shape for i64 {
        fn area(&self) -> i64 {
            *self
        }
    }
    pub fn both<T: Shape>(t: &T) -> i64 {
        t.area() + 1
    }
}

trait Fallible {
    fn attempt(&self, n: i64) -> i64;
}
impl Fallible for Square {
    fn attempt(&self, n: i64) -> i64 {
        if n > 1 {
            panic!("too much")
        }
        n
    }
}
fn attempts<T: Fallible>(t: &T) -> i64 {
    t.attempt(1) + t.attempt(2) + t.attempt(1)
}

fn local() -> i64 {
    trait Inner {
        fn get(&self) -> i64;
    }
    impl Inner for u8 {
        fn get(&self) -> i64 {
            *self as i64
        }
    }
    fn ask<T: Inner>(t: &T) -> i64 {
        t.get() + t.get()
    }
    ask(&7u8)
}

fn main() {
    panic::set_hook(Box::new(|_| {}));
    let square = Square(3);
    println!("{} {}", measure(&square), measure(&Line));
    println!("{} {}", through(&square), through(&Line));
    let mut all: Vec<Box<dyn Shape>> = vec![Box::new(Square(1)), Box::new(Line)];
    println!("{}", grow_all(&mut all));
    println!("{} {}", change(&mut Square(5)), square.name());
    println!("{}", other::both(&4i64));
    assert!(square.area() == 9);
    println!("{:?}", panic::catch_unwind(panic::AssertUnwindSafe(|| attempts(&square))).is_err());
    println!("{}", local());
    let handle = std::thread::spawn(|| (0..100).map(|n| measure(&Square(n))).sum::<i64>());
    println!("{}", handle.join().unwrap());
}
