// ruchy 4.2.1, source XXH3 f2e45e62fc4c4413c39fa32053cd29d0
trait Shape {
    fn area(&self) -> i64;
    fn scaled(&self, factor: i64) -> i64 {
        { self.area() * factor }
    }
}
#[derive(Clone)]
struct Square {
    side: i64,
}
#[derive(Clone)]
struct Rectangle {
    width: i64,
    height: i64,
}
impl Shape for Square {
    fn area(&self) -> i64 {
        { self.side * self.side }
    }
}
impl Shape for Rectangle {
    fn area(&self) -> i64 {
        { self.width * self.height }
    }
}
fn measure<T: Shape>(shape: &T) -> i64 {
    shape.area() + shape.scaled(2)
}
fn total_of<T: Shape>(shape: &T, times: i64) -> i64 {
    let mut total: i64 = 0;
    for k in 0..times {
        { total += shape.scaled(k) }
    }
    total
}
fn main() {
    let mut total: i64 = 0;
    let mut n: i64 = 0;
    while n < 20000000 {
        {
            if n % 3 == 0 {
                total += measure(&Square { side: n % 10 })
            } else {
                total
                    += measure(
                        &Rectangle {
                            width: n % 7,
                            height: n % 11,
                        },
                    )
            };
            n += 1;
        }
    }
    total += total_of(&Square { side: 3 }, 1000);
    println!("total area {}", total);
}
