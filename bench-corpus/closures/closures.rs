// ruchy 4.2.1, source XXH3 b7281e1a95027e39b2b22a49681df539
fn twice(f: fn(i64) -> i64, x: i64) -> i64 {
    f(f(x))
}
fn triple(x: i64) -> i64 {
    x * 3
}
fn residues(values: &Vec<i64>) -> i64 {
    let mut total: i64 = 0;
    for r in values.iter().map(move |x| x * x % 7).collect::<Vec<_>>() {
        { total += r }
    }
    total
}
fn main() {
    let mut total: i64 = 0;
    let mut i: i64 = 0;
    let mut values: Vec<i64> = Vec::new();
    {
        let scale = 7919;
        {
            let scramble = move |k: i64| k * scale % 1000003;
            {
                while i < 3000000 {
                    {
                        total += twice(move |x| x + 1, i.clone());
                        total += twice(triple.clone(), i.clone());
                        total = total % 1000003;
                        values.push(scramble(i.clone()));
                        i += 1;
                    }
                }
                println!("total {}, residues {}", total, residues(& values))
            }
        }
    }
}
