// expect: main=1 r#match=7 r#mod::plain2=1 r#mod::plain=1 r#mod::r#use=1 r#struct::r#if=2 r#struct::r#loop=2
fn r#match(r#type: i32) -> i32 {
    r#type + 1
}
struct r#struct {
    r#fn: i32,
}
impl r#struct {
    fn r#loop(&self) -> i32 {
        r#match(self.r#fn) + Self::r#if(2)
    }
    fn r#if(n: i32) -> i32 {
        r#match(n)
    }
}
mod r#mod {
    pub fn r#use() -> i32 {
        crate::r#match(3) + plain()
    }
    fn plain() -> i32 {
        r#plain2()
    }
    fn plain2() -> i32 {
        1
    }
}
fn main() {
    let r#let = r#match(1) + r#match(2);
    println!(
        "{} {} {}",
        r#let,
        r#struct { r#fn: 3 }.r#loop(),
        r#mod::r#use()
    );
    let s = r#struct { r#fn: 1 };
    println!("{}", s.r#loop());
}
