//+ waiting few-samples
//- memoization lock-step
// Blocked for most of its time.
fn nap() {
    std::thread::sleep(std::time::Duration::from_millis(30));
}
fn main() {
    nap();
}
