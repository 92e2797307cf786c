// expect: main=1 biggest=3 twice=2 Stack::new=2 Stack::push=4 Stack::pop=3 show=2 pair=1 default_of=1 Stack::map=1 main::{closure}=1 main::{closure#2}=2
use std::fmt::Display;
fn biggest<T: PartialOrd + Copy>(items: &[T]) -> T {
    let mut b = items[0];
    for &i in items {
        if i > b {
            b = i;
        }
    }
    b
}
fn twice<'a, T, const N: usize>(x: &'a [T; N]) -> (&'a [T; N], usize)
where
    T: Clone, // a comment in the signature
{
    (x, N * 2)
}
fn show(x: impl Display, (a, b): (i32, i32)) -> String {
    format!("{} {} {}", x, a, b)
}
fn pair<A, B>(a: A, mut b: Vec<B>, _: B) -> (A, usize) {
    b.clear();
    (a, b.len())
}
fn default_of<T: Default>() -> T {
    T::default()
}
struct Stack<T> {
    items: Vec<T>,
}
impl<T: Clone> Stack<T> {
    fn new() -> Self {
        Stack { items: Vec::new() }
    }
    pub fn push(&mut self, item: T) -> &mut Self {
        self.items.push(item);
        self
    }
    fn pop(&mut self) -> Option<T> {
        self.items.pop()
    }
    fn map<U>(self, f: impl Fn(T) -> U) -> Vec<U> {
        self.items.into_iter().map(f).collect()
    }
}
fn main() {
    println!("{} {} {}", biggest(&[1, 5, 2]), biggest(&[1.5, 0.5]), biggest::<char>(&['a', 'z']));
    println!("{:?} {:?}", twice(&[1, 2, 3]), twice(&["x"]));
    println!("{} {}", show("s", (1, 2)), show(3.5, (3, 4)));
    println!("{:?} {}", pair('c', vec![1u8, 2], 3), default_of::<String>().len());
    let mut s = Stack::new();
    s.push(1).push(2);
    s.push(3);
    println!("{:?} {:?} {:?}", s.pop(), s.pop(), s.pop());
    let mut t = Stack::<String>::new();
    t.push("q".to_string());
    println!("{:?}", t.map(|x| x.len()));
    println!("{}", vec![1, 2].into_iter().map(|x| x * 2).sum::<i32>());
}
