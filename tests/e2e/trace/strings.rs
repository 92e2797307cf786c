// What a terminal, JSON and a table of arguments must survive.
fn say(text: &str, owned: String, c: char) -> String {
    format!("{}{}{}", text, owned, c)
}
fn main() {
    let long = "x".repeat(5000);
    let cases = ["", "plain", "tab\tnew\nline\r", "quote\" back\\slash", "\u{1b}[31mred", "nul\0inside", "\u{202e}right to left", "日本語 wide", "é at the ed\u{65}\u{301} of a buf…"];
    for text in cases {
        say(text, text.to_string(), '\'');
    }
    say("<script>alert(1)</script>", long.clone(), '\u{0}');
    say(&long, format!("{}y", &long[1..]), '\u{10ffff}');
    println!("{}", say("a", "b".to_string(), 'c'));
}
