// expect: base=1 main::{closure}::base=1 main::{closure}=1 main=1 outer2=5 outer::L::g=3 outer::L::mk=3 outer::base#2=3 outer::base::base=12 outer::base=6 outer::cc=0 outer::inner=7 outer=3
fn outer(n: i32) -> i32 {
    fn inner(n: i32) -> i32 {
        if n == 0 {
            base()
        } else {
            inner(n - 1) + outer2(0)
        }
    }
    fn base() -> i32 {
        fn base() -> i32 {
            3
        }
        base() + base()
    }
    const C: i32 = {
        const fn cc() -> i32 {
            2
        }
        cc()
    };
    struct L(i32);
    impl L {
        fn g(&self) -> i32 {
            base() + self.0
        }
        fn mk() -> L {
            L(C)
        }
    }
    inner(n) + L::mk().g() + {
        fn base() -> i32 {
            100
        }
        base()
    }
}
fn outer2(n: i32) -> i32 {
    if n > 0 {
        outer(n - 1)
    } else {
        0
    }
}
fn base() -> i32 {
    1
}
fn main() {
    let c = |n| {
        fn base() -> i32 {
            7
        }
        base() + outer(n)
    };
    println!("{} {} {}", outer(2), outer2(2), c(1) + base());
}
