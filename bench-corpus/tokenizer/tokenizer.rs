// ruchy 4.2.1, source XXH3 14b7342123e803d59975a691512d6cdd
#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(i64),
    Name(String),
    Symbol(char),
}
#[derive(Clone)]
struct Tokenizer {
    chars: Vec<char>,
    at: usize,
}
impl Tokenizer {
    fn new(text: &str) -> Tokenizer {
        {
            let mut chars = Vec::new();
            for c in text.chars() {
                { chars.push(c) }
            }
            Tokenizer { chars: chars, at: 0 }
        }
    }
    fn peek(&self) -> char {
        {
            if (self.at as usize) < self.chars.len() {
                self.chars[self.at as usize].clone()
            } else {
                '\0'
            }
        }
    }
    fn skip_blanks(&mut self) {
        {
            while self.peek() == ' ' {
                { self.at += 1 }
            }
        }
    }
    fn number(&mut self) -> Token {
        {
            let mut value: i64 = 0;
            while is_digit(self.peek()) {
                {
                    value = value * 10 + (self.peek() as i64) - ('0' as i64);
                    self.at += 1;
                }
            }
            Token::Number(value)
        }
    }
    fn name(&mut self) -> Token {
        {
            let mut text = String::new();
            while is_letter(self.peek()) {
                {
                    text.push(self.peek());
                    self.at += 1;
                }
            }
            Token::Name(text)
        }
    }
    fn next(&mut self) -> Option<Token> {
        {
            self.skip_blanks();
            {
                let c = self.peek();
                {
                    if c == '\0' {
                        return None;
                    }
                    if is_digit(c) {
                        return Some(self.number());
                    }
                    if is_letter(c) {
                        return Some(self.name());
                    }
                    self.at += 1;
                    Some(Token::Symbol(c))
                }
            }
        }
    }
}
fn is_digit(c: char) -> bool {
    c >= '0' && c <= '9'
}
fn is_letter(c: char) -> bool {
    c >= 'a' && c <= 'z' || c == '_'
}
#[derive(Clone)]
struct Totals {
    numbers: i64,
    names: i64,
    symbols: i64,
    sum: i64,
}
fn tally(totals: &mut Totals, token: Token) {
    match token {
        Token::Number(value) => {
            totals.numbers += 1;
            totals.sum += value;
        }
        Token::Name(text) => totals.names += (text.len() as i64),
        Token::Symbol(c) => totals.symbols += 1,
    }
}
fn main() {
    {
        let line = "let total_sum = (first + 42) * second_value - 1000 / x; ";
        {
            let mut tokens = Tokenizer::new(&line.repeat(50000));
            let mut totals = Totals {
                numbers: 0,
                names: 0,
                symbols: 0,
                sum: 0,
            };
            while let Some(token) = tokens.next() {
                { tally(&mut totals, token) }
            }
            println!(
                "{} numbers, sum {}; {} letters; {} symbols", totals.numbers, totals.sum,
                totals.names, totals.symbols
            )
        }
    }
}
