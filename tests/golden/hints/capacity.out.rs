fn letters(n: usize) -> String {
    {
        // capacity: called 42 times
        let mut text = String::with_capacity(16);
        for i in 0..n {
            { text.push((97 + i % 26) as u8 as char) }
        }
        text
    }
}
fn main() {
    // capacity: called 42 times
    let mut all: Vec<String> = Vec::with_capacity(16);
    all.push(letters(30));
    println!("{:?}", all);
}
