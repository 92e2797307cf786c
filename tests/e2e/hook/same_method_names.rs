// expect: A::get=5 A::more=1 A::new=4 B::a=1 B::get=2 B::new=1 k=3 m::A::get=2 m::A::new=2 main::A::get=1 main::A::new=1 main=1 use_it=1
struct A(i32);
struct B(i32);
mod m {
    pub struct A(pub i32);
    impl A {
        pub fn get(&self) -> i32 {
            self.0 + crate::k()
        }
        pub fn new(n: i32) -> Self {
            Self(n)
        }
    }
}
impl A {
    fn new(n: i32) -> A {
        A(n)
    }
    fn get(&self) -> i32 {
        self.0
    }
}
impl B {
    fn new(n: i32) -> Self {
        B(n)
    }
    fn get(&self) -> i32 {
        self.0 * 2
    }
    fn a(&self) -> A {
        A::new(self.get())
    }
}
fn k() -> i32 {
    1
}
impl A {
    fn more(self: &Self) -> i32 {
        self.get() + Self::new(2).get() + A::new(1).get()
    }
}
fn use_it(a: &A, b: B, c: &mut m::A) -> i32 {
    let x = a.get() + b.get() + c.get();
    let a = b.a();
    x + a.get() + {
        let a = m::A::new(3);
        a.get()
    }
}
fn main() {
    let a = A::new(1);
    {
        struct A(i32);
        impl A {
            fn new(n: i32) -> A {
                A(n + k())
            }
            fn get(&self) -> i32 {
                self.0
            }
        }
        let q = A::new(1);
        println!("{}", q.get());
    }
    println!("{} {}", use_it(&a, B::new(2), &mut m::A::new(3)), a.more());
}
