// edition: 2024
// expect: f=4 k=10 main=1 v=25 w=1
fn k(n: i32) -> Option<i32> {
    if n > 0 { Some(n) } else { None }
}
fn v(n: i32) -> i32 {
    n
}
fn f(a: i32, b: i32) -> i32 {
    if let Some(x) = k(a)
        && v(x) > 1
        && let Some(y) = k(b)
    {
        v(x) + v(y)
    } else if v(a) > 0 {
        v(1)
    } else {
        v(2) + v(3)
    }
}
fn w(mut n: i32) -> i32 {
    let mut t = 0;
    while let Some(x) = k(n)
        && v(x) != 2
    {
        t += v(x) + v(1);
        n -= v(1);
    }
    t
}
fn main() {
    println!("{} {} {} {}", f(3, 4), f(3, 0), f(1, 1), f(0, 0));
    println!("{}", w(5));
}
