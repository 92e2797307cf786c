// ruchy 4.2.1, source XXH3 5b9bdf71c4881f6586d6c79575fdc6f3
fn next_random(state: u64) -> u64 {
    state * 48271 % 2147483647
}
fn fill(n: usize, seed: u64) -> Vec<u64> {
    let mut values = Vec::new();
    let mut state = seed;
    for i in 0..n {
        {
            state = next_random(state.clone());
            values.push(state)
        }
    }
    values
}
fn divide(values: &mut Vec<u64>, low: i64, high: i64) -> i64 {
    {
        let mut middle = low + (high - low) / 2;
        {
            values.swap((middle as usize), (high as usize));
            {
                let pivot = values[high as usize].clone();
                {
                    let mut store = low;
                    for i in low..high {
                        {
                            if values[i as usize].clone() < pivot {
                                values.swap((i as usize), (store as usize));
                                store += 1;
                            }
                        }
                    }
                    values.swap((store as usize), (high as usize));
                    store
                }
            }
        }
    }
}
fn quicksort(values: &mut Vec<u64>, low: i64, high: i64) -> () {
    if low >= high {
        return;
    }
    let mut middle = low;
    middle = divide(values, low, high);
    quicksort(values, low, middle - 1);
    quicksort(values, middle + 1, high)
}
fn is_sorted(values: &Vec<u64>) -> bool {
    let mut previous = 0;
    for v in values.iter() {
        {
            if *v < previous {
                return false;
            }
            previous = *v;
        }
    }
    true
}
fn main() {
    let mut values = fill(1000000, 42);
    quicksort(&mut values, 0, 999999);
    println!(
        "sorted: {}, smallest {}, largest {}", is_sorted(& values), values[0 as usize]
        .clone(), values[999999 as usize].clone()
    );
}
