// ruchy 4.2.1, source XXH3 25d658ac41fd2db9763c60a0eaaee809
use std::collections::HashMap;
fn word(n: u64) -> String {
    {
        let syllables = ["ka", "lo", "mi", "ne", "ru", "sa", "to", "vi"];
        ({
            let mut text = String::new();
            let mut rest = n;
            while rest > 0 {
                {
                    {
                        let digit = rest % 8;
                        {
                            text.push_str(syllables[digit as usize].clone());
                            rest = rest / 8;
                        }
                    }
                }
            }
            text
        })
            .to_string()
    }
}
fn make_text(words: u64) -> String {
    {
        let mut text = String::new();
        let mut state: u64 = 1;
        for i in 0..words {
            {
                state = state * 48271 % 2147483647;
                text.push_str(&word(state % 97 + 1));
                text.push(' ')
            }
        }
        (text).to_string()
    }
}
fn tally(text: &str) -> HashMap<String, i64> {
    let mut seen = HashMap::new();
    for w in text.split_whitespace() {
        { note(&mut seen, w.clone()) }
    }
    seen
}
fn note(seen: &mut HashMap<String, i64>, w: &str) {
    *seen.entry(w.to_string()).or_insert(0) += 1;
}
fn main() {
    {
        let text = make_text(500000);
        {
            let seen = tally(&text);
            {
                let mut lines: Vec<String> = Vec::new();
                for (w, n) in seen.iter() {
                    { lines.push(format!("{} {}", w, n)) }
                }
                lines.sort();
                println!("{}", lines.join(& "\n"))
            }
        }
    }
}
