struct Matrix {
    n: usize,
    cells: Vec<f64>,
}

fn small(k: usize) -> f64 {
    k as f64 / 4.0
}

impl Matrix {
    fn new(n: usize, factor: usize) -> Matrix {
        let cells = (0..n * n).map(|at| small((at / n * factor + at % n * 7) % 11)).collect();
        Matrix { n, cells }
    }

    fn dot(&self, other: &Matrix, row: usize, column: usize) -> f64 {
        let mut sum = 0.0;
        for k in 0..self.n {
            sum += self.cells[row * self.n + k] * other.cells[k * self.n + column];
        }
        sum
    }

    fn multiply(&self, other: &Matrix) -> Matrix {
        let mut cells = Vec::with_capacity(self.n * self.n);
        for i in 0..self.n {
            for j in 0..self.n {
                cells.push(self.dot(other, i, j));
            }
        }
        Matrix { n: self.n, cells }
    }

    fn trace(&self) -> f64 {
        (0..self.n).map(|i| self.cells[i * self.n + i]).sum()
    }
}

fn main() {
    let a = Matrix::new(400, 3);
    let b = Matrix::new(400, 5);
    println!("trace {}", a.multiply(&b).trace());
}
