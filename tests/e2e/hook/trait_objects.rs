// expect: A::name=2 B::both=1 Box::id=7 X::default=1 X::eq=1 X::fmt=3 X::from#2=1 X::from=2 X::id=8 X::next=5 dyn_A::inh=2 k=54 main=1 nm=5
use std::fmt;
trait A {
    fn id(&self) -> i32;
    fn name(&self) -> String {
        nm(self.id())
    }
}
trait B: A {
    fn both(&self) -> i32 {
        self.id() + self.id()
    }
}
fn nm(n: i32) -> String {
    format!("{}", k(n))
}
fn k(n: i32) -> i32 {
    n
}
struct X(i32);
impl A for X {
    fn id(&self) -> i32 {
        k(self.0) + k(1)
    }
}
impl B for X {}
impl<T: A + ?Sized> A for Box<T> {
    fn id(&self) -> i32 {
        (**self).id() + k(2)
    }
}
impl fmt::Display for X {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "X{}{}", k(self.0), k(2))?;
        f.write_str(&nm(k(3)))
    }
}
impl dyn A {
    fn inh(&self) -> i32 {
        k(9) + self.id()
    }
}
impl Iterator for X {
    type Item = i32;
    fn next(&mut self) -> Option<i32> {
        self.0 -= k(1);
        if self.0 > 0 {
            Some(k(self.0))
        } else {
            None
        }
    }
}
impl Default for X {
    fn default() -> Self {
        X(k(4))
    }
}
impl PartialEq for X {
    fn eq(&self, o: &X) -> bool {
        k(self.0) == k(o.0)
    }
}
impl From<i32> for X {
    fn from(n: i32) -> X {
        X(k(n))
    }
}
impl From<bool> for X {
    fn from(_: bool) -> X {
        X(k(0))
    }
}
fn main() {
    let v: Vec<Box<dyn A>> = vec![Box::new(X(1)), Box::new(Box::new(X(2)))];
    for a in &v {
        println!("{} {} {}", a.name(), a.id(), a.inh());
    }
    println!(
        "{} {} {} {}",
        X(3),
        X(4).both(),
        X(5).sum::<i32>(),
        X::default() == X::from(4)
    );
    println!("{} {}", X::from(true), <X as Into<X>>::into(3.into()));
}
