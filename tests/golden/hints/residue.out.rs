fn sum(n: i64) -> i64 {
    let mut total: i64 = 0;
    // residue: called 42 times
    let mut i_mod_3: i64 = 2; let mut i_mod_10: i64 = 5; let mut i: i64 = 5;
    while i < n {
        {
            if i_mod_3 == 0 {
                total += i_mod_10;
            }
            i += 1; i_mod_3 = if i_mod_3 == 2 { 0 } else { i_mod_3 + 1 }; i_mod_10 = if i_mod_10 == 9 { 0 } else { i_mod_10 + 1 };
        }
    }
    total
}
fn main() {
    let mut odd = 0;
    // residue: called 42 times
    { let mut k_mod_7: u64 = 1; let mut k_mod_11: u64 = 1; for k in 2..100u64 { k_mod_7 = if k_mod_7 == 6 { 0 } else { k_mod_7 + 1 }; k_mod_11 = if k_mod_11 == 10 { 0 } else { k_mod_11 + 1 };
        if k_mod_7 == 3 {
            continue;
        }
        if k_mod_7 > k_mod_11 {
            odd += 1
        }
    } }
    println!("{} {}", sum(1000), odd);
}
