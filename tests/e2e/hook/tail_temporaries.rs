// expect: D::drop=13 D::v=9 f=1 g=1 h=1 i=1 j=1 main=1 mk=13 note=35
use std::cell::RefCell;
struct D(i32);
fn note(n: i32) -> i32 {
    n
}
impl Drop for D {
    fn drop(&mut self) {
        println!("d{}", note(self.0));
    }
}
impl D {
    fn v(&self) -> i32 {
        note(self.0) + note(1)
    }
}
fn mk(n: i32) -> D {
    D(n)
}
fn f() -> i32 {
    let _a = mk(1);
    mk(2).v() + mk(3).v()
}
fn g(c: &RefCell<Vec<i32>>) -> usize {
    let x = c.borrow().len();
    x + note(1) as usize + {
        c.borrow_mut().push(note(2));
        1
    }
}
fn h() -> i32 {
    match mk(4).v() {
        x if x > note(3) => mk(x).v(),
        _ => 0,
    }
}
fn i() -> bool {
    if mk(5).v() > 2 {
        mk(6).v() > note(1) && mk(7).v() > 0
    } else {
        false
    }
}
fn j() -> i32 {
    let x = { mk(8).v() };
    x + {
        let r = &mk(9);
        r.v()
    }
}
fn main() {
    println!(
        "{} {} {} {} {}",
        f(),
        g(&RefCell::new(vec![])),
        h(),
        i(),
        j()
    );
    let _ = mk(10);
    let _x = mk(11);
    mk(12);
    println!("end");
}
