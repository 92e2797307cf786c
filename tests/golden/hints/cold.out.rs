#[derive(Clone)]
struct Account {
    balance: i64,
}
impl Account {
    /// Says why, and no more.
    // cold: called 42 times
    #[must_use]
    #[cold] #[inline(never)]
    fn refuse(&self) -> String {
        { "not enough".to_string() }
    }
}
fn main() {
    println!("{}", Account { balance: 1 }.refuse());
}
