// ruchy 4.2.1, source XXH3 442d86447a083ca3b890ef75d3297bb1
mod geometry {
    pub fn area(w: i64, h: i64) -> i64 {
        w * h
    }
    pub fn never(w: i64) -> i64 {
        area(w, w)
    }
}
fn sum_to(n: i64) -> i64 {
    fn weight(i: i64) -> i64 {
        i % 10 + 1
    }
    let mut sum: i64 = 0;
    let mut i: i64 = 0;
    while i < n {
        {
            sum += geometry::area(weight(i.clone()), i % 3);
            i += 1;
        }
    }
    sum
}
#[derive(Clone)]
struct Counter {
    count: i64,
}
impl Counter {
    fn new(start: i64) -> Self {
        Self { count: start }
    }
    fn bump(&mut self, by: i64) {
        { self.count += by }
    }
}
fn run(rounds: i64) -> i64 {
    let mut counter = Counter::new(5);
    for round in 0..rounds {
        { counter.bump(sum_to(1000000 + round)) }
    }
    counter.count
}
fn main() {
    println!("count {}", run(20));
}
