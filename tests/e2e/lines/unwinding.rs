// What stands behind a panic did not run, in straight lines, branches, arms, loops and closures.
use std::panic;
fn risky(n: i32) -> i32 { // line: 10
    if n % 3 == 0 { // line: 10
        panic!("three"); // line: 4
    }
    n // line: 6
}
fn straight(n: i32) -> i32 { // line: 6
    let a = risky(n); // line: 6
    let b = a + 1; // line: 4
    let c = risky(b) + b; // line: 4
    c // line: 2
}
fn index(values: &[i32], i: usize) -> i32 { // line: 4
    let before = values.len() as i32; // line: 4
    let value = values[i]; // line: 4
    before + value // line: 3
}
fn rounds(values: &[i32], count: usize) -> i32 { // line: 2
    let mut sum = 0; // line: 2
    for i in 0..count { // line: 2
        sum += 1; // line: 11
        if values[i] > 2 { // line: 11
            sum += values[i]; // line: 4
        } else {
            sum -= 1; // line: 6
        }
        sum *= 2; // line: 10
    }
    sum // line: 1
}
fn main() { // line: 1
    panic::set_hook(Box::new(|_| {})); // line: 1
    for n in 1..=6 { // line: 1
        let result = panic::catch_unwind(move || { // line: 6
            let value = straight(n); // line: 6
            value + 1 // line: 2
        });
        println!("{:?}", result.ok()); // line: 6
    }
    let values = [1, 2, 3, 4]; // line: 1
    for i in [0, 1, 9, 3] { // line: 1
        println!("{:?}", panic::catch_unwind(|| index(&values, i)).ok()); // line: 4
    }
    let values = [1, 2, 3, 4, 0]; // line: 1
    println!("{:?}", panic::catch_unwind(|| rounds(&values, 5)).ok()); // line: 1
    println!("{:?}", panic::catch_unwind(|| rounds(&values, 9)).ok()); // line: 1
}
