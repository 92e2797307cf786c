// expect: main=1 step=5 label=9 check=3 twice=4 main::{closure}=2 main::{closure#2}=2
macro_rules! call_twice {
    ($f:ident, $x:expr) => {
        $f($x) + $f($x + 1)
    };
}
fn step(n: i32) -> i32 {
    n + 3
}
fn label(n: i32) -> String {
    format!("<{}>", n)
}
fn check(n: i32) -> bool {
    n > 0
}
fn twice(n: i32) -> i32 {
    n * 2
}
fn main() {
    let mut n = 0;
    println!("{:?}", while n < 10 {
        n = step(n);
        println!("{}", label(n));
    });
    println!("{a} {b:?} {0}", label(1), a = label(2), b = vec![label(3), label(4)]);
    assert!(check(1), "never {}", label(99));
    assert_eq!(label(5), "<5>", "{}", label(100));
    let _ = check(2);
    assert!(check(3));
    println!("{}", matches!(step(0), 3 | 4 if n > 0));
    println!("{}", call_twice!(twice, 4));
    println!("{:?}", vec![twice(1); 2]);
    println!("{}", format!("{}{}", (0..2).map(|x| x + 1).count(), [1, 2].iter().map(|x| x + 1).sum::<i32>()));
    let s = format!("{}", if n > 3 { twice(n) } else { step(1) });
    println!("{s}");
}
