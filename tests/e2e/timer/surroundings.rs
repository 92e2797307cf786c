// Exit status 1 if sampling shows: in the environment, here or in a child, or in a system call that was interrupted.
use std::io::Read;

fn burn(n: u64) -> u64 {
    let mut x = 1u64;
    for i in 0..n {
        x ^= x << 13;
        x ^= x >> 7;
        x = (x ^ x << 17).wrapping_add(i);
    }
    x
}

fn main() {
    let clean = |text: &str| !text.contains("RUCHY_PROF_SAMPLER_RING") && !text.contains("LD_PRELOAD");
    let own: Vec<String> = std::env::vars().map(|(name, _)| name).collect();
    let child = std::process::Command::new("env").output().unwrap();
    let (mut reader, writer) = std::io::pipe().unwrap();
    let worker = std::thread::spawn(move || {
        let x = burn(100_000_000);
        drop(writer);
        x
    });
    let mut nothing = String::new();
    let read = reader.read_to_string(&mut nothing);
    let x = burn(50_000_000) ^ worker.join().unwrap();
    let fine = clean(&own.join(" ")) && clean(&String::from_utf8_lossy(&child.stdout)) && read.is_ok();
    std::process::exit(if fine && x != 0 { 0 } else { 1 });
}
