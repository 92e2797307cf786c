// Blocks go from thread to thread; sums are exact all the same.
use std::hint::black_box;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::thread;

//= produce: allocations 8*20000, bytes 8*sum(1 + i % 500 for i in range(20000)), leaked 0, leaked_bytes 0, largest 500
fn produce(i: usize) -> Vec<u8> {
    vec![1u8; 1 + i % 500]
}

//= consume: allocations 0
fn consume(v: Vec<u8>) -> usize {
    v.len()
}

//= scratch: allocations 8*1000, bytes 8*1000*4096, leaked 0
fn scratch() -> usize {
    black_box(vec![0u8; 4096]).len()
}

//= lost: allocations 8, bytes 8*777, leaked 8, leaked_bytes 8*777
fn lost() {
    std::mem::forget(black_box(vec![5u8; 777]));
}

// A queue that allocates nothing once it is there, however long its users wait.
struct Queue(Mutex<VecDeque<Vec<u8>>>);
impl Queue {
    fn put(&self, v: Vec<u8>) {
        loop {
            let mut queue = self.0.lock().unwrap();
            if queue.len() < 64 {
                queue.push_back(v);
                return;
            }
            drop(queue);
            thread::yield_now();
        }
    }
    fn take(&self) -> Vec<u8> {
        loop {
            if let Some(v) = self.0.lock().unwrap().pop_front() {
                return v;
            }
            thread::yield_now();
        }
    }
}

fn main() {
    let mut threads = Vec::new();
    for _ in 0..8 {
        let queue = Arc::new(Queue(Mutex::new(VecDeque::with_capacity(64))));
        let other = queue.clone();
        threads.push(thread::spawn(move || {
            for i in 0..20000 {
                queue.put(produce(i));
            }
            lost();
            0
        }));
        threads.push(thread::spawn(move || {
            let mut n = 0;
            for _ in 0..20000 {
                n += consume(other.take());
            }
            for _ in 0..1000 {
                n += scratch();
            }
            n
        }));
    }
    let mut sum = 0;
    for t in threads {
        sum += t.join().unwrap();
    }
    println!("{}", sum);
}
