// expect: Shape::name=1 Shape::twice=7 Sq::area=6 Sq::new=3 Tri::area=8 Tri::name=1 Tri::new=4 main=1 side=36 total=2 tri=1
trait Shape {
    const SIDES: u32;
    const N: u32 = Self::SIDES * 2;
    fn new(s: f64) -> Self
    where
        Self: Sized;
    fn area(&self) -> f64;
    fn name() -> String {
        format!("{}", Self::SIDES + 0)
    }
    fn twice(&self) -> f64 {
        self.area() + self.area()
    }
}
struct Sq(f64);
struct Tri(f64);
impl Shape for Sq {
    const SIDES: u32 = 4;
    fn new(s: f64) -> Self {
        Sq(side(s))
    }
    fn area(&self) -> f64 {
        self.0 * side(self.0)
    }
}
impl Shape for Tri {
    const SIDES: u32 = 3;
    fn new(s: f64) -> Self {
        Tri(side(s))
    }
    fn area(&self) -> f64 {
        side(self.0) + side(1.0)
    }
    fn name() -> String {
        tri()
    }
}
fn side(x: f64) -> f64 {
    x
}
fn tri() -> String {
    "t".to_string()
}
fn total<T: Shape>(n: u32) -> f64 {
    let mut t = 0.0;
    for i in 0..n {
        t += T::new(i as f64).twice() + side(1.0);
    }
    t + (T::N as f64)
}
fn main() {
    println!(
        "{} {} {} {}",
        total::<Sq>(3),
        total::<Tri>(4),
        Sq::name(),
        <Tri as Shape>::name()
    );
}
