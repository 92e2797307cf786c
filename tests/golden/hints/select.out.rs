fn divide(values: &mut Vec<u64>, pivot: u64) -> i64 {
    let mut store: i64 = 0;
    for i in 0..values.len() as i64 {
        {
            // select: called 42 times
            if ((store as usize)) < values.len() { let swap_pair = (values[i as usize], values[(store as usize)]); let swap_less = swap_pair.0 < pivot; values[i as usize] = ::core::hint::select_unpredictable(swap_less, swap_pair.1, swap_pair.0); values[(store as usize)] = ::core::hint::select_unpredictable(swap_less, swap_pair.0, swap_pair.1); store += if swap_less { 1 } else { 0 }; } else if values[i as usize].clone() < pivot {
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
