// expect: longest=2 first=1 Parser::new=2 Parser::next=5 Parser::rest=1 Holder::get=1 Holder::with=1 Holder::with::{closure}=1 apply=1 apply_twice=1 main::{closure}=1 main::{closure#2}=1 main::{closure#3}=2 elided=1 pick_mut=2 Cow2::borrow=1 outlives=1 main=1 statics=1 anonymous=1
// Lifetimes: named, elided, anonymous, higher-ranked, with bounds, in impls and in return types.
fn longest<'a, 'b: 'a>(a: &'a str, b: &'b str) -> &'a str {
    if a.len() > b.len() { a } else { b }
}
fn first<'a>(list: &[&'a str], _unused: &str) -> &'a str {
    list[0]
}
struct Parser<'text> {
    text: &'text str,
}
impl<'text> Parser<'text> {
    fn new(text: &'text str) -> Self {
        Self { text }
    }
    fn next(&mut self) -> Option<&'text str> {
        let end = self.text.find(' ').unwrap_or(self.text.len());
        let (word, rest) = self.text.split_at(end);
        self.text = rest.trim_start();
        (!word.is_empty()).then_some(word)
    }
    fn rest<'a>(self: &'a Self) -> &'text str {
        self.text
    }
}
struct Holder<'a, T: 'a + ?Sized>(&'a T);
impl<'a, T: 'a + ?Sized> Holder<'a, T> {
    fn get(&self) -> &'a T {
        self.0
    }
    fn with<R, F>(&self, f: F) -> R
    where
        F: for<'x> FnOnce(&'x T) -> R,
        R: 'static,
    {
        let g = |t: &T| f(t);
        g(self.0)
    }
}
fn apply<F: for<'a> Fn(&'a str) -> &'a str>(f: F, s: &str) -> String {
    f(s).to_string()
}
fn apply_twice(f: &dyn for<'a> Fn(&'a mut Vec<i32>) -> &'a mut Vec<i32>, v: &mut Vec<i32>) {
    f(f(v));
}
fn elided(s: &str) -> std::str::Chars<'_> {
    s.chars()
}
fn pick_mut<'a>(left: &'a mut i32, right: &'a mut i32, which: bool) -> &'a mut i32 {
    if which { left } else { right }
}
enum Cow2<'a> {
    Borrowed(&'a str),
    Owned(String),
}
impl Cow2<'_> {
    fn borrow(&self) -> &str {
        match self {
            Cow2::Borrowed(s) => s,
            Cow2::Owned(s) => s,
        }
    }
}
fn outlives<'long: 'short, 'short>(long: &'long i32, _short: &'short i32) -> &'short i32 {
    long
}
fn statics() -> &'static str {
    "static"
}
fn anonymous(_: &'_ i32, x: &i32) -> i32 {
    *x
}
fn main() {
    println!("{} {}", longest("a", "bb"), longest("ccc", "d"));
    println!("{}", first(&["x", "y"], "z"));
    let mut parser = Parser::new("one two  three");
    println!("{:?} {:?} {}", parser.next(), parser.next(), parser.rest());
    let mut other = Parser::new("four");
    println!("{:?} {:?} {:?}", other.next(), Parser::next(&mut other), other.next());
    println!("{} {}", Holder("h").get(), Holder(&[1, 2][..]).with(|s| s.len()));
    println!("{}", apply(|s| &s[1..], "abc"));
    let mut v = vec![];
    apply_twice(
        &|v| {
            v.push(1);
            v
        },
        &mut v,
    );
    println!("{v:?} {}", elided("xy").count());
    let (mut a, mut b) = (1, 2);
    *pick_mut(&mut a, &mut b, true) += 10;
    *pick_mut(&mut a, &mut b, false) += 20;
    println!("{a} {b} {} {}", Cow2::Owned("o".into()).borrow(), outlives(&a, &b));
    println!("{} {} {}", statics(), anonymous(&1, &2), matches!(Cow2::Borrowed("b"), Cow2::Borrowed(_)));
}
