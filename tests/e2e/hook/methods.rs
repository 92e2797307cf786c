// expect: main=1 Point::new=5 Point::length=4 Point::add=1 Point::moved=2 Point::shift=2 Point::boxed=1 Counter::tick=6 Counter::run=2 Point::x=1 clash=1
#[derive(Clone, Copy, Debug, PartialEq)]
struct Point {
    x: i32,
    y: i32,
}
impl Point {
    fn new(x: i32, y: i32) -> Self {
        Self { x, y }
    }
    fn length(&self) -> i32 {
        self.x * self.x + self.y * self.y
    }
    fn add(&self, other: &Point) -> Point {
        Point::new(self.x + other.x, self.y + other.y)
    }
    fn moved(mut self, by: i32) -> Point {
        self.shift(by);
        self
    }
    fn shift(&mut self, by: i32) {
        self.x += by;
    }
    fn boxed(self: Box<Self>) -> i32 {
        self.x
    }
    fn x(self) -> i32 {
        self.x
    }
}
struct Counter {
    n: u32,
}
impl Counter {
    fn tick(&mut self) -> u32 {
        self.n += 1;
        self.n
    }
    fn run(&mut self) -> u32 {
        let a = self.tick() + self.tick();
        a + Self::tick(self)
    }
}
fn clash(p: &Point, q: Point) -> i32 {
    p.length() + q.length() + q.x()
}
fn main() {
    let p = Point::new(3, 4);
    let q = Point::new(1, 1).moved(2);
    let r = p.add(&q);
    println!("{} {} {:?}", p.length(), r.length(), q.moved(1));
    let mut c = Counter { n: 0 };
    println!("{} {}", c.run(), c.run());
    println!("{}", clash(&p, Point::new(1, 2)));
    println!("{}", Box::new(Point::new(9, 9)).boxed());
}
