// expect: main=1 yes=11 no=6
fn yes() -> bool {
    true
}
fn no() -> bool {
    false
}
fn main() {
    let a = yes() && no() && yes();
    let b = no() || yes() || no();
    let c = (yes() || no()) && yes();
    let mut n = 0;
    while yes() && n < 2 {
        n += 1;
    }
    let d = if yes() && no() { yes() } else { no() };
    let e = yes() & no() | yes();
    println!("{} {} {} {} {} {}", a, b, c, d, e, no() && yes());
    println!("{}", yes());
}
