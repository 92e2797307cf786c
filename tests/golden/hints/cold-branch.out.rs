fn check(n: i64) -> i64 {
    if n < 0 { // cold-branch: called 42 times
        ::core::hint::cold_path();
        panic!("negative")
    }
    match n {
        7 => { // cold-branch: called 42 times
            ::core::hint::cold_path(); 8 }
        _ => n,
    }
}
fn main() {
    println!("{}", check(3));
}
