// Asks ruchy to write the file.
use std::{env, path::Path, process::Command};

fn main() {
    let out = Path::new(&env::var("OUT_DIR").unwrap()).join("rt.rs");
    println!("cargo:rerun-if-changed=src/rt.ruchy");
    let status = Command::new("ruchy").args(["transpile", "src/rt.ruchy", "-o"]).arg(&out).status().expect("ruchy is not installed");
    assert!(status.success(), "ruchy rejects src/rt.ruchy");
}
