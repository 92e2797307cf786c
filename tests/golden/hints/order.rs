fn is_letter(c: char) -> bool {
    c >= 'a' && c <= 'z' || c == '_'
}
fn count(low: i64, high: i64) -> i64 {
    let mut found: i64 = 0;
    for n in 0..1000i64 {
        {
            if n > low.clone() && n < high {
                found += 1;
            }
        }
    }
    found
}
fn main() {
    println!("{} {} {}", is_letter('q'), is_letter('_'), count(10, 700));
}
