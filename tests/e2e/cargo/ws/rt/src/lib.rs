//! The runtime library, in Ruchy.
//!
//! ```
//! assert_eq!(rt::gcd(12, 18), 6);
//! ```
#![forbid(unsafe_code)]
#![deny(warnings)]

#[allow(dead_code, unused_braces)]
mod made {
    include!(concat!(env!("OUT_DIR"), "/rt.rs"));
}
pub use made::*;

#[cfg(test)]
mod tests {
    #[test]
    fn greatest() {
        assert_eq!(super::gcd(12, 18), 6);
    }
}
