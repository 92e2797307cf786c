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
        // clone: called 42 times
        (text)
    }
}
fn main() {
    let machine = Machine { names: vec!["a".to_string(), "bc".to_string()] };
    // clone: called 42 times
    println!("{} {}", joined(&machine), width(&machine.names[1 as usize]));
}
