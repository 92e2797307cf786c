// Eight calls, a third of a second each: the first must be told long before the last.
fn step(n: u32) -> u32 { std::thread::sleep(std::time::Duration::from_millis(300)); n + 1 }
fn main() { let mut s = 0; for i in 0..8 { s += step(i); } println!("{}", s); }
