// A call through a trait object for every element: the target is not known in the text.
trait Shape {
    fn area(&self) -> f64;
}
struct Square(f64);
struct Circle(f64);
impl Shape for Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}
impl Shape for Circle {
    fn area(&self) -> f64 {
        3.0 * self.0 * self.0
    }
}
fn main() {
    let mut shapes: Vec<Box<dyn Shape>> = Vec::new();
    for i in 0..1000 {
        if i % 3 == 0 {
            shapes.push(Box::new(Circle(i as f64)));
        } else {
            shapes.push(Box::new(Square(i as f64)));
        }
    }
    let mut total = 0.0;
    for _ in 0..std::hint::black_box(40_000) {
        for s in &shapes {
            total += s.area();
        }
    }
    println!("{total}");
}
