// Ways out of the straight line: return, break, continue, labels, `?`, exit.
fn early(n: i32) -> i32 { // line: 5
    if n < 2 { // line: 5
        return 0; // line: 2
    }
    let m = n * 2; // line: 3
    if m > 7 { // line: 3
        return m; // line: 1
    }
    m + 1 // line: 2
}
fn parse(text: &str) -> Result<i32, std::num::ParseIntError> { // line: 3
    let a: i32 = text.parse()?; // line: 3
    let b = a + 1; // line: 2
    Ok(b) // line: 2
}
fn search(limit: i32) -> i32 { // line: 1
    let mut found = 0; // line: 1
    'outer: for i in 0..limit { // line: 1
        let mut rounds = 0; // line: 3
        for j in 0..limit { // line: 3
            rounds += 1; // line: 9
            if i * j == 6 { // line: 9
                break 'outer; // line: 1
            }
            if j > i { // line: 8
                continue 'outer; // line: 2
            }
            found += 1; // line: 6
        }
        found += rounds; // line: 0
    }
    found // line: 1
}
fn tally(limit: u64) -> u64 { // line: 1
    let mut n = 0; // line: 1
    let mut sum = 0; // line: 1
    while n < limit { // line: 1
        n += 1; // line: 1000
        if n % 2 == 0 { // line: 1000
            continue; // line: 500
        }
        sum += n; // line: 500
        if sum > 1_000_000 { // line: 500
            break; // line: 0
        }
    }
    sum // line: 1
}
fn arms(n: i32) -> i32 { // line: 6
    match n { // line: 6
        0 => early(0), // line: 1
        1 | 2 => n + 1, // line: 2
        _ if n > 100 => { // no place: the arm's block has its own lines
            n // line: 0
        }
        _ => 7, // line: 3
    }
}
fn chain(n: i32) -> i32 { // line: 10
    if n < 3 { // line: 10
        1 // line: 3
    } else if n < 5 { // line: 7
        2 // line: 2
    } else if n * n > 40 { // line: 5
        3 // line: 3
    } else {
        4 // line: 2
    }
}
fn finish(code: i32) -> i32 { // line: 1
    println!("bye"); // line: 1
    std::process::exit(code); // line: 1
}
fn main() { // line: 1
    for n in [0, 2, 3, 4] { // line: 1
        println!("{}", early(n)); // line: 4
    }
    for text in ["1", "x", "3"] { // line: 1
        println!("{}", parse(text).is_ok()); // line: 3
    }
    println!("{} {}", search(4), tally(1000)); // line: 1
    for n in 0..6 { // line: 1
        println!("{}", arms(n)); // line: 6
    }
    for n in 0..10 { // line: 1
        println!("{}", chain(n)); // line: 10
    }
    println!("{}", finish(0)); // line: 1
    println!("never"); // line: 0
}
