fn is_letter(c: char) -> bool {
    // order: called 42 times
    c == '_' || c >= 'a' && c <= 'z'
}
fn count(low: i64, high: i64) -> i64 {
    let mut found: i64 = 0;
    for n in 0..1000i64 {
        {
            // order: called 42 times
            if n < high && n > low.clone() {
                found += 1;
            }
        }
    }
    found
}
fn main() {
    println!("{} {} {}", is_letter('q'), is_letter('_'), count(10, 700));
}
