// expect: T::triple=0 carry=0 other::get=0 adc=2 imp::add=0 imp::inner=0 sub=1 T::scale=2 T::scale#2=0 T::twice=2 T::only=1 main=1 helper=0 helper#2=3 with_import=2 imp::add#2=2 imp::inner#2=2
// What `#[cfg]` leaves out has its place taken by something that the text does not show: a macro's function, an import, another file.
#![allow(unused)]
macro_rules! as_it_is {
    ($($item:item)*) => { $($item)* };
}
#[cfg(all())]
as_it_is! {
    fn carry(n: i32) -> i32 {
        n + 100
    }
}
#[cfg(any())]
fn carry(n: i32) -> i32 {
    n
}
fn adc(n: i32) -> i32 {
    carry(n) + carry(n)
}
#[cfg(any())]
mod imp {
    pub fn add(n: i32) -> i32 {
        inner(n)
    }
    fn inner(n: i32) -> i32 {
        n
    }
}
#[cfg(all())]
mod imp {
    pub fn add(n: i32) -> i32 {
        inner(n)
    }
    fn inner(n: i32) -> i32 {
        n + 1
    }
}
fn sub(n: i32) -> i32 {
    imp::add(n) + imp::add(n)
}
#[cfg(any())]
mod other {
    pub fn get() -> i32 {
        1
    }
}
#[cfg(all())]
use elsewhere as other;
as_it_is! {
    mod elsewhere {
        pub fn get() -> i32 {
            2
        }
    }
}
fn with_import() -> i32 {
    other::get() + other::get()
}
struct T(i32);
#[cfg(all())]
impl T {
    fn scale(&self) -> i32 {
        self.0 * 10
    }
}
#[cfg(any())]
impl T {
    fn scale(&self) -> i32 {
        self.0
    }
}
#[cfg(any())]
impl T {
    fn triple(&self) -> i32 {
        self.0
    }
}
as_it_is! {
    impl T {
        fn triple(&self) -> i32 {
            self.0 * 3
        }
    }
}
impl T {
    fn twice(&self) -> i32 {
        T::scale(self) + Self::triple(self)
    }
    #[cfg(all())]
    fn only(&self) -> i32 {
        self.0
    }
}
#[cfg(any())]
fn helper() -> i32 {
    1
}
#[cfg(all())]
fn helper() -> i32 {
    2
}
fn main() {
    println!("{} {} {}", adc(1), adc(2), sub(3));
    println!("{} {}", with_import(), with_import());
    println!("{} {} {}", T(2).twice(), T::twice(&T(3)), T(4).only());
    println!("{} {} {}", helper(), helper(), helper());
}
