use std::collections::HashMap;

fn word(mut n: u64) -> String {
    const SYLLABLES: [&str; 8] = ["ka", "lo", "mi", "ne", "ru", "sa", "to", "vi"];
    let mut text = String::new();
    while n > 0 {
        text.push_str(SYLLABLES[(n % 8) as usize]);
        n /= 8;
    }
    text
}

fn make_text(words: u64) -> String {
    let mut text = String::new();
    let mut state: u64 = 1;
    for _ in 0..words {
        state = state * 48271 % 2147483647;
        text.push_str(&word(state % 97 + 1));
        text.push(' ');
    }
    text
}

fn tally(text: &str) -> HashMap<&str, i64> {
    let mut seen = HashMap::new();
    for w in text.split_whitespace() {
        *seen.entry(w).or_insert(0) += 1;
    }
    seen
}

fn main() {
    let text = make_text(500_000);
    let mut lines: Vec<String> = tally(&text).iter().map(|(w, n)| format!("{w} {n}")).collect();
    lines.sort();
    println!("{}", lines.join("\n"));
}
