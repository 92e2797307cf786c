// expect: main=1 add=7 one=6 two=2
fn one() -> i32 {
    1
}
fn two() -> i32 {
    one() + one()
}
fn add(a: i32, b: i32) -> i32 {
    a + b
}
fn main() {
    let a = add(add(one(), two()), add(1, one()));
    let b = {
        let c = add(a, 2);
        add(c, { two(); add(1, 2) })
    };
    println!("{} {}", a, add(a, b));
}
