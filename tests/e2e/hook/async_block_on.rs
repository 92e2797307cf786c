// expect: main=1 block_on=2 add=1 slow=3 Pause::poll=6 leaf=4 noop=2 noop::nothing=2 noop::clone=0
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};
struct Pause(bool);
impl Future for Pause {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            Poll::Ready(())
        } else {
            self.0 = true;
            Poll::Pending
        }
    }
}
fn leaf(n: i32) -> i32 {
    n + 1
}
async fn slow(n: i32) -> i32 {
    Pause(false).await;
    leaf(n)
}
async fn add() -> i32 {
    slow(1).await + slow(2).await
}
fn noop() -> Waker {
    fn clone(_: *const ()) -> RawWaker {
        RawWaker::new(std::ptr::null(), &VTABLE)
    }
    fn nothing(_: *const ()) {}
    static VTABLE: RawWakerVTable = RawWakerVTable::new(clone, nothing, nothing, nothing);
    unsafe { Waker::from_raw(RawWaker::new(std::ptr::null(), &VTABLE)) }
}
fn block_on<F: Future>(f: F) -> F::Output {
    let mut f = Box::pin(f);
    let waker = noop();
    let mut cx = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(v) = f.as_mut().poll(&mut cx) {
            return v;
        }
    }
}
fn main() {
    println!("{}", block_on(add()));
    println!("{}", block_on(async { leaf(slow(5).await) }));
}
