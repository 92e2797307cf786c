// expect: E::from=1 code=1 f=5 g::{closure}=4 g=2 k=19 main=1 o=2 p=28 s=2
#[derive(Debug)]
struct E(i32);
impl From<std::num::ParseIntError> for E {
    fn from(_: std::num::ParseIntError) -> E {
        E(code())
    }
}
fn code() -> i32 {
    7
}
fn k(n: i32) -> Result<i32, E> {
    if n < 0 {
        Err(E(n))
    } else {
        Ok(n)
    }
}
fn p(n: i32) -> i32 {
    n
}
fn f(a: i32, b: i32, c: i32) -> Result<i32, E> {
    Ok(p(p(1) + k(a)? + p(k(b)?) + k(c)?) + p(2))
}
fn o(n: i32) -> Option<i32> {
    let x = p(1) + (if n > 0 { Some(p(n)) } else { None })? + p(2);
    Some(p(x))
}
fn s(t: &str) -> Result<i32, E> {
    let n: i32 = t.parse::<i32>()?;
    Ok(p(n) + k(n)? + p(1))
}
fn g(v: &[i32]) -> Result<Vec<i32>, E> {
    v.iter().map(|x| Ok(p(*x) + k(*x)? + p(1))).collect()
}
fn main() -> Result<(), E> {
    println!(
        "{:?} {:?} {:?} {:?}",
        f(1, 2, 3),
        f(-1, 2, 3),
        f(1, -2, 3),
        f(1, 2, -3)
    );
    println!("{:?} {:?} {:?} {:?}", o(1), o(0), s("4"), s("x"));
    println!("{:?} {:?}", g(&[1, 2]), g(&[1, -2, 3]));
    let x = f(p(1), p(2), k(3)?)? + k(-1)? + p(4);
    println!("{x}");
    Ok(())
}
