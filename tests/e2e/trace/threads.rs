// 40 threads, 4 at once: each calls f ten times with its number, one of them with a call open when it ends by a panic.
fn f(n: i32) -> i32 {
    if n == 13 {
        panic!("thirteen");
    }
    n * 2
}
fn main() {
    let mut failed = 0;
    for round in 0..10 {
        let threads: Vec<_> = (0..4).map(|i| std::thread::spawn(move || (0..10).map(|_| f(round * 4 + i)).sum::<i32>())).collect();
        for thread in threads {
            failed += thread.join().is_err() as i32;
        }
    }
    println!("{}", failed);
}
