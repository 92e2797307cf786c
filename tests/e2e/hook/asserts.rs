// expect: f=7 main=1 main::{closure}=2 main::{closure#2}=2 main::{closure#3}=1 main::{closure#4}=1
fn f(n: i32) -> bool { n > 1 }
fn main() {
    let v = vec![1, 2];
    assert!(f( 3 ));
    assert!( v.iter().all(| x | * x < 5), );
    assert!(v.iter().all(|&x| f(x+5) && x<9)&&f(9));
    assert!(match v.len() { 0 => f(1), _ => true });
    assert!(v.iter().map(|x| { x + 1 }).count() > 0);
    debug_assert!(f(7));
    let r = std::panic::catch_unwind(|| assert!(f(1) || v.iter().any(|x|*x>8) ||"a\"b".len()==f(3) as usize));
    println!("{:?}", r.unwrap_err().downcast_ref::<&'static str>());
    let r = std::panic::catch_unwind(|| { assert!(f(1) || v.iter().any(|x|*x>8)
       ||"a\"b".len()==0 ||  v . get( 1 ) == Some(&3)); });
    println!("{:?}", r.unwrap_err().downcast_ref::<&'static str>());

}
