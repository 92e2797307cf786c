//! A program whose main is Ruchy's.
#![allow(unused_braces)]
#[allow(dead_code, unused_braces)]
mod words {
    include!(concat!(env!("OUT_DIR"), "/words.rs"));
}

include!(concat!(env!("OUT_DIR"), "/main.rs"));
