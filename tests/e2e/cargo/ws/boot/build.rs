// Two files of one crate, one of them its root.
use std::{env, path::Path, process::Command};

fn main() {
    let out = env::var("OUT_DIR").unwrap();
    for name in ["main", "words"] {
        println!("cargo:rerun-if-changed=src/{name}.ruchy");
        let status = Command::new("ruchy")
            .args(["transpile", &format!("src/{name}.ruchy"), "-o"])
            .arg(Path::new(&out).join(format!("{name}.rs")))
            .status()
            .expect("ruchy is not installed");
        assert!(status.success());
    }
}
