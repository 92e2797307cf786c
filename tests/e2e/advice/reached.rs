//: --lines
//- never-taken never-called
// Everything is reached.
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
fn main() {
    println!("{}", (0..150).map(|n| name(n).len()).sum::<usize>());
}
