// expect: f=5 k=19 le=2 ma=2 main=1 s=7 v=36 wl=1
fn k(n: i32) -> bool {
    n > 2
}
fn v(n: i32) -> i32 {
    n
}
fn f(x: Option<i32>, y: i32) -> i32 {
    match (x, v(y)) {
        (Some(n), _) if k(n) && k(y) => v(n) + v(y),
        (Some(n), m) if k(n) || k(m) => v(1),
        (None, 3..=9) if k(v(y)) => return v(8) + v(9),
        (None, _) => v(v(2)),
        _ => v(0) + v(1),
    }
}
fn s(a: &[i32]) -> i32 {
    match a {
        [] => v(0),
        [x] if k(*x) => v(*x) + v(1),
        [x, .., y] if k(*x + *y) => v(*x) + v(*y),
        [_, rest @ ..] => v(1) + s(rest),
    }
}
fn le(x: Option<i32>) -> i32 {
    let Some(n) = x else { return v(1) + v(2) };
    v(n) + v(n)
}
fn wl(mut a: Vec<i32>) -> i32 {
    let mut t = 0;
    while let Some(x) = a.pop() {
        t += v(x) + if k(x) { v(1) } else { continue };
    }
    t
}
fn ma(n: i32) -> bool {
    matches!(v(n), 1 | 2 if k(n + 2)) && matches!(Some(v(n)), Some(x) if k(x))
}
fn main() {
    println!(
        "{} {} {} {} {}",
        f(Some(3), 4),
        f(Some(3), 1),
        f(None, 5),
        f(None, 1),
        f(Some(0), 0)
    );
    println!(
        "{} {} {} {}",
        s(&[]) + s(&[5]),
        s(&[1, 1, 5]),
        s(&[0, 1, 0]),
        le(None) + le(Some(2))
    );
    println!("{} {} {}", wl(vec![1, 5, 3]), ma(1), ma(3));
}
