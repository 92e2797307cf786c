// Blocks aligned to more than malloc does by itself stay aligned, when they grow too.
use std::alloc::{alloc, alloc_zeroed, dealloc, realloc, Layout};
use std::hint::black_box;

#[repr(align(64))]
#[derive(Clone)]
struct Line(u8);

#[repr(align(4096))]
struct Page(u8);

//= lines: allocations 5, bytes 64*(4+8+16+32+64), reallocations 4, largest 64*64, leaked_bytes 0
fn lines(n: usize) -> usize {
    let mut v = Vec::new();
    for i in 0..n {
        v.push(Line(i as u8));
        assert_eq!(v.as_ptr() as usize % 64, 0);
    }
    v.iter().map(|l| l.0 as usize).sum()
}

//= pages: allocations 10, bytes 10*4096, reallocations 0, largest 4096
fn pages() -> usize {
    let mut sum = 0;
    for i in 0..10 {
        let page = black_box(Box::new(Page(i)));
        assert_eq!(&*page as *const Page as usize % 4096, 0);
        sum += page.0 as usize;
    }
    sum
}

// Every size and alignment, and each also grown and shrunk: contents stay, zeroed memory is zero.
//= all_layouts: allocations 3*13*40*2, reallocations 2*13*40*2, leaked_bytes 0, leaked 0
fn all_layouts() {
    for power in 0..13 {
        for size in 1..41 {
            for zero in [false, true] {
                let align = 1usize << power;
                let layout = Layout::from_size_align(size, align).unwrap();
                unsafe {
                    let p = if zero { alloc_zeroed(layout) } else { alloc(layout) };
                    assert!(!p.is_null() && p as usize % align == 0);
                    for i in 0..size {
                        assert!(!zero || *p.add(i) == 0);
                        *p.add(i) = i as u8;
                    }
                    let q = realloc(p, layout, size + 1000);
                    assert!(q as usize % align == 0);
                    for i in 0..size {
                        assert_eq!(*q.add(i), i as u8);
                    }
                    let r = realloc(q, Layout::from_size_align(size + 1000, align).unwrap(), 1);
                    assert!(r as usize % align == 0 && *r == 0);
                    dealloc(r, Layout::from_size_align(1, align).unwrap());
                }
            }
        }
    }
}

fn main() {
    all_layouts();
    println!("{} {}", lines(50), pages());
}
