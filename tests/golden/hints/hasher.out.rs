use std::collections::{HashMap, HashSet};
// hasher: called 42 times
fn main() {
    let mut counts: HashMap<String, i64, crate::MultiplyHash> = HashMap::<_, _, crate::MultiplyHash>::default();
    let mut seen = HashSet::<_, crate::MultiplyHash>::with_capacity_and_hasher(10, ::core::default::Default::default());
    let names = ::core::iter::Iterator::collect::<std::collections::HashMap<_, _, crate::MultiplyHash>>(::core::iter::IntoIterator::into_iter([(1u8, "one"), (2, "two")]));
    for w in "a b a c a".split(' ') {
        *counts.entry(w.to_string()).or_insert(0) += 1;
        seen.insert(w.len());
    }
    println!("{} {} {} {}", counts["a"], counts.len(), seen.len(), names[&2]);
}

#[derive(Clone, Copy)]
pub struct MultiplyHash(u64);
pub struct MultiplyHashState(u64);
impl ::core::default::Default for MultiplyHash {
    fn default() -> Self {
        use ::std::hash::{BuildHasher, Hasher};
        MultiplyHash(::std::collections::hash_map::RandomState::new().build_hasher().finish())
    }
}
impl ::std::hash::BuildHasher for MultiplyHash {
    type Hasher = MultiplyHashState;
    #[inline]
    fn build_hasher(&self) -> MultiplyHashState {
        MultiplyHashState(self.0)
    }
}
impl MultiplyHashState {
    #[inline]
    fn mix(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * 0x9E37_79B9_7F4A_7C15;
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }
}
impl ::std::hash::Hasher for MultiplyHashState {
    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (b, size) = (bytes, bytes.len());
        let half = |at: usize| u64::from(u32::from_le_bytes([b[at], b[at + 1], b[at + 2], b[at + 3]]));
        let whole = |at: usize| half(at) | half(at + 4) << 32;
        if size >= 8 {
            let mut at = 0;
            while at + 8 < size {
                self.mix(whole(at));
                at += 8;
            }
            self.mix(whole(size - 8));
        } else if size >= 4 {
            self.mix(half(0) | half(size - 4) << 32);
        } else if size > 0 {
            self.mix(u64::from(b[0]) | u64::from(b[size / 2]) << 8 | u64::from(b[size - 1]) << 16);
        }
        self.0 = self.0.wrapping_add(size as u64);
    }
    #[inline]
    fn write_u8(&mut self, n: u8) {
        self.mix(u64::from(n));
    }
    #[inline]
    fn write_u16(&mut self, n: u16) {
        self.mix(u64::from(n));
    }
    #[inline]
    fn write_u32(&mut self, n: u32) {
        self.mix(u64::from(n));
    }
    #[inline]
    fn write_u64(&mut self, n: u64) {
        self.mix(n);
    }
    #[inline]
    fn write_usize(&mut self, n: usize) {
        self.mix(n as u64);
    }
}
