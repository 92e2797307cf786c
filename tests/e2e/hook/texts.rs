//! Texts that look like code: raw strings, byte strings, C strings, characters, comments in comments. /* fn f() { */
// expect: id=9 raw=1 bytes=1 characters=1 commented=1 main=1 Documented::new=1 Documented::get=1 lifetimes_or_characters=1
/* fn id() { /* nested: id(1) } */ id(2) */
fn id<T>(t: T) -> T {
    t
}
/// ```
/// fn raw() { id(1) }
/// ```
fn raw() -> usize {
    let a = id(r"\ id(1) ").len();
    let b = id(r#"" } fn f() { id(2) "#).len();
    let c = r###"a"##b"###.len() + id(r##"
fn id() { id(3) }
    "##).len();
    a + b + c
}
fn bytes() -> usize {
    id(b"\" } id(4) {").len() + br#"" id(5) } "#.len() + c"id(6) }".to_bytes().len() + id(cr#"" }"#).count_bytes()
}
fn characters() -> String {
    let quote = '"';
    let apostrophe = '\'';
    let brace = id('{');
    let unicode = '\u{7B}';
    let byte = b'"' as char;
    format!("{quote}{apostrophe}{brace}{unicode}{byte}{{{}}}", id('}'))
}
fn lifetimes_or_characters<'a>(s: &'a str) -> (&'a str, char, u8) {
    'a: loop {
        break 'a (s, 'a', b'a');
    }
}
/** A block comment for documentation: fn f() { id(7) } */
fn commented() -> i32 /* -> { */ {
    // id(8) }
    /* id(9) */ id(/* id(10), */ 1) /* } */ + id(2 // id(11)
    )
}
/// What it is.
#[derive(Debug)]
pub struct Documented {
    /// A field. fn f() {}
    pub field: i32,
}
impl Documented {
    //! Inner: fn f() { id(1) }
    /// Makes one.
    ///
    /// # Examples
    /// ```
    /// let d = Documented::new(); }
    /// ```
    pub fn new() -> Self {
        /*! inner block */
        Documented { field: 1 }
    }
    #[doc = r#" as an attribute: " fn f() { "#]
    pub fn get(&self) -> i32 {
        //! inner line
        self.field
    }
}
fn main() {
    println!("{} {} {}", raw(), bytes(), characters());
    println!("{} {} {:?}", commented(), Documented::new().get(), lifetimes_or_characters("\
        continued \" { id(1) \
        line"));
    println!(concat!("a", "b{}", r"\{{"), "ü→🦀".len());
}
