//! Stays as it is.
pub fn limit() -> i64 {
    20
}

pub fn apply(f: impl Fn(i64) -> i64, n: i64) -> i64 {
    f(n) + f(n + 1)
}
