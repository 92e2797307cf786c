// expect: main=1 kind=4 small=4 big=5 guard=3
fn kind(n: i32) -> i32 {
    match n {
        0 => small() + small(),
        x if guard(x) => {
            let a = big();
            a + big()
        }
        1 | 2 => small() + big() + big(),
        _ => small(),
    }
}
fn guard(n: i32) -> bool {
    n == 1
}
fn small() -> i32 {
    1
}
fn big() -> i32 {
    100
}
fn main() {
    println!("{} {} {} {}", kind(0), kind(1), kind(2), kind(3));
    let r = match big() { 100 => "hundred", _ => "other" };
    println!("{}", r);
}
