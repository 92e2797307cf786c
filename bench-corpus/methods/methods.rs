// ruchy 4.2.1, source XXH3 451eb49f868b1a86b4031d1b8b454eac
#[derive(Clone)]
struct Point {
    x: i64,
    y: i64,
}
impl Point {
    fn new(x: i64, y: i64) -> Point {
        { Point { x: x, y: y } }
    }
    fn add(&self, other: &Point) -> Point {
        { Point::new(self.x + other.x, self.y + other.y) }
    }
    fn turn(&mut self) {
        {
            {
                let x = self.x;
                {
                    self.x = 0 - self.y;
                    self.y = x;
                }
            }
        }
    }
    fn distance(&self) -> i64 {
        { self.x.abs() + self.y.abs() }
    }
}
#[derive(Clone)]
struct Walker {
    at: Point,
    heading: Point,
    farthest: i64,
}
impl Walker {
    fn new() -> Walker {
        {
            Walker {
                at: Point::new(0, 0),
                heading: Point::new(1, 0),
                farthest: 0,
            }
        }
    }
    fn forward(&mut self) {
        {
            self.at = self.at.add(&self.heading);
            {
                let d = self.at.distance();
                if d > self.farthest {
                    self.farthest = d;
                }
            }
        }
    }
    fn walk(&mut self, steps: i64) {
        {
            let mut state: i64 = 7;
            let mut i: i64 = 0;
            while i < steps {
                {
                    state = state * 48271 % 2147483647;
                    if state % 3 == 0 {
                        self.heading.turn()
                    }
                    self.forward();
                    i += 1;
                }
            }
        }
    }
}
fn main() {
    let mut walker = Walker::new();
    walker.walk(10000000);
    println!("at ({}, {}), farthest {}", walker.at.x, walker.at.y, walker.farthest);
}
