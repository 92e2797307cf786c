// Takes what ruchy prints, changes it a little, and puts it among the sources.
use std::{fs, process::Command};

fn main() {
    println!("cargo:rerun-if-changed=src/handler.ruchy");
    println!("cargo:rerun-if-changed=build.rs");
    let output = Command::new("ruchy").args(["transpile", "src/handler.ruchy"]).output().expect("ruchy is not installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let text = text.replace("pub fn ", "#[allow(clippy::all)]\npub fn ").replace("fn main() {}", "#[allow(dead_code)]\nfn main() {}");
    let path = "src/handler_generated.rs";
    if fs::read_to_string(path).ok().as_deref() != Some(&text) {
        fs::write(path, text).unwrap();
    }
}
