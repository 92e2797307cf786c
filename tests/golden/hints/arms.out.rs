enum Color {
    Red,
    Green,
    Blue,
}
fn cost(word: &str) -> i64 {
    // arms: called 42 times
    match word {
        "mul" => {
            // slow
            20
        },
        "add" | "sub" => 1,
        
        _ => 0,
    }
}
fn shade(color: &Color) -> i64 {
    // arms: called 42 times
    match color {
        Color::Green | Color::Blue => 3,
        Color::Red => 1,
        
    }
}
fn main() {
    let all = [Color::Red, Color::Green, Color::Blue];
    let words = ["add", "sub", "mul", "div", "mod"];
    println!("{:?}", all.iter().map(|c| shade(c)).collect::<Vec<_>>());
    println!("{:?}", words.iter().map(|w| cost(w)).collect::<Vec<_>>());
}
