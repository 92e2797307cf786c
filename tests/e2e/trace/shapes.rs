use std::fmt;
#[derive(Clone)]
struct Point { x: i32, y: i32 }
trait Shape { fn area(&self, k: f64) -> f64; fn name(&self) -> String { "shape".to_string() } }
impl Shape for Point { fn area(&self, k: f64) -> f64 { if k > 2.0 { return 0.5; } self.x as f64 * self.y as f64 * k } }
impl Point { fn shift(&mut self, d: i32) -> &mut i32 { self.x += d; &mut self.x } }
fn parse(s: &str) -> Result<i32, std::num::ParseIntError> { let v = s.parse::<i32>()?; Ok(v + 1) }
fn opt(v: Option<i32>) -> Option<i32> { let x = v?; if x > 3 { return None } Some(x * 2) }
fn gen<T: fmt::Debug + Clone>(t: T, n: usize) -> Vec<T> { let mut v = Vec::new(); for _ in 0..n { v.push(t.clone()); } v }
fn boxed(n: i32) -> Box<dyn Fn(i32) -> i32> { if n > 1 { Box::new(move |x| x + n) } else { Box::new(|x| x) } }
fn imp(n: i32) -> impl Iterator<Item = i32> { (0..n).map(|x| x * 2) }
fn pat((a, b): (i32, i32), [c, _d]: [u8; 2]) -> i32 { a + b + c as i32 }
fn unit(_x: i32) { if _x > 3 { return; } println!("unit {}", _x); }
fn never(code: i32) -> ! { std::process::exit(code) }
fn boom(n: i32) -> i32 { if n == 0 { panic!("boom") } boom(n - 1) + 1 }
fn longest<'a>(a: &'a str, b: &'a str) -> &'a str { if a.len() > b.len() { a } else { b } }
fn lit() -> u8 { 5 }
fn chars(c: char, b: bool, u: u128, f: f32) -> i128 { if b { c as i128 + u as i128 } else { f as i128 - 1 } }
fn main() {
    let mut p = Point { x: 2, y: 3 };
    println!("{} {}", p.area(1.5), p.area(3.0));
    *p.shift(4) += 1;
    println!("{:?} {:?}", parse("12"), parse("zz").is_err());
    println!("{:?} {:?} {:?}", opt(Some(2)), opt(None), opt(Some(9)));
    println!("{:?} {:?}", gen("x", 3), gen(7u8, 2));
    println!("{}", boxed(3)(4) + boxed(0)(1));
    println!("{:?}", imp(3).collect::<Vec<_>>());
    println!("{}", pat((1, 2), [3, 4]));
    unit(2); unit(5);
    println!("{}", longest("hello", "wörld \u{202e} \"quoted\" and a really long text, much longer than what fits"));
    println!("{}", lit());
    println!("{} {}", chars('é', true, u128::MAX / 3, 1.5), chars('"', false, 0, -0.1));
    let sq = |x: i32| { if x > 2 { return 0; } x * x };
    println!("{}", (0..5).map(sq).sum::<i32>());
    println!("{}", (0..5).map(|y| y + 1).sum::<i32>());
    let r = std::panic::catch_unwind(|| boom(3));
    println!("{}", r.is_err());
    let hs: Vec<_> = (0..3).map(|i| std::thread::spawn(move || { unit(i + 4) })).collect();
    for h in hs { h.join().unwrap(); }
    never(0);
}
