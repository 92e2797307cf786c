// expect: Depth::visit=22 Eval::visit=46 Stack::map=1 Stack::new=2 Stack::pop=2 Stack::push=4 leaf=64 main::{closure#2}=2 main::{closure}=2 main=1 mk=46 run=2
use std::collections::HashMap;
trait Visitor {
    type Out;
    fn visit(&mut self, n: &Node) -> Self::Out;
}
enum Node {
    Leaf(i32),
    Add(Box<Node>, Box<Node>),
    Neg(Box<Node>),
}
struct Eval;
struct Depth(usize);
fn leaf(n: i32) -> i32 {
    n
}
impl Visitor for Eval {
    type Out = i32;
    fn visit(&mut self, n: &Node) -> i32 {
        match n {
            Node::Leaf(x) => leaf(*x),
            Node::Add(a, b) => self.visit(a) + self.visit(b) + leaf(0),
            Node::Neg(a) => -self.visit(a),
        }
    }
}
impl Visitor for Depth {
    type Out = usize;
    fn visit(&mut self, n: &Node) -> usize {
        match n {
            Node::Leaf(_) => 1,
            Node::Add(a, b) => 1 + self.visit(a).max(self.visit(b)),
            Node::Neg(a) => 1 + self.visit(a),
        }
    }
}
fn run<V: Visitor>(mut v: V, n: &Node) -> V::Out
where
    V::Out: std::fmt::Debug,
{
    v.visit(n)
}
fn mk(n: i32) -> Node {
    if n == 0 {
        Node::Leaf(leaf(1))
    } else {
        Node::Add(
            Box::new(mk(n - 1)),
            Box::new(Node::Neg(Box::new(mk(n - 1)))),
        )
    }
}
struct Stack<T> {
    v: Vec<T>,
}
impl<T: Clone> Stack<T> {
    fn new() -> Self {
        Stack { v: Vec::new() }
    }
    fn push(&mut self, t: T) -> &mut Self {
        self.v.push(t);
        self
    }
    fn pop(&mut self) -> Option<T> {
        self.v.pop()
    }
    fn map<U: Clone, F: Fn(&T) -> U>(&self, f: F) -> Stack<U> {
        let mut s = Stack::new();
        for x in &self.v {
            s.push(f(x));
        }
        s
    }
}
fn main() {
    println!("{} {}", run(Eval, &mk(4)), run(Depth(0), &mk(3)));
    let mut s = Stack::new();
    s.push(leaf(1)).push(leaf(2));
    let mut t = s.map(|x| leaf(*x) * 2);
    println!("{:?} {:?}", t.pop(), s.pop());
    let mut m: HashMap<String, i32> = HashMap::new();
    for w in "a b a".split(' ') {
        *m.entry(w.to_string()).or_insert_with(|| leaf(0)) += leaf(1);
    }
    println!("{}", m["a"]);
}
