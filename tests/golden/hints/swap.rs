fn bubble(v: &mut Vec<String>) -> u64 {
    let mut swaps: u64 = 0;
    for end in (1..v.len()).rev() {
        for j in 0..end {
            if v[j] > v[j + 1] {
                v.swap(j, j + 1);
                swaps += 1;
            }
        }
    }
    swaps
}
fn divide(values: &mut Vec<u64>, pivot: u64) -> i64 {
    let mut store: i64 = -1;
    for i in 0..values.len() as i64 {
        {
            if values[i as usize].clone() <= pivot {
                store += 1;
                values.swap((store as usize), (i as usize))
            }
        }
    }
    store
}
fn main() {
    let mut words: Vec<String> = "the quick brown fox".split(' ').map(|w| w.to_string()).collect();
    let mut values = vec![5, 1, 4, 2, 3];
    println!("{} {:?} {} {:?}", bubble(&mut words), words, divide(&mut values, 3), values);
}
