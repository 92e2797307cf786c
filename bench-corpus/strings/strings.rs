// ruchy 4.2.1, source XXH3 c6913045eb4d0f2cd22e5f09326a07df
fn digit_name(digit: i64) -> String {
    match digit {
        0 => "zero".to_string(),
        1 => "one".to_string(),
        2 => "two".to_string(),
        3 => "three".to_string(),
        4 => "four".to_string(),
        5 => "five".to_string(),
        6 => "six".to_string(),
        7 => "seven".to_string(),
        8 => "eight".to_string(),
        _ => "nine".to_string(),
    }
}
fn spell(n: i64) -> String {
    if n < 10 {
        digit_name(n)
    } else {
        format!("{}-{}", spell(n / 10), digit_name(n % 10))
    }
}
fn reverse(text: &str) -> String {
    {
        let mut out = String::new();
        for c in text.chars().rev() {
            { out.push(c) }
        }
        (out).to_string()
    }
}
fn is_palindrome(text: &str) -> bool {
    reverse(text) == text
}
fn main() {
    let mut letters: usize = 0;
    let mut palindromes = 0;
    let mut n: i64 = 0;
    while n < 200000 {
        {
            {
                let words = spell(n.clone());
                {
                    letters += words.len();
                    if is_palindrome(&n.to_string()) {
                        palindromes += 1;
                    }
                    n += 1;
                }
            }
        }
    }
    println!("{} letters, {} palindromes, last: {}", letters, palindromes, spell(n));
}
