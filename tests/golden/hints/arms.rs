enum Color {
    Red,
    Green,
    Blue,
}
fn cost(word: &str) -> i64 {
    match word {
        "add" | "sub" => 1,
        "mul" => {
            // slow
            20
        }
        _ => 0,
    }
}
fn shade(color: &Color) -> i64 {
    match color {
        Color::Red => 1,
        Color::Green | Color::Blue => 3
    }
}
fn main() {
    let all = [Color::Red, Color::Green, Color::Blue];
    let words = ["add", "sub", "mul", "div", "mod"];
    println!("{:?}", all.iter().map(|c| shade(c)).collect::<Vec<_>>());
    println!("{:?}", words.iter().map(|w| cost(w)).collect::<Vec<_>>());
}
