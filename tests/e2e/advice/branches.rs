//: --lines
//+ never-taken never-called
// One arm that no argument reaches, and a function that nobody calls.
fn name(n: u32) -> &'static str {
    if n > 100 {
        return "large";
    }
    match n % 3 {
        0 => "none",
        1 => "one",
        _ => "two",
    }
}
fn unused() -> u32 {
    7
}
fn main() {
    println!("{}", (0..50).map(|n| name(n).len()).sum::<usize>());
    if std::env::args().count() > 9 {
        println!("{}", unused());
    }
}
