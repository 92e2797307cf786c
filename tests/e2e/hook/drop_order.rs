// expect: main=1 make=5 both=1 D::drop=5 inspect=1 last=1 last::{closure}=1
struct D(&'static str);
impl Drop for D {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}
fn make(s: &'static str) -> D {
    println!("make {}", s);
    D(s)
}
fn inspect(d: &D, _: &D) -> usize {
    d.0.len()
}
fn both(a: D, _: D) -> usize {
    println!("both");
    a.0.len()
}
fn last() -> usize {
    let d = make("e");
    let f = || d.0.len();
    f()
}
fn main() {
    let n = inspect(&make("a"), &make("b"));
    println!("{}", n);
    println!("{}", both(make("c"), make("d")));
    println!("{}", last());
}
