pub fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
pub fn pillai(n: i64) -> i64 {
    let mut sum = 0;
    let mut i = 1;
    while i <= n {
        {
            sum = sum + gcd(i.clone(), n.clone());
            i = i + 1;
        }
    }
    sum
}
#[derive(Clone)]
pub struct Tally {
    pub total: i64,
    pub steps: i64,
}
impl Tally {
    pub fn start() -> Tally {
        { Tally { total: 0, steps: 0 } }
    }
    pub fn add(&mut self, n: i64) {
        {
            self.total = self.total + pillai(n);
            self.steps = self.steps + 1;
        }
    }
}
fn main() {}
