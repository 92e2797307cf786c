//! A bootstrap program: Rust around a handler in Ruchy.
#![forbid(unsafe_code)]

mod handler_generated;
mod plain;

use handler_generated::{answer, collatz};

fn main() {
    let mut tally = rt::Tally::start();
    for n in 1..=plain::limit(std::env::args().nth(2)) {
        tally.add(n);
    }
    println!("{} after {} steps", tally.total, tally.steps);
    println!("{}", plain::apply(answer, 30));
    println!("{}", collatz(27));
    if std::env::args().nth(1).as_deref() == Some("fail") {
        eprintln!("failing as asked");
        std::process::exit(3);
    }
    if std::env::args().nth(1).as_deref() == Some("panic") {
        println!("{}", answer(-1));
    }
}
