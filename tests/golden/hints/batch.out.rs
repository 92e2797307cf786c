#[derive(Clone)]
struct Matrix {
    n: usize,
    cells: Vec<f64>,
}
impl Matrix {
    fn dot(&self, other: &Matrix, row: usize, column: usize) -> f64 {
        {
            let mut sum = 0f64;
            for k in 0..self.n {
                { sum += self.cells[row * self.n + k as usize].clone() * other.cells[k * self.n + column as usize].clone() }
            }
            sum
        }
    }
    fn dot_batch(&self, other: &Matrix, row: usize, column: usize) -> Option<[f64; 16]> {
        let mut sums = [0f64; 16];
        for k in 0..self.n {
            let term_1 = *self.cells.get((row as usize).checked_mul((self.n as usize))?.checked_add((k as usize))?)?;
            let at_2: usize = (k as usize).checked_mul((self.n as usize))?.checked_add((column as usize))?;
            let term_2 = <&[f64; 16] as ::core::convert::TryFrom<&[f64]>>::try_from(other.cells.get(at_2..at_2.checked_add(16)?)?).ok()?;
            for lane in 0..16 { sums[lane] += term_1 * term_2[lane]; }
        }
        Some(sums)
    }
    fn multiply(&self, other: &Matrix) -> Matrix {
        {
            let mut cells = Vec::new();
            for i in 0..self.n {
                {
                    // batch: called 42 times
                    let mut batch_from: usize = 0; while batch_from < self.n && self.n - batch_from >= 16 { match self.dot_batch(&other, i, batch_from) { Some(sums) => for batch_sum in sums { cells.push(batch_sum) }, None => break } batch_from += 16; }
                    for j in batch_from..self.n {
                        { cells.push(self.dot(&other, i, j)) }
                    }
                }
            }
            Matrix { n: self.n, cells: cells }
        }
    }
}
fn main() {
    let mut cells = Vec::new();
    for i in 0..400 {
        { cells.push((i % 7) as f64 / 3.0) }
    }
    let a = Matrix { n: 20, cells: cells };
    println!("{:?}", a.multiply(&a).cells);
}
