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
    fn multiply(&self, other: &Matrix) -> Matrix {
        {
            let mut cells = Vec::new();
            for i in 0..self.n {
                {
                    for j in 0..self.n {
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
