// expect: b=2 f=1 g=2 h=2 k=99 l=2 main=1 w=2
fn k(n: i32) -> i32 {
    n
}
fn f(n: i32) -> i32 {
    let mut t = 0;
    'o: for i in 0..n {
        for j in 0..n {
            if k(j) > k(2) {
                continue 'o;
            }
            if k(i) == 3 {
                break 'o;
            }
            t += k(i) + k(j);
        }
        t += k(1)
    }
    t
}
fn g(n: i32) -> i32 {
    k({
        if n > 1 {
            return k(9);
        }
        k(2)
    }) + k(3)
}
fn h(n: i32) -> i32 {
    loop {
        break k(k(1) + {
            if n > 0 {
                break k(4);
            }
            k(5)
        }) + k(6);
    }
}
fn b(n: i32) -> i32 {
    let x =
        k(1) + 'a: {
            if n == 1 {
                break 'a k(2) + k(3);
            }
            k(4) + k(5)
        } + k(6);
    x + k(7)
}
fn w(mut n: i32) -> i32 {
    while { k(n) > 0 } {
        n -= k(1) + if n == 2 { break } else { k(0) };
    }
    k(n) + k(1)
}
fn l(n: i32) -> i32 {
    k(1) + loop {
        if k(n) > 0 {
            break k(2);
        } else {
            return k(3) + k(4);
        }
    } + k(5)
}
fn main() {
    println!(
        "{} {} {} {} {} {}",
        f(5),
        g(1) + g(2),
        h(0) + h(1),
        b(1) + b(2),
        w(5) + w(2),
        l(0) + l(1)
    );
}
