// expect: V::get=2 V::set=1 V::len=2 V::index=1 P::new=2 P::peek=23 P::bump=7 P::number=5 P::expr=2 P::term=4 evil=1 fact=10 apply2=1 id=58 danger=1 diverge=2 swap=1 slices=5 part=2 it=1 it::{closure}=4 it::{closure#2}=4 th=1 th::{closure}=3 th::{closure}::{closure}=3 th::{closure#2}=3 main=1 main::{closure}=1 main::{closure#2}=0 main::{closure#3}=2 main::{closure#4}=1 main::{closure#5}=2 main::{closure#6}=1
// The counts are those of the entry counters: two ways of counting must agree.
use std::ops::Index;
#[derive(Clone, Debug)]
struct V(Vec<i32>);
impl V {
    fn get(&self, i: usize) -> i32 {
        self.0[i]
    }
    fn set(&mut self, i: usize, v: i32) {
        self.0[i] = v;
    }
    fn len(&self) -> usize {
        self.0.len()
    }
}
impl Index<usize> for V {
    type Output = i32;
    fn index(&self, i: usize) -> &i32 {
        &self.0[i]
    }
}
struct P<'a> {
    src: &'a str,
    pos: usize,
}
impl<'a> P<'a> {
    fn new(src: &'a str) -> P<'a> {
        P { src, pos: 0 }
    }
    fn peek(&self) -> Option<char> {
        self.src[self.pos..].chars().next()
    }
    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += c.len_utf8();
        Some(c)
    }
    fn number(&mut self) -> Result<i64, String> {
        let mut n = 0;
        let mut any = false;
        while let Some(c) = self.peek() {
            if c.is_ascii_digit() {
                n = n * 10 + c.to_digit(10).unwrap() as i64;
                self.bump();
                any = true;
            } else {
                break;
            }
        }
        if any {
            Ok(n)
        } else {
            Err(format!("at {}", self.pos))
        }
    }
    fn expr(&mut self) -> Result<i64, String> {
        let mut l = self.term()?;
        loop {
            match self.peek() {
                Some('+') => {
                    self.bump();
                    l += self.term()?;
                }
                Some('-') => {
                    self.bump();
                    l -= self.term()?
                }
                _ => return Ok(l),
            }
        }
    }
    fn term(&mut self) -> Result<i64, String> {
        let mut l = self.number()?;
        while self.peek() == Some('*') {
            self.bump();
            let r = self.number()?;
            l *= r
        }
        Ok(l)
    }
}
fn evil(n: i32) -> Result<i32, Box<dyn std::error::Error>> {
    let x: i32 = "5".parse()?;
    Ok(x + n)
}
fn fact(n: u64) -> u64 {
    match n {
        0 | 1 => 1,
        n => n * fact(n - 1),
    }
}
fn apply2(f: &dyn Fn(i32) -> i32, x: i32) -> i32 {
    f(f(x))
}
fn id<T>(t: T) -> T {
    t
}
unsafe fn danger(p: *const i32) -> i32 {
    unsafe { *p }
}
fn diverge(c: bool) -> i32 {
    if c {
        return id(1);
    }
    unreachable!("{}", id(2))
}
fn swap<T>((a, b): (T, T)) -> (T, T) {
    (b, a)
}
fn slices(v: &mut [i32]) {
    let n = v.len();
    if n <= 1 {
        return;
    }
    let p = part(v);
    let (l, r) = v.split_at_mut(p);
    slices(l);
    slices(&mut r[1..]);
}
fn part(v: &mut [i32]) -> usize {
    let h = v.len() - 1;
    let mut i = 0;
    for j in 0..h {
        if v[j] <= v[h] {
            v.swap(i, j);
            i += 1;
        }
    }
    v.swap(i, h);
    i
}
fn it() -> impl Iterator<Item = u64> {
    (0..4).map(|x| fact(x)).filter(|&x| id(x) > 1)
}
fn th() -> i32 {
    let h: Vec<_> = (0..3)
        .map(|i| std::thread::spawn(move || id(i) + id(1)))
        .collect();
    h.into_iter().map(|h| h.join().unwrap()).sum()
}
fn main() {
    let mut v = V(vec![3, 1, 2]);
    v.set(0, v.get(1) + v.get(2));
    let i = v.len() - 1;
    println!("{} {} {:?}", v[i], v.len(), v);
    let mut p = P::new("2*3+4-1");
    println!("{:?} {:?}", p.expr(), P::new("x").expr());
    println!(
        "{:?}",
        evil(id(3)).map(|x| id(x) + id(x)).unwrap_or_else(|e| {
            println!("{}", e);
            id(0)
        })
    );
    println!("{}", apply2(&|x| id(x) * id(2), fact(3) as i32));
    println!("{}", unsafe { danger(&id(7)) });
    println!("{} {:?}", diverge(true), swap((id("a"), id("b"))));
    let mut a = [5, 2, 9, 1];
    slices(&mut a);
    println!("{:?} {:?} {}", a, it().collect::<Vec<_>>(), th());
    let r = std::panic::catch_unwind(|| {
        let z = id(4) + diverge(id(false)) + id(5);
        z
    });
    println!("{}", r.is_err());
    let t = (id(1), [id(2), id(3)], id(4)..id(6));
    println!("{:?}", t);
    let s = match (id(1), id(2)) {
        (1, x) if x > id(1) && id(true) => id("m"),
        _ => id("n"),
    };
    println!("{s}");
    let x = if let (Some(y), true) = (id(Some(2)), id(true)) {
        id(y) + id(y)
    } else {
        id(0)
    };
    println!("{x}");
    let f: fn(i32) -> i32 = id;
    println!("{}", f(3) + id::<i32>(4));
    let mut k = id(0);
    k += id(2);
    k = id(k) - id(1);
    println!("{k}");
    'l: for i in id(0)..id(3) {
        let q = id(i) + if i == 1 { continue 'l } else { id(2) };
        println!("{}", id(q));
    }
    let c = {
        let mut n = 0;
        move || {
            n += id(1);
            n
        }
    };
    let mut c = c;
    println!("{} {}", c(), c());
    let b: Box<dyn Fn() -> i32> = Box::new(|| id(3));
    println!("{}", b());
    std::process::exit(id(3) + id(0));
}
