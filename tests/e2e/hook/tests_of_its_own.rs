// rustc: --test
// expect: add=3 tests::adds=1 tests::fails=1 tests::result=1 tests::result::{closure}=1 tests::helper=2 tests::ignored=0 main=0 outside=1
fn add(a: i32, b: i32) -> i32 {
    a + b
}
#[allow(dead_code)]
fn main() {
    println!("{}", add(1, 2));
}
#[test]
fn outside() {
    assert_eq!(add(1, 1), 2);
}
#[cfg(test)]
mod tests {
    use super::*;
    fn helper(n: i32) -> i32 {
        add(n, 1)
    }
    #[test]
    fn adds() {
        assert_eq!(helper(1), 2);
    }
    #[test]
    #[should_panic(expected = "attempt")]
    fn fails() {
        assert!(helper(2) == 4, "attempt");
    }
    #[test]
    fn result() -> Result<(), std::num::ParseIntError> {
        "1".parse::<i32>().map(|_| ())
    }
    #[test]
    #[ignore = "not today"]
    fn ignored() {
        helper(3);
    }
}
