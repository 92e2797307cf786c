// expect: main=1 get=4 use_it=2 fallback=2 main::{closure}=1
fn get(n: i32) -> Option<i32> {
    if n > 0 { Some(n) } else { None }
}
fn fallback(n: i32) -> i32 {
    n
}
fn use_it(n: i32) -> i32 {
    let Some(a) = get(n) else {
        return fallback(1) + fallback(2);
    };
    let Some(b) = get(a - 1) else { panic!("no") };
    a + b
}
fn main() {
    println!("{} {}", use_it(2), use_it(0));
    let r = std::panic::catch_unwind(|| 1);
    println!("{}", r.is_ok());
    println!("{}", if get(7).is_some() { 1 } else { use_it(3) });
}
