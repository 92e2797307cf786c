fn step(n: u64) -> u64 {
    if n % 2 == 0 {
        n / 2
    } else {
        3 * n + 1
    }
}

fn length(start: u64) -> u64 {
    let mut n = start;
    let mut steps = 0;
    while n != 1 {
        n = step(n);
        steps += 1;
    }
    steps
}

fn main() {
    let mut best = 0;
    let mut longest = 0;
    for start in 1..1_000_000 {
        let steps = length(start);
        if steps > longest {
            longest = steps;
            best = start;
        }
    }
    println!("{best} takes {longest} steps");
}
