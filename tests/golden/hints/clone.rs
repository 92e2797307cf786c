#[derive(Clone)]
struct Machine {
    names: Vec<String>,
}
fn width(name: &String) -> usize {
    name.len()
}
fn joined(machine: &Machine) -> String {
    {
        let mut text = String::new();
        for name in machine.names.iter() {
            { text.push_str(name) }
        }
        (text).to_string()
    }
}
fn main() {
    let machine = Machine { names: vec!["a".to_string(), "bc".to_string()] };
    println!("{} {}", joined(&machine), width(&machine.names[1 as usize].clone()));
}
