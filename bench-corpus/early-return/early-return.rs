// ruchy 4.2.1, source XXH3 fdf8582a2ff3fe97c479f6a594464026
fn parse(text: &str) -> Result<i64, String> {
    if text.is_empty() {
        return Err("empty".to_string());
    }
    let mut value: i64 = 0;
    for c in text.chars() {
        {
            {
                let digit = digit_of(c.clone())?;
                value = value * 10 + digit;
            }
        }
    }
    Ok(value)
}
fn digit_of(c: char) -> Result<i64, String> {
    match c.to_digit(10) {
        Some(d) => Ok((d as i64)),
        None => Err(format!("not a digit: {}", c)),
    }
}
fn add(a: &str, b: &str) -> Result<i64, String> {
    {
        let mut sum = parse(a)? + parse(b)?;
        Ok(sum)
    }
}
fn first_over(limit: i64, factor: i64) -> i64 {
    let mut n: i64 = 0;
    loop {
        {
            n += 1;
            if n % 2 == 0 {
                continue;
            }
            if square(n) * factor > limit {
                break;
            }
        }
    };
    n
}
fn square(n: i64) -> i64 {
    n * n
}
fn main() {
    {
        let texts = ["12", "7", "", "4x2", "998"];
        {
            let mut good: i64 = 0;
            let mut bad: i64 = 0;
            let mut sum: i64 = 0;
            for round in 0..60000 {
                {
                    for a in texts {
                        {
                            for b in texts {
                                {
                                    match add(a.clone(), b.clone()) {
                                        Ok(value) => {
                                            good += 1;
                                            sum += value;
                                        }
                                        Err(_) => bad += 1,
                                    }
                                }
                            }
                        }
                    }
                    sum += first_over(100000, round % 5 + 1);
                }
            }
            println!("{} good, {} bad, sum {}", good, bad, sum)
        }
    }
}
