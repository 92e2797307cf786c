#[derive(Clone)]
struct Account {
    balance: i64,
}
impl Account {
    /// Says why, and no more.
    #[must_use]
    fn refuse(&self) -> String {
        { "not enough".to_string() }
    }
}
fn main() {
    println!("{}", Account { balance: 1 }.refuse());
}
