#!/usr/bin/env run-cargo-script { (
#![allow(dead_code)]
// expect: f=2 main=1
fn f() -> i32 {
    1
}
fn main() {
    println!("{}", f() + f());
}
