// ruchy 4.2.1, source XXH3 9103803a4881f76d888083395e9caa25
// inline: called 42 times
#[inline(always)]
fn step(n: u64) -> u64 {
    if n % 2 == 0 { n / 2 } else { 3 * n + 1 }
}
// inline: called 42 times
#[inline(always)]
fn length(start: u64) -> u64 {
    let mut n = start;
    let mut steps: u64 = 0;
    while n != 1 {
        {
            n = step(n.clone());
            steps += 1;
        }
    }
    steps
}
fn main() {
    let mut best: u64 = 0;
    let mut longest: u64 = 0;
    let mut start: u64 = 1;
    while start < 1000000 {
        {
            {
                let mut steps = length(start.clone());
                {
                    if steps > longest {
                        longest = steps;
                        best = start;
                    }
                    start += 1;
                }
            }
        }
    }
    println!("{} takes {} steps", best, longest);
}
