// expect: In::by=1 In::get=3 In::only=1 Out::deref=0 Out::deref_mut=1 Out::get=2 T::get=1 Z::other=1 c=6 f=1 g=1 main=1 z=1
use std::ops::{Deref, DerefMut};
struct In {
    v: i32,
}
struct Out {
    i: In,
}
impl In {
    fn get(&self) -> i32 {
        self.v + c()
    }
    fn only(&mut self) -> i32 {
        self.v += c();
        self.v
    }
    fn by(self) -> i32 {
        self.v
    }
}
impl Out {
    fn get(&self) -> i32 {
        100 + c()
    }
}
impl Deref for Out {
    type Target = In;
    fn deref(&self) -> &In {
        &self.i
    }
}
impl DerefMut for Out {
    fn deref_mut(&mut self) -> &mut In {
        &mut self.i
    }
}
fn c() -> i32 {
    1
}
fn f(o: &mut Out) -> i32 {
    o.get() + o.only() + (*o).i.get() + o.deref().get()
}
fn g(b: Box<In>, r: std::rc::Rc<In>) -> i32 {
    b.get() + r.get() + b.by()
}
trait T {
    fn get(&mut self) -> i32 {
        5
    }
}
struct Z;
impl Z {
    fn other(&self) -> i32 {
        2
    }
}
impl T for Z {}
fn z(mut q: Z) -> i32 {
    q.get() + q.other()
}
fn main() {
    println!(
        "{} {} {}",
        f(&mut Out { i: In { v: 1 } }),
        g(Box::new(In { v: 1 }), std::rc::Rc::new(In { v: 2 })),
        z(Z)
    );
}
