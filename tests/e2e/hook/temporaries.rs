// expect: main=1 bar=3 foo=3 text=2 name=2 swap=1 first=1 index=2 value=2
fn bar() -> String {
    String::from("bar")
}
fn foo(s: &String) -> &str {
    &s[1..]
}
fn text(s: &str) -> String {
    s.to_string()
}
fn name<'a>(a: &'a str, _: &str) -> &'a str {
    a
}
fn swap(v: &mut Vec<i32>, i: usize) -> usize {
    v.push(i as i32);
    v.len()
}
fn first(v: &mut [i32]) -> &mut i32 {
    &mut v[0]
}
fn index(n: usize) -> usize {
    print!("i{} ", n);
    n
}
fn value(n: i32) -> i32 {
    print!("v{} ", n);
    n
}
fn main() {
    let n = foo(&bar()).len() + foo(&bar()).len();
    println!("{} {}", n, foo(&bar()).len());
    println!("{}", name(&text("x"), name("y", &text("z"))));
    let mut v = vec![1, 2];
    let len = swap(&mut v, 7);
    *first(&mut v) = 5;
    v[index(1)] = value(8);
    v[index(0)] += value(2);
    println!("{:?} {}", v, len);
}
