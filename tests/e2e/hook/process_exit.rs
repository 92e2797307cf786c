// expect: main=1 work=2 maybe_exit=2 deep=2 never=0
// status: 7
fn work(n: i32) -> i32 {
    n + 1
}
fn never() -> i32 {
    1
}
fn maybe_exit(n: i32) -> i32 {
    if n > 3 {
        println!("bye");
        std::process::exit(7);
    }
    n
}
fn deep(n: i32) -> i32 {
    maybe_exit(n) + if n > 3 { never() } else { 0 }
}
fn main() {
    let a = work(1) + deep(2);
    let b = work(a) + deep(5) + never();
    println!("{}", b + never() + never());
}
