fn name(n: i64) -> String {
    if n < 10 { "few".to_string() } else { "many".to_string() }
}
fn label(n: i64, mark: char, unit: &str) -> String {
    {
        let head = name(n);
        // format: called 42 times
        { let joined_1 = &mark; let joined_2 = &head; let joined_3 = &unit; let mut joined = String::with_capacity(8 + joined_1.len_utf8() + joined_2.len() + joined_3.len()); joined.push(*joined_1); joined.push_str(joined_2); joined.push_str(": \""); joined.push_str(joined_3); joined.push_str("\"\n"); joined }
    }
}
fn main() {
    println!("{}", label(3, '#', "m"));
    // format: called 42 times
    println!("{}", ({ let mut joined = name(1); let joined_2 = &name(20); joined.push_str("-"); joined.push_str(joined_2); joined }).len());
}
