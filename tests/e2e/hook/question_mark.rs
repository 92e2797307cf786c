// expect: main=1 parse=7 sum=4 double=4 first=2
fn parse(s: &str) -> Result<i32, std::num::ParseIntError> {
    s.parse::<i32>()
}
fn double(n: i32) -> i32 {
    n * 2
}
fn sum(a: &str, b: &str) -> Result<i32, std::num::ParseIntError> {
    let x = double(parse(a)?) + double(parse(b)?);
    Ok(double(x))
}
fn first(v: &[i32]) -> Option<i32> {
    let n = v.first()?;
    Some(*n)
}
fn main() {
    println!("{:?} {:?} {:?} {:?}", sum("1", "2"), sum("x", "2"), sum("3", "y"), sum("", ""));
    println!("{:?} {:?}", first(&[4]), first(&[]));
    println!("{:?}", parse("9"));
}
