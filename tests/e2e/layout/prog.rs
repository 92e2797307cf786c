// The prelude and the C headers describe the same memory.
//: slots 13 functions 5
fn main() {
    __rprof::print_layout();
}
