// expect: ar=3 cmp=2 f=3 m=1 main=1 p=60 r::{closure}=6 r=3 s=2 t=2
fn p(n: i32) -> i32 {
    print!("{n} ");
    n
}
fn f(a: i32, b: i32, c: i32) -> i32 {
    p(a + b + c)
}
struct S {
    a: i32,
    b: i32,
}
fn s(n: i32) -> S {
    S {
        b: p(1),
        a: {
            if n > 2 {
                return S { a: p(0), b: p(9) };
            }
            p(2)
        },
    }
}
fn t(n: i32) -> (i32, i32) {
    (p(1), if n > 0 { return (p(5), 0) } else { p(2) })
}
fn ar(n: i32) -> [i32; 3] {
    [
        p(1),
        match n {
            0 => p(2),
            1 => return [p(3); 3],
            _ => p(4) + p(5),
        },
        p(6),
    ]
}
fn m(v: &mut Vec<i32>) -> i32 {
    v.push(p(1));
    v[p(0) as usize] = p(3) + p(4);
    v[p(0) as usize] += { p(5) };
    let (a, mut b);
    (a, b) = (p(1), p(2));
    b += p(a);
    b
}
fn cmp(n: i32) -> bool {
    p(n) < p(1) && p(2) > p(1) || p(3) == p(4)
}
fn r(n: i32) -> i32 {
    f(
        p(1),
        {
            let c = || {
                if n > 0 {
                    return p(2);
                }
                p(3)
            };
            c() + c()
        },
        loop {
            if n > 1 {
                break p(4);
            }
            return p(5);
        },
    )
}
fn main() {
    println!("{}", f(p(1), p(2), f(p(3), p(4), p(5))));
    println!("{} {}", s(1).a + s(3).b, t(0).1 + t(1).0);
    println!("{:?} {:?} {:?}", ar(0), ar(1), ar(2));
    println!("{} {} {}", m(&mut vec![]), cmp(0), cmp(5));
    println!("{} {} {}", r(0), r(1), r(2));
    assert_eq!(p(1) + p(2), { p(3) });
    debug_assert!(p(1) == 1);
    assert!(p(1) > 0 && p(2) > 1);
}
