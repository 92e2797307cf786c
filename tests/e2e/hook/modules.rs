// expect: a::b::c::f=16 a::b::c::g=7 a::b::f=7 a::f=34 cf#2=0 cf=3 d::e::h=1 d::f=2 imp::i32::ext=1 main=1 x::f=2 x::y=1
mod a {
    pub fn f() -> i32 {
        1
    }
    pub mod b {
        pub fn f() -> i32 {
            super::f() + self::c::f() + c::g()
        }
        pub mod c {
            pub fn f() -> i32 {
                crate::a::f()
            }
            pub(in crate::a) fn g() -> i32 {
                super::super::f() + f()
            }
        }
    }
    pub use b::f as bf;
}
mod d {
    use super::a;
    use super::a::b::{self, c, f as g};
    pub fn f() -> i32 {
        a::f() + b::f() + g() + c::f() + a::bf()
    }
    pub mod e {
        use super::*;
        pub fn h() -> i32 {
            f() + a::f()
        }
    }
}
mod x {
    pub use super::a::*;
    pub fn y() -> i32 {
        f()
    }
    pub fn f() -> i32 {
        50
    }
}
use d::e::h;
#[cfg(not(test))]
fn cf() -> i32 {
    1
}
#[cfg(test)]
fn cf() -> i32 {
    2
}
mod imp {
    pub trait Ext {
        fn ext(&self) -> i32;
    }
    impl Ext for i32 {
        fn ext(&self) -> i32 {
            *self + super::cf()
        }
    }
}
fn main() {
    use imp::Ext;
    println!(
        "{} {} {} {} {} {}",
        a::f(),
        d::f(),
        h(),
        x::y() + x::f() + x::b::f(),
        cf() + cf(),
        3.ext()
    );
}
