//+ memoization stack-only dominant counts-agree no-allocations
//- never-called leaks growing many-allocations loop-allocation inserted-copy deep-recursion program-failed never-taken
// Pure, branching, the same arguments again.
fn ways(n: u64, k: u64) -> u64 {
    if k == 0 || k == n {
        return 1;
    }
    ways(n - 1, k - 1) + ways(n - 1, k)
}
fn main() {
    println!("{}", ways(26, 12));
}
