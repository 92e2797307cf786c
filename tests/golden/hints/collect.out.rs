fn odd_squares(values: &Vec<i64>) -> i64 {
    let mut total: i64 = 0;
    // collect: called 42 times
    for v in values
        .iter()
        .map(move |x| x * x % 1009)
        .filter(move |x| x % 2 == 1)
    {
        { total += v }
    }
    total
}
fn main() {
    println!("{}", odd_squares(&vec![1, 2, 3]));
}
