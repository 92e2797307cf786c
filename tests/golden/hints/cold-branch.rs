fn check(n: i64) -> i64 {
    if n < 0 {
        panic!("negative")
    }
    match n {
        7 => { 8 }
        _ => n,
    }
}
fn main() {
    println!("{}", check(3));
}
