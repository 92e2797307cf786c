// Allocations by line: `//# N` is how many the line makes, over all calls; a line without it makes none. Owned by black_box, so that none is
// left out.
use std::hint::black_box;

fn fresh(n: usize) -> String {
    black_box("x".repeat(n)) //# 8
}

fn length(text: &String) -> usize {
    black_box(text.len())
}

struct Person {
    name: String,
    tags: Vec<u8>,
    friend: Box<u64>,
}

fn literal() -> Person {
    Person {
        name: black_box("anna".to_string()), //# 1
        tags: black_box(vec![1, 2, 3]),      //# 1
        friend: black_box(
            Box::new(7), //# 1
        ),
    }
}

fn chain(words: &[&str]) -> usize {
    let joined = words
        .join("-"); //# 1
    black_box(
        black_box(joined)
            .to_uppercase() //# 1
            .repeat(2),     //# 1
    )
    .len()
}

// What is called in between has an account of its own; behind it comes the line again.
fn between() -> usize {
    let both = black_box(format!("{}{}", fresh(3), fresh(4))); //# 1
    let first = black_box(length(&fresh(2)).to_string()); //# 1
    both.len()
        + first.len()
        + black_box(fresh(5) + "y").len() //# 1
}

fn branches(n: usize) -> usize {
    if black_box("a".repeat(n)).len() > 2 { //# 4
        let long = black_box(vec![0u8; n]); //# 2
        long.len()
    } else if n == 1 {
        black_box(String::from("one")).len() //# 1
    } else {
        match black_box(n) {
            2 => black_box(vec![0u32; 2]).len(), //# 1
            _ => 0,
        }
    }
}

struct Source {
    left: usize,
}

impl Source {
    fn next(&mut self) -> Option<String> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        Some(black_box(String::from("item"))) //# 6
    }
}

fn loops(n: usize) -> usize {
    let mut source = Source { left: n };
    let mut total = 0;
    while let Some(item) = source.next() {
        let copy = black_box(item.clone()); //# 3
        total += copy.len();
    }
    let mut i = 0;
    while i < black_box(n.to_string()).len() { //# 2
        total += black_box(Box::new(i)).count_ones() as usize; //# 1
        i += 1;
    }
    for text in ["a", "b", "c"].iter().map(|t| black_box(t.to_string())) { //# 3
        total += black_box(text.clone()).len(); //# 3
        if total % 2 == 9 {
            continue;
        }
        total += 1;
    }
    loop {
        let last = black_box(vec![1u8]); //# 2
        total += last.len();
        if total % 2 == 0 {
            break;
        }
    }
    total
}

fn lazily(text: &str) -> usize {
    let mut n = 0;
    for word in text.split(' ').map(String::from) { //# 3
        n += black_box(word).len();
        let more = black_box(fresh(1) + ""); // grows nothing
        n += more.len();
    }
    n
}

fn question(n: usize) -> Result<usize, Box<dyn std::error::Error>> {
    let number: usize = n.to_string().parse()?; //# 2
    let text = if n > 5 {
        Err("too much")? //# 2
    } else {
        black_box(
            String::from("fine"), //# 1
        )
    };
    Ok(number + text.len())
}

fn closures() -> usize {
    let make = |n: usize| {
        let one = black_box(vec![0u8; n]); //# 4
        black_box(one.clone()) //# 4
    };
    let all: Vec<Vec<u8>> = (1..5).map(make).collect(); //# 1
    let boxed: Box<dyn Fn(usize) -> String> =
        Box::new(|n| "z".repeat(n)); //# 1
    all.len() + black_box(boxed(black_box(3))).len()
}

fn early(flag: bool) -> usize {
    let kept = 'out: {
        let first = black_box(String::from("first")); //# 2
        if flag {
            break 'out first;
        }
        black_box(String::from("second")) //# 1
    };
    let Some(c) = kept.chars().next() else {
        return black_box(String::from("never")).len();
    };
    c.len_utf8() + black_box(Box::new(c)).len_utf8() //# 2
}

fn unwound() -> usize {
    let result = std::panic::catch_unwind(|| {
        let lost = black_box(String::from("lost")); //# 1
        if lost.len() == 4 {
            std::panic::resume_unwind(Box::new(5u8)); //# 2
        }
    });
    usize::from(result.is_err()) + black_box(String::from("behind")).len() //# 1
}

fn main() {
    let p = literal();
    let mut sum = p.name.len() + p.tags.len() + *p.friend as usize;
    sum += chain(&["a", "b"]);
    sum += between();
    sum += branches(4) + branches(3) + branches(1) + branches(2);
    sum += loops(3);
    sum += lazily("un deux trois");
    sum += question(1).unwrap_or(0) + question(9).unwrap_or(0);
    sum += closures();
    sum += early(true) + early(false);
    sum += unwound();
    let mut source = Source { left: 3 };
    while source.next().is_some() {}
    std::process::exit(if sum > 0 && fresh(16).len() == 16 { 0 } else { 1 });
}
