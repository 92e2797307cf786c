struct Path;
impl Path {
    fn count(mut x: u32, y: u32) -> u64 {
        if x == 0 || y == 0 {
            return 1;
        }
        x -= 1;
        Path::count(x, y) + Self::count(x + 1, y - 1)
    }
}
fn main() {
    println!("{}", Path::count(16, 16));
}
