// expect: main=1 a=6 b=3 c=5 find=2
fn a(n: i32) -> i32 {
    n
}
fn b(n: i32) -> i32 {
    n
}
fn c(n: i32) -> i32 {
    n
}
fn find(limit: i32) -> i32 {
    let r = 'outer: loop {
        for i in 0.. {
            for j in 0..3 {
                if a(i) * 3 + j > limit {
                    break 'outer c(i) + c(j);
                }
                if j == 1 {
                    continue;
                }
            }
        }
    };
    r
}
fn main() {
    let v = 'block: {
        if a(1) > 5 {
            break 'block b(1) + b(2);
        }
        let x = b(3) + b(4);
        if x > 5 {
            break 'block c(x);
        }
        b(9) + c(9)
    };
    println!("{} {}", v, b(5));
    println!("{} {}", find(0), find(1));
}
