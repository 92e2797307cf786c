// ruchy 4.2.1, source XXH3 1cde47f0aa876db419de07e2f209cb98
fn female(n: i32) -> i32 {
    if n == 0 { 1 } else { n - male(female(n - 1)) }
}
fn male(n: i32) -> i32 {
    if n == 0 { 0 } else { n - female(male(n - 1)) }
}
fn main() {
    let mut sum = 0;
    for n in 0..100 {
        { sum += female(n.clone()) + male(n.clone()) }
    }
    println!("sum {}", sum);
}
