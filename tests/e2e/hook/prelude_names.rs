// expect: Some=1 assert=2 drop=6 format=1 main=1 matches=2 panic=2 print=1 println=1 vec=1 write=1
fn drop(x: i32) -> i32 {
    x + 1
}
fn Some(x: i32) -> Option<i32> {
    Option::Some(drop(x))
}
fn vec(n: usize) -> Vec<i32> {
    vec![drop(1); n]
}
fn println(s: &str) {
    println!("{}", s)
}
fn panic(n: i32) -> i32 {
    n
}
fn format() -> String {
    format!("{}", drop(4))
}
fn print() {}
fn assert(b: bool) -> bool {
    b
}
fn matches(n: i32) -> bool {
    matches!(n, 1 | 2)
}
fn write(_: &str) -> i32 {
    3
}
fn main() {
    let a = drop(1);
    println!("{:?} {:?}", Some(a), vec(2));
    println("x");
    println!(
        "{} {} {} {}",
        panic(2),
        format(),
        assert(true),
        matches(drop(0))
    );
    print();
    assert!(assert(true));
    assert!(matches(1), "{}", write("x"));
    let v = vec![panic(1), drop(2)];
    println!("{}", v.len() as i32 + write("y"));
}
