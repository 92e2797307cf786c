// ruchy 4.2.1, source XXH3 34cb5cdc4203f6587c076429240cb304
fn fibonacci(n: i32) -> i32 {
    if n <= 1 { n } else { fibonacci(n - 1) + fibonacci(n - 2) }
}
fn main() {
    println!("{:?}", fibonacci(35))
}
