fn divide(values: &mut Vec<u64>, pivot: u64) -> i64 {
    let mut store: i64 = 0;
    for i in 0..values.len() as i64 {
        {
            if values[i as usize].clone() < pivot {
                values.swap((i as usize), (store as usize));
                store += 1;
            }
        }
    }
    store
}
fn main() {
    let mut values = vec![5, 1, 4, 2, 3];
    println!("{} {:?}", divide(&mut values, 3), values);
}
