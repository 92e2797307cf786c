// ruchy 4.2.1, source XXH3 8917ab6b2d56fcb197a976a215844467
#[derive(Clone)]
struct Stack<T> {
    items: Vec<T>,
}
impl<T> Stack<T> {
    fn new() -> Stack<T> {
        { Stack { items: Vec::new() } }
    }
    fn push(&mut self, item: T) {
        { self.items.push(item) }
    }
    fn pop(&mut self) -> Option<T> {
        { self.items.pop() }
    }
}
fn larger<T: PartialOrd>(a: T, b: T) -> T {
    if a > b { a } else { b }
}
fn swap<A, B>(pair: (A, B)) -> (B, A) {
    let (a, b) = pair;
    (b, a)
}
fn main() {
    let mut numbers: Stack<i64> = Stack::new();
    let mut weights: Stack<f64> = Stack::new();
    let mut i: i64 = 0;
    while i < 3000000 {
        {
            numbers.push(i * 7919 % 1000003);
            weights.push((i as f64) * 0.5f64);
            i += 1;
        }
    }
    let mut most: i64 = 0;
    let mut heaviest = 0f64;
    let mut pairs: i64 = 0;
    while let Some(n) = numbers.pop() {
        {
            most = larger(most, n);
            if let Some(w) = weights.pop() {
                {
                    heaviest = larger(heaviest, w);
                    let (x, y) = swap((n, w));
                    if x > 1f64 && y % 2 == 0 {
                        pairs += 1;
                    }
                }
            }
        }
    }
    println!("most {}, heaviest {}, pairs {}", most, heaviest, pairs);
}
