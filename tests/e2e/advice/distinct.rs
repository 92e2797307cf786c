//- memoization
// Pure and recursive, but every call has arguments of its own.
fn sum(from: u64, to: u64) -> u64 {
    if to - from < 2 {
        return from * from % 7;
    }
    sum(from, (from + to) / 2) + sum((from + to) / 2, to)
}
fn main() {
    println!("{}", sum(0, 2_000_000));
}
