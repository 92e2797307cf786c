fn multiply(a: &Vec<Vec<f64>>, b: &Vec<Vec<f64>>, n: usize) -> Vec<Vec<f64>> {
    let mut c: Vec<Vec<f64>> = vec![vec![0f64; n]; n];
    for i in 0..n {
        {
            for j in 0..n {
                {
                    let mut sum = 0f64;
                    for k in 0..n {
                        {
                            sum += a[i as usize][k as usize].clone() * b[k as usize][j as usize].clone();
                        }
                    }
                    c[i as usize][j as usize] = sum;
                }
            }
        }
    }
    c
}
fn main() {
    let a = vec![vec![1f64, 2f64], vec![3f64, 4f64]];
    println!("{:?}", multiply(&a, &a, 2));
}
