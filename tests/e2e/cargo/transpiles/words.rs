pub fn weight(text: String) -> i64 {
    let mut sum = 0;
    for c in text.chars() {
        { sum = sum + letter(c.clone()) }
    }
    sum
}
fn letter(c: char) -> i64 {
    if c == 'a' { 1 } else { 2 }
}
fn main() {}
