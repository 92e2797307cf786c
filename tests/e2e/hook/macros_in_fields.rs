// A macro as the value of a field, not the end of a path; one that a path ends in is left alone; `use super::*;` takes no macro's name.
// expect: main=1 f=6 inner::g=1 main::{closure}=2 main::{closure#2}=3 inner::g::{closure}=2
struct P { s: String, v: Vec<u64> }

fn f(n: u64) -> u64 {
    n + 1
}

mod inner {
    use super::*;
    pub fn g(n: u64) -> String {
        format!("{:?}", [n, 2].iter().map(|x| f(*x)).collect::<Vec<u64>>())
    }
}

fn main() {
    let p = P {
        s: format!("{:?}", [1, 2].iter().map(|x| x + f(3)).collect::<Vec<u64>>()),
        v:
            vec![f(1), [1u64, 2, 3].iter().map(|x| x * 2).sum()],
    };
    let q = std::format!("{}", f(5));
    println!("{} {:?} {} {}", p.s, p.v, q, inner::g(4));
}
