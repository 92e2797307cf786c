#![no_std]
// expect: add=3 Buffer::push=4 Buffer::push_all=1 Buffer::sum=1 Buffer::sum::{closure}=3 Buffer::fmt=1 main=1 make=1 checked=2 checked::{closure}=1
// A crate without the prelude of std, as libraries for small machines are written; the program brings std for its output alone.
extern crate alloc;
extern crate std as everything;
use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Add;
fn add<T: Add<Output = T> + Copy>(a: T, b: T) -> T {
    a + b
}
struct Buffer<const N: usize> {
    data: [u8; N],
    size: usize,
}
impl<const N: usize> Buffer<N> {
    fn push(&mut self, byte: u8) -> Result<(), u8> {
        if self.size == N {
            return Err(byte);
        }
        self.data[self.size] = byte;
        self.size += 1;
        Ok(())
    }
    fn push_all(&mut self, bytes: &[u8]) -> Result<(), u8> {
        for byte in bytes {
            self.push(*byte)?;
        }
        Ok(())
    }
    fn sum(&self) -> u32 {
        self.data[..self.size].iter().fold(0, |sum, &byte| add(sum, u32::from(byte)))
    }
}
impl<const N: usize> fmt::Display for Buffer<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.size, N)
    }
}
fn make() -> Box<dyn Fn(u8) -> Option<Vec<u8>>> {
    Box::new(checked)
}
fn checked(n: u8) -> Option<Vec<u8>> {
    assert!(n < 200, "too large: {n}");
    n.checked_mul(2).map(|n| alloc::vec![n; 2])
}
fn main() {
    let mut buffer = Buffer::<3> { data: [0; 3], size: 0 };
    let result = buffer.push_all(&[1, 2, 3, 4]);
    debug_assert!(result.is_err());
    everything::println!("{:?} {} {}", result, buffer.sum(), buffer.to_string());
    let f = make();
    everything::println!("{:?} {:?}", f(3), f(150));
}
