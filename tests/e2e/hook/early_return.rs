// expect: main=1 search=4 cost=29 pick=3
fn cost(n: i32) -> i32 {
    n * 2
}
fn search(limit: i32) -> i32 {
    let mut i = 0;
    while cost(i) < 100 {
        if cost(i) > limit {
            return cost(i) + cost(i + 1);
        }
        i += 1;
        if i > 3 {
            break;
        }
    }
    let r = cost(1);
    r
}
fn pick(n: i32) -> i32 {
    if n == 0 {
        return -1;
    } else if n == 1 {
        return search(0) + search(n);
    }
    search(2) + { if n > 2 { return 7 } search(100) }
}
fn main() {
    println!("{} {} {}", pick(0), pick(1), pick(2));
}
