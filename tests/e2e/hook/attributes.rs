#![allow(dead_code)]
// lints: -D warnings
#![deny(missing_docs, unused_qualifications, unused_results, unreachable_pub, missing_debug_implementations)]
#![cfg_attr(all(), forbid(unsafe_code))]
//! Attributes wherever Rust allows them; what is left out by `#[cfg]` makes no calls.
// expect: id=21 chosen=1 chosen#2=0 pick=2 documented=1 denied=1 lucky=2 S::new=1 S::get=1 S::hidden=0 in_arm=2 many=1 outer=1 outer::inner=1 outer::inner2=0 main=1 main::{closure}=1 expected=1 cfg_parameters=1
#[inline(never)]
fn id(n: i32) -> i32 {
    n
}
#[cfg(all())]
fn chosen() -> i32 {
    id(1)
}
#[cfg(any())]
fn chosen() -> i32 {
    id(2) + id(3)
}
/// Looks like code: `id(1)`, fn id() {} }}
#[doc = "fn id() { deny(x) }"]
#[must_use]
#[cold]
fn documented() -> i32 {
    #![allow(unused_variables)]
    let nothing = id(4);
    id(5)
}
#[deny(clippy::all, unused)]
#[rustfmt::skip]
fn denied() -> i32 { id(6) }
#[expect(unused_variables, reason = "to see that no copy complains")]
fn expected(x: i32) -> i32 {
    id(7)
}
#[inline(always)]
#[cfg_attr(all(), allow(non_snake_case), must_use)]
fn lucky(#[allow(unused)] N: i32) -> i32 {
    id(8)
}
fn cfg_parameters(#[cfg(any())] a: i32, #[cfg(all())] b: i32) -> i32 {
    id(b)
}
fn pick(n: i32) -> i32 {
    #[cfg(any())]
    id(9);
    #[cfg(any())]
    let n = id(n) + id(10);
    #[cfg(all())]
    let n = id(n);
    #[cfg(any())]
    {
        return id(n) + id(1);
    }
    #[allow(unused_parens)]
    let m = (id(n));
    #[cfg(not(any()))]
    return m;
    #[cfg(any())]
    return id(m);
}
#[derive(Debug)]
struct S {
    #[cfg(any())]
    gone: i32,
    kept: i32,
}
impl S {
    #![allow(clippy::all)]
    #[must_use]
    fn new() -> S {
        S {
            #[cfg(any())]
            gone: id(11) + id(12),
            #[cfg(all())]
            kept: id(13),
        }
    }
    #[cfg(all())]
    fn get(&self) -> i32 {
        self.kept
    }
    #[cfg(any())]
    fn hidden(&self) -> i32 {
        self.gone
    }
}
fn in_arm(n: i32) -> i32 {
    match n {
        #[cfg(any())]
        1 => id(14) + id(15),
        #[allow(unused)]
        1 => id(16),
        #[cfg(all())]
        2 => {
            id(17)
        }
        _ => 0,
    }
}
fn many() -> Vec<i32> {
    let array = [
        #[cfg(any())]
        id(18),
        #[cfg(all())]
        id(19),
        id(20),
    ];
    let v = vec![
        #[cfg(any())]
        id(18),
        id(21),
    ];
    array.into_iter().chain(v).collect()
}
#[allow(unused)]
fn outer() -> i32 {
    #[cold]
    #[inline(never)]
    fn inner() -> i32 {
        id(22)
    }
    #[cfg(any())]
    fn inner2() -> i32 {
        id(23)
    }
    inner()
}
fn main() {
    println!("{} {} {}", chosen(), pick(3), pick(4));
    println!("{} {} {}", documented(), denied(), lucky(1) + lucky(2));
    println!("{} {}", S::new().get(), expected(3));
    println!("{} {} {:?} {}", in_arm(1), in_arm(2), many(), outer());
    println!("{}", cfg_parameters(2));
    #[allow(unused)]
    let closure = |n: i32| id(n);
    println!("{}", closure(24));
    println!("{}", id(
        #[cfg(all())]
        25,
    ));
}
