fn name(n: i64) -> String {
    if n < 10 { "few".to_string() } else { "many".to_string() }
}
fn label(n: i64, mark: char, unit: &str) -> String {
    {
        let head = name(n);
        format!("{}{}: \"{}\"\n", mark, head, unit)
    }
}
fn main() {
    println!("{}", label(3, '#', "m"));
    println!("{}", format!("{}-{}", name(1), name(20)).len());
}
