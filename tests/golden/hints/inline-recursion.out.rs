// inline-recursion: called 42 times
#[must_use]
pub fn fibonacci(n: i32) -> i32 {
    if n <= 1 { n } else { fibonacci_inlined_1(n - 1) + fibonacci_inlined_1(n - 2) }
}
#[inline(always)]
pub fn fibonacci_inlined_1(n: i32) -> i32 {
    if n <= 1 { n } else { fibonacci(n - 1) + fibonacci(n - 2) }
}
// inline-recursion: called 42 times
fn is_even(n: u64) -> bool {
    if n == 0 { true } else { is_odd_inlined_1(n - 1) }
}
#[inline(always)]
fn is_even_inlined_1(n: u64) -> bool {
    if n == 0 { true } else { is_odd(n - 1) }
}
// inline-recursion: called 42 times
fn is_odd(n: u64) -> bool {
    if n == 0 { false } else { is_even_inlined_1(n - 1) }
}
#[inline(always)]
fn is_odd_inlined_1(n: u64) -> bool {
    if n == 0 { false } else { is_even(n - 1) }
}
#[derive(Clone)]
struct Tree {
    left: Option<Box<Tree>>,
    right: Option<Box<Tree>>,
}
impl Tree {
    // inline-recursion: called 42 times
    fn depth(&self) -> i64 {
        let left = match &self.left {
            Some(tree) => Tree::depth_inlined_1(tree),
            None => 0,
        };
        let right = match &self.right {
            Some(tree) => Tree::depth_inlined_1(tree),
            None => 0,
        };
        1 + left.max(right)
    }
    #[inline(always)]
    fn depth_inlined_1(&self) -> i64 {
        let left = match &self.left {
            Some(tree) => Tree::depth(tree),
            None => 0,
        };
        let right = match &self.right {
            Some(tree) => Tree::depth(tree),
            None => 0,
        };
        1 + left.max(right)
    }
}
// inline-recursion: called 42 times
fn size<T: Clone>(items: &Vec<T>, from: usize) -> usize {
    if from == items.len() { 0 } else { 1 + size_inlined_1::<T>(items, from + 1) }
}
#[inline(always)]
fn size_inlined_1<T: Clone>(items: &Vec<T>, from: usize) -> usize {
    if from == items.len() { 0 } else { 1 + size::<T>(items, from + 1) }
}
fn main() {
    let tree = Tree { left: None, right: Some(Box::new(Tree { left: None, right: None })) };
    println!("{} {} {} {}", fibonacci(20), is_even(11), tree.depth(), size(&vec![1, 2], 0));
}
