// expect: G::drop::{closure}=6 G::drop=9 P::r=7 Q::r=6 deep=5 f=2 k=51 main::{closure#2}=2 main::{closure#3}=1 main::{closure#4}=1 main::{closure#5}=1 main::{closure#6}=1 main::{closure#7}=1 main::{closure#8}::{closure}=3 main::{closure#8}=3 main::{closure}=12 main=1
use std::panic::{catch_unwind, AssertUnwindSafe as A};
fn k(n: i32) -> i32 {
    if n == 13 {
        panic!("k")
    }
    n
}
struct G(i32);
impl Drop for G {
    fn drop(&mut self) {
        k(self.0);
        if std::thread::panicking() {
            k(1);
            let _ = catch_unwind(|| k(2) + k(13) + k(3));
        }
    }
}
fn f(n: i32) -> i32 {
    let _g = G(1);
    k(1) + k(n) + k(2)
}
fn deep(n: i32) -> i32 {
    if n == 0 {
        k(13)
    } else {
        let _g = G(n);
        deep(n - 1) + k(n) + k(1)
    }
}
trait R {
    fn r(&self, n: i32) -> i32;
}
struct P;
struct Q;
impl R for P {
    fn r(&self, n: i32) -> i32 {
        if n == 0 {
            k(1)
        } else {
            (&Q as &dyn R).r(n - 1) + k(2)
        }
    }
}
impl R for Q {
    fn r(&self, n: i32) -> i32 {
        let b: Box<dyn R> = Box::new(P);
        if n == 3 {
            k(13)
        } else {
            b.r(n) + k(3)
        }
    }
}
fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    for n in [1, 13] {
        println!("{:?}", catch_unwind(|| f(n)).is_ok());
    }
    println!("{}", catch_unwind(|| deep(4)).is_ok());
    println!(
        "{} {}",
        catch_unwind(|| P.r(3)).is_ok(),
        catch_unwind(|| P.r(6)).is_ok()
    );
    let h = std::thread::spawn(|| k(1) + k(13) + k(4));
    println!("{}", h.join().is_err());
    let mut t = 0;
    let r = catch_unwind(A(|| {
        t += k(1);
        t += k(2) + k(13);
        t += k(3);
    }));
    println!("{} {t}", r.is_err());
    let v: Vec<bool> = (0..3)
        .map(|i| {
            std::thread::spawn(move || {
                let _g = G(i);
                k(12 + i) + k(1)
            })
            .join()
            .is_ok()
        })
        .collect();
    println!("{v:?}");
}
