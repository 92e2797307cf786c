// Runs that end in a panic, or come close to one: the argument chooses. Printed is what happened before.
use std::collections::HashMap;
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
                { sum += self.cells[row * self.n + k as usize].clone() * other.cells[k * other.n + column as usize].clone() }
            }
            sum
        }
    }
    fn multiply(&self, other: &Matrix, row: usize) -> Vec<f64> {
        {
            let mut cells = Vec::new();
            for j in 0..self.n {
                { cells.push(self.dot(&other, row, j)) }
            }
            cells
        }
    }
}
fn matrix(n: usize, cells: usize) -> Matrix {
    let mut list = Vec::new();
    for i in 0..cells {
        { list.push(i as f64 / 3.0) }
    }
    Matrix { n: n, cells: list }
}
fn divide(values: &mut Vec<u64>, low: i64, high: i64, pivot: u64) -> i64 {
    let mut store = low;
    for i in low..high {
        {
            println!("{}", i);
            if values[i.max(0) as usize].clone() < 0 {
                println!("never");
            }
            if values[i as usize].clone() < pivot {
                values.swap((i as usize), (store as usize));
                store += 1;
            }
        }
    }
    store
}
fn split(values: &mut Vec<u64>, first: i64, pivot: u64) -> i64 {
    let mut store: i64 = first;
    for i in 0..values.len() {
        {
            if values[i as usize].clone() < pivot {
                values.swap((i as usize), (store as usize));
                store += 1;
            }
        }
    }
    store
}
fn fibonacci(n: i16) -> i16 {
    if n <= 1 { n } else { fibonacci(n - 1) + fibonacci(n - 2) }
}
fn growing(n: i8) -> i8 {
    if n == 0 { 100 } else { growing(n - 1) + 1 }
}
fn squares(values: &Vec<i64>) -> i64 {
    let mut total: i64 = 0;
    for v in values.iter().map(move |x| x * x % 1009).collect::<Vec<_>>() {
        { total += v }
    }
    total
}
fn rests(values: &Vec<i64>) -> i64 {
    let mut total: i64 = 9223372036854775800;
    for v in values.iter().map(move |x| x % 1009).collect::<Vec<_>>() {
        { total += v }
    }
    total
}
fn note(seen: &mut HashMap<String, i8>, w: &str) {
    *seen.entry(w.to_string()).or_insert(120) += 1;
}
fn loud(text: &str) -> String {
    println!("loud {}", text);
    if text == "stop" {
        panic!("stopped")
    }
    text.to_string()
}
fn both(a: &str, b: &str) -> String {
    format!("{}, {}!", loud(a), loud(b))
}
fn run(which: i64) {
    match which {
        0 => println!("{:?}", matrix(40, 1600).multiply(&matrix(40, 1600), 3)),
        1 => println!("{:?}", matrix(40, 1600).multiply(&matrix(40, 1590), 3)),
        2 => println!("{:?}", matrix(40, 1600).multiply(&matrix(40, 20), 3)),
        3 => println!("{:?}", matrix(40, 1600).multiply(&matrix(40, 1600), 40)),
        4 => println!("{:?}", matrix(40, 1600).multiply(&matrix(40, 1600), 18446744073709551615)),
        5 => println!("{:?}", matrix(17, 289).multiply(&matrix(17, 289), 16)),
        6 => println!("{:?}", matrix(40, 1600).multiply(&matrix(18446744073709551615, 1600), 0)),
        7 => {
            let mut values = vec![5, 3, 9, 1];
            println!("{}", divide(&mut values, 0, 4, 4));
            println!("{:?}", values);
            println!("{}", divide(&mut values, 2, 6, 4));
        }
        8 => {
            let mut values = vec![5, 3, 9, 1];
            println!("{} {:?}", split(&mut values, 7, 0), values);
            println!("{} {:?}", split(&mut values, 7, 4), values);
        }
        9 => {
            let mut values = vec![5, 3, 9, 1];
            println!("{}", split(&mut values, -1, 4));
        }
        10 => println!("{}", fibonacci(22)),
        11 => println!("{}", fibonacci(24)),
        12 => println!("{}", growing(27)),
        13 => println!("{}", growing(28)),
        14 => println!("{}", squares(&vec![1, 2, 3000000000, 4000000000, 5])),
        15 => println!("{}", squares(&vec![1, 2, 3000000000, 5])),
        16 => println!("{}", rests(&vec![1, 2, 3, 4])),
        17 => {
            let mut seen: HashMap<String, i8> = HashMap::new();
            for i in 0..9 {
                {
                    note(&mut seen, "a");
                    println!("{} {:?}", i, seen);
                }
            }
        }
        18 => println!("{} {}", both("a", "b"), both("c", "d").len()),
        19 => println!("{}", both("stop", "b")),
        20 => println!("{}", both("a", "stop")),
        21 => {
            let mut values = vec![5, 3, 9, 1];
            println!("{} {:?}", split(&mut values, 9223372036854775807, 4), values);
        }
        _ => println!("end"),
    }
}
fn main() {
    run(std::env::args().nth(1).unwrap().parse().unwrap());
}
