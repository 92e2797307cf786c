// expect: Y::poll=2 a=2 b=5 block=3 k=17 main::{closure}=1 main=1
use std::{future::Future, pin::Pin, task::*};
fn k(n: i32) -> i32 {
    n
}
async fn a(n: i32) -> i32 {
    k(n) + b(n).await + k(1)
}
async fn b(n: i32) -> i32 {
    if n == 0 {
        k(0)
    } else {
        Box::pin(b(n - 1)).await + k(2)
    }
}
fn block<F: Future>(f: F) -> F::Output {
    let mut f = Box::pin(f);
    let w = Waker::noop();
    let mut c = Context::from_waker(&w);
    loop {
        if let Poll::Ready(v) = f.as_mut().poll(&mut c) {
            return v;
        }
        k(9);
    }
}
struct Y(bool);
impl Future for Y {
    type Output = i32;
    fn poll(mut self: Pin<&mut Self>, c: &mut Context<'_>) -> Poll<i32> {
        k(1);
        if self.0 {
            Poll::Ready(k(3))
        } else {
            self.0 = true;
            c.waker().wake_by_ref();
            Poll::Pending
        }
    }
}
fn main() {
    println!(
        "{} {}",
        block(a(3)),
        block(async { k(1) + Y(false).await + k(2) + a(0).await })
    );
    let c = async |n: i32| k(n) + k(1);
    println!("{}", block(c(2)));
    drop(a(5));
}
