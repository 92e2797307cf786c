// edition: 2024
// rustc: -C overflow-checks=on
// expect: exported=- words=1 words::{closure}=2 precise=1 precise::{closure}=3 tail=1 Guarded::lock=2 chain=3 half=4 boxed=1 boxed::{closure}=3 main=1 main::{closure}=2 unsafe_inside=1 raw=1 never=1 never::{closure}=0 r#gen=1 asynchronous=1 asynchronous::{closure}=1 block_on=1
// Capturing in `impl Trait`, temporaries of tail expressions and `if let` that end earlier, unsafe attributes and blocks, let chains.
#[unsafe(no_mangle)]
pub extern "C" fn exported(n: i32) -> i32 {
    n
}
unsafe extern "C" {
    safe fn abs(n: i32) -> i32;
    unsafe fn labs(n: i64) -> i64;
}
fn words(text: &str, limit: &usize) -> impl Iterator<Item = String> {
    text.split(' ').take(*limit).map(|w| w.to_uppercase())
}
fn precise<'a>(list: &'a [i32], _other: &str) -> impl Iterator<Item = i32> + use<'a> {
    list.iter().map(|n| n * 2)
}
struct Guarded(std::cell::RefCell<Vec<i32>>);
impl Guarded {
    fn lock(&self) -> std::cell::RefMut<'_, Vec<i32>> {
        self.0.borrow_mut()
    }
}
fn tail() -> usize {
    let g = Guarded(std::cell::RefCell::new(vec![1, 2]));
    if let Some(3) = g.lock().last() { 0 } else { g.lock().len() }
}
fn half(n: i32) -> Option<i32> {
    (n % 2 == 0).then_some(n / 2)
}
fn chain(n: i32) -> i32 {
    if let Some(a) = half(n) && a > 1 && let Some(b) = half(a) && b == 2 { b } else { -1 }
}
fn boxed() -> usize {
    let list: Box<[i32]> = vec![1, 2, 3].into_boxed_slice();
    list.into_iter().filter(|n: &i32| *n > 1).count()
}
unsafe fn raw(p: *const i32) -> i32 {
    unsafe { *p }
}
fn unsafe_inside() -> i32 {
    let n = 7;
    unsafe { raw(&raw const n) + labs(-1) as i32 + abs(-2) }
}
fn never(n: i32) -> Result<i32, std::convert::Infallible> {
    let f = || -> ! { std::process::exit(3) };
    if n < 0 { f() }
    Ok(n)
}
fn r#gen() -> i32 {
    5
}
async fn asynchronous(n: i32) -> i32 {
    let f = async |m: i32| m + n;
    f(1).await
}
fn block_on<F: Future>(f: F) -> F::Output {
    let mut f = std::pin::pin!(f);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        if let std::task::Poll::Ready(value) = f.as_mut().poll(&mut context) {
            return value;
        }
    }
}
fn main() {
    println!("{:?} {:?}", words("a b c", &2).collect::<Vec<_>>(), precise(&[1, 2, 3], "").collect::<Vec<_>>());
    println!("{} {} {} {}", tail(), chain(8), chain(3), chain(2));
    println!("{} {} {:?} {} {}", boxed(), unsafe_inside(), never(1), r#gen(), exported(2));
    println!("{}", block_on(asynchronous(4)));
    println!("{}", [1, 2].into_iter().map(|n| n + 1).sum::<i32>());
}
