//! Stays as it is.
pub fn limit(given: Option<String>) -> i64 {
    given.map_or(20, |text| text.parse().expect("a number"))
}

pub fn apply(f: impl Fn(i64) -> i64, n: i64) -> i64 {
    f(n) + f(n + 1)
}
