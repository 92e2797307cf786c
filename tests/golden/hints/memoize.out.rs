struct Path;
impl Path {
    // memoize: called 42 times
    fn count(x: u32, y: u32) -> u64 {
        type Kept = ::std::vec::Vec<::std::option::Option<((u32, u32, ), u64)>>;
        ::std::thread_local! { static KEPT: ::std::cell::RefCell<Kept> = const { ::std::cell::RefCell::new(::std::vec::Vec::new()) }; }
        let kept_key = (x, y, );
        let mut kept_at: u64 = 0;
        kept_at = (kept_at ^ x as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15); kept_at = (kept_at ^ y as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15); 
        let kept_at = (kept_at >> 52) as usize;
        if let Ok(Some(Some((key, value)))) = KEPT.try_with(|kept| kept.borrow().get(kept_at).copied()) {
            if key == kept_key { return value; }
        }
        let kept_value = Self::count_computed(x, y, );
        let _ = KEPT.try_with(|kept| {
            let mut kept = kept.borrow_mut();
            if kept.is_empty() { kept.resize(4096, None); }
            kept[kept_at] = Some((kept_key, kept_value));
        });
        kept_value
    }
    fn count_computed(mut x: u32, y: u32) -> u64 {
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
