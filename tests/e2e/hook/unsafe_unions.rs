// expect: P::q=2 U::m=1 bump=2 main=1 rd=4 safe=1 two=1
#[repr(C)]
union U {
    a: u32,
    b: f32,
}
unsafe fn rd(u: &U) -> u32 {
    unsafe { u.a }
}
unsafe fn two(u: &U) -> u32 {
    unsafe { rd(u) + rd(u) }
}
fn safe(u: &U) -> u32 {
    unsafe { two(u) + rd(u) }
}
static mut S: i32 = 0;
fn bump() -> i32 {
    unsafe {
        S += 1;
        S
    }
}
trait X {
    unsafe fn m(&self) -> u32;
}
impl X for U {
    unsafe fn m(&self) -> u32 {
        unsafe { rd(self) }
    }
}
struct P;
impl P {
    unsafe fn q(p: *const i32) -> i32 {
        unsafe { *p }
    }
}
fn main() {
    let u = U { b: 1.0 };
    println!(
        "{} {} {} {}",
        safe(&u),
        bump() + bump(),
        unsafe { u.m() },
        unsafe { P::q(&3) + P::q(&4) }
    );
}
