fn letters(n: usize) -> String {
    {
        let mut text = String::new();
        for i in 0..n {
            { text.push((97 + i % 26) as u8 as char) }
        }
        text
    }
}
fn main() {
    let mut all: Vec<String> = Vec::new();
    all.push(letters(30));
    println!("{:?}", all);
}
