// expect: init=3 main::{closure#2}::{closure}=3 main::{closure#2}=3 main::{closure#3}=3 main::{closure}=1 main=1 two=16 {closure#2}=1 {closure}=1
use std::sync::{LazyLock, Mutex, OnceLock};
fn init() -> i32 {
    two() + two()
}
fn two() -> i32 {
    2
}
static L: LazyLock<i32> = LazyLock::new(|| init() + two());
static O: OnceLock<i32> = OnceLock::new();
static M: Mutex<Vec<i32>> = Mutex::new(vec![]);
static T: [fn() -> i32; 2] = [two, init];
const F: fn(i32) -> i32 = |x| x + two();
thread_local! { static TL: i32 = two() + two(); }
fn main() {
    println!("{} {}", *L + *L, O.get_or_init(init));
    M.lock().unwrap().push(two());
    println!("{} {} {}", T[0]() + T[1](), F(1), TL.with(|t| *t + two()));
    let h: Vec<_> = (0..3)
        .map(|i| std::thread::spawn(move || two() + i + *L))
        .collect();
    println!("{}", h.into_iter().map(|h| h.join().unwrap()).sum::<i32>());
}
