// A panic leaves functions on its way; behind catch_unwind() the account is that of the function which caught it.
use std::hint::black_box;
use std::panic;

struct Bell;
//= Bell::drop: allocations 30, bytes 30*9
impl Drop for Bell {
    fn drop(&mut self) {
        black_box(vec![0u8; 9]);
    }
}

// The payload, a String of 6 bytes in a box of its own (24), is the panicking function's.
fn fails(n: u64) -> Vec<u8> {
    if n % 3 == 0 {
        panic!("round {}", n);
    }
    vec![0u8; 13]
}

//= through: allocations 30+20, bytes 30*17+20*19, leaked_bytes 0
fn through(n: u64) -> usize {
    let _bell = Bell;
    let a = black_box(vec![0u8; 17]);
    let b = fails(n);
    let c = black_box(vec![0u8; 19]);
    a.len() + b.len() + c.len()
}

//= catches: allocations 30, bytes 30*23, leaked_bytes 0
fn catches(n: u64) -> usize {
    let caught = panic::catch_unwind(|| through(n)).is_err();
    black_box(vec![0u8; 23]).len() + caught as usize
}

fn main() {
    panic::set_hook(Box::new(|_| {}));
    let mut sum = 0;
    for n in 0..30 {
        sum += catches(n);
    }
    println!("{}", sum);
}
