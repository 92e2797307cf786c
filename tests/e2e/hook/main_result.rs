// expect: k=5 main=1 t=0 tests::u=0
#![allow(dead_code)]
//! doc { ( "
/// ```
/// let x = 1; }}}
/// ```
fn k(n: i32) -> Result<i32, String> {
    /* { " */
    if n > 2 {
        Err(format!("bad {}", n))
    } else {
        Ok(n)
    }
} // }}
#[test]
fn t() {
    k(1).unwrap();
}
#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn u() {
        assert!(k(3).is_err());
    }
}
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct D<'a, T: 'a> {
    x: &'a str,
    t: Vec<T>,
}
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let d: D<i32> = D {
        x: "a",
        ..Default::default()
    };
    println!("{:?} {}", d.clone(), k(1)? + k(2)?);
    let s = r#"fn f() { k(1) }"#;
    println!("{s} {}", '{');
    k(k(1)? + k(2)?)?;
    println!("never");
    Ok(())
}
