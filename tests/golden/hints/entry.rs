use std::collections::HashMap;
fn note(seen: &mut HashMap<String, i64>, w: &str) {
    *seen.entry(w.to_string()).or_insert(0) += 1;
}
fn main() {
    let mut seen: HashMap<String, i64> = HashMap::new();
    note(&mut seen, "a");
    note(&mut seen, "a");
    println!("{:?}", seen);
}
