// expect: base=19 main=1 x=2 y=2 z=1
macro_rules! def { ($($n:ident = $v:expr),*) => { $(fn $n() -> i32 { $v + base() })* } }
fn base() -> i32 {
    1
}
def!(one = 1, two = 2);
macro_rules! call { ($f:ident) => { $f() + $f() }; ($f:ident, $($r:tt)*) => { $f() + call!($($r)*) } }
macro_rules! early {
    ($e:expr) => {
        if $e {
            return base();
        }
    };
}
fn x(n: i32) -> i32 {
    let a = base();
    early!(n > 3);
    let b = base();
    a + b + one()
}
fn y(n: i32) -> i32 {
    base()
        + {
            early!(n == 1);
            base()
        }
        + base()
}
macro_rules! shadow {
    () => {
        fn base2() -> i32 {
            7
        }
    };
}
fn z() -> i32 {
    shadow!();
    base2()
}
macro_rules! println2 { ($($t:tt)*) => { println!($($t)*) } }
fn main() {
    println!(
        "{} {} {} {}",
        one(),
        two(),
        call!(base, one, two),
        x(2) + x(5)
    );
    println2!("{} {}", y(1), y(2) + z());
    let v = vec![base(), call!(base)];
    println!("{:?}", v);
}
