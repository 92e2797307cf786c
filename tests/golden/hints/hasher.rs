use std::collections::{HashMap, HashSet};
fn main() {
    let mut counts: HashMap<String, i64> = HashMap::new();
    let mut seen = HashSet::with_capacity(10);
    let names = std::collections::HashMap::from([(1u8, "one"), (2, "two")]);
    for w in "a b a c a".split(' ') {
        *counts.entry(w.to_string()).or_insert(0) += 1;
        seen.insert(w.len());
    }
    println!("{} {} {} {}", counts["a"], counts.len(), seen.len(), names[&2]);
}
