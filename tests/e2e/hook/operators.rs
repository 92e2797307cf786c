// expect: V::add=2 V::add_assign=1 V::index=3 V::neg=1 V::not=1 V::partial_cmp=1 main::{closure#2}=1 main::{closure}=1 main=1 mk=8 t=12 two=1
use std::ops::*;
#[derive(Clone, Copy, Debug, PartialEq)]
struct V(i32);
fn t(n: i32) -> i32 {
    n
}
impl Add for V {
    type Output = V;
    fn add(self, o: V) -> V {
        V(t(self.0) + t(o.0))
    }
}
impl AddAssign for V {
    fn add_assign(&mut self, o: V) {
        self.0 += t(o.0);
    }
}
impl Index<usize> for V {
    type Output = i32;
    fn index(&self, i: usize) -> &i32 {
        if t(i as i32) > 5 {
            panic!("idx")
        }
        &self.0
    }
}
impl Neg for V {
    type Output = V;
    fn neg(self) -> V {
        V(-t(self.0))
    }
}
impl Not for V {
    type Output = bool;
    fn not(self) -> bool {
        t(self.0) == 0
    }
}
impl PartialOrd for V {
    fn partial_cmp(&self, o: &V) -> Option<std::cmp::Ordering> {
        t(self.0).partial_cmp(&t(o.0))
    }
}
fn two(a: V, b: V) -> V {
    a + b
}
fn mk(n: i32) -> V {
    V(n)
}
fn main() {
    let mut a = mk(1) + mk(2);
    a += two(mk(3), a);
    println!("{:?} {} {} {}", -a, a[0], !a, mk(1) < mk(2));
    let r = std::panic::catch_unwind(|| two(mk(1), V(mk(2)[9])));
    println!("{}", r.is_err());
    let r = std::panic::catch_unwind(|| mk(1)[7] + mk(2)[0]);
    println!("{}", r.is_err());
}
