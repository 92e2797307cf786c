fn odd_squares(values: &Vec<i64>) -> i64 {
    let mut total: i64 = 0;
    for v in values
        .iter()
        .map(move |x| x * x % 1009)
        .collect::<Vec<_>>()
        .into_iter()
        .filter(move |x| x % 2 == 1)
        .collect::<Vec<_>>()
    {
        { total += v }
    }
    total
}
fn main() {
    println!("{}", odd_squares(&vec![1, 2, 3]));
}
