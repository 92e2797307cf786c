// expect: M::get=8 M::ident=1 M::one#2=1 M::one=1 M::sum=2 M::zero=2 idx=21 main=1 n2=2 n=2
#[derive(Clone, Copy)]
struct M<T, const R: usize = 2, const C: usize = R_DEFAULT>([[T; C]; R]);
const R_DEFAULT: usize = 2;
impl<T: Copy + Default + std::ops::Add<Output = T>, const R: usize, const C: usize> M<T, R, C>
where
    T: PartialEq,
{
    fn zero() -> Self {
        M([[T::default(); C]; R])
    }
    fn get(&self, r: usize, c: usize) -> T {
        self.0[idx(r)][idx(c)]
    }
    fn sum(&self) -> T {
        let mut t = T::default();
        for r in 0..R {
            for c in 0..C {
                t = t + self.get(r, c);
            }
        }
        t
    }
}
fn idx(n: usize) -> usize {
    n
}
impl M<i32, 2, 2> {
    fn ident() -> Self {
        let mut m = Self::zero();
        m.0[idx(0)][idx(0)] = 1;
        m.0[1][1] = Self::one();
        m
    }
    fn one() -> i32 {
        1
    }
}
impl M<u8, 1, 1> {
    fn one() -> u8 {
        2
    }
}
fn n<const N: usize>() -> usize {
    if N > 3 {
        idx(N)
    } else {
        n2::<N>() + n2::<{ 1 + 1 }>()
    }
}
fn n2<const K: usize>() -> usize {
    idx(K)
}
fn main() {
    println!(
        "{} {} {} {} {}",
        M::<i32, 2, 2>::ident().sum(),
        M::<i32>::zero().sum(),
        M::<u8, 1, 1>::one(),
        n::<5>(),
        n::<2>()
    );
}
