// expect: a=3 k=7 main=1 quit=3
fn k(n: i32) -> i32 {
    n
}
fn quit(n: i32) -> i32 {
    if n > 2 {
        println!("bye");
        std::process::exit(k(3))
    }
    n
}
fn a(n: i32) -> i32 {
    k(1) + quit(n) + k(2)
}
fn main() {
    println!("{}", a(1));
    println!("{}", k(5) + a(2) + a(3) + k(6));
}
