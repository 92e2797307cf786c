// ruchy 4.2.1, source XXH3 5088b1894b235a63b6b30eb5615adc4e
#[derive(Clone)]
struct Matrix {
    n: usize,
    cells: Vec<f64>,
}
impl Matrix {
    fn new(n: usize, factor: usize) -> Matrix {
        {
            let mut cells = Vec::new();
            for i in 0..n {
                {
                    for j in 0..n {
                        { cells.push(small((i * factor + j * 7) % 11)) }
                    }
                }
            }
            Matrix { n: n, cells: cells }
        }
    }
    fn dot(&self, other: &Matrix, row: usize, column: usize) -> f64 {
        {
            let mut sum = 0f64;
            for k in 0..self.n {
                {
                    sum
                        += self.cells[row * self.n + k as usize].clone()
                            * other.cells[k * self.n + column as usize].clone()
                }
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
    fn trace(&self) -> f64 {
        {
            let mut sum = 0f64;
            for i in 0..self.n {
                { sum += self.cells[i * self.n + i as usize].clone() }
            }
            sum
        }
    }
}
fn small(k: usize) -> f64 {
    (k as f64) / 4f64
}
fn main() {
    {
        let a = Matrix::new(400, 3);
        {
            let b = Matrix::new(400, 5);
            {
                let c = a.multiply(&b);
                println!("trace {}", c.trace())
            }
        }
    }
}
