//! What a transpiler written in Rust does with librhook over FFI: it has the Ruchy text and the Rust that it printed for it, and hands out
//! Rust with counters and a source map.
//!
//!     hook PROGRAM.ruchy PROGRAM.rs OUTPUT.rs      writes OUTPUT.rs and OUTPUT.rs.map, lists the functions and what was left alone
//!
//! Build: rustc -O hook.rs -L "$(pkg-config --variable=libdir rhook)"

mod rhook {
    use std::ffi::{c_char, c_int, c_uint, CStr, CString};

    #[repr(C)]
    struct Text {
        path: *const c_char,
        data: *const u8,
        size: usize,
    }

    #[repr(C)]
    struct Input {
        ruchy: Text,
        rust: Text,
        prelude: *const c_char,
        flags: c_uint,
        prelude_crate: *const c_char,
        trace: *const *const c_char,
        trace_count: usize,
    }

    #[repr(C)]
    struct RawError {
        line: u32,
        column: u32,
        byte: usize,
        message: [c_char; 256],
    }

    #[repr(C)]
    struct RawFunction {
        name: *const c_char,
        kind: c_char,
        from: u32,
        to: u32,
        rust_from: u32,
        rust_to: u32,
    }

    #[repr(C)]
    struct RawSkip {
        rust_line: u32,
        reason: *const c_char,
    }

    /// The beginning of `struct rhook_output`: the library makes it, so the rest need not be known.
    #[repr(C)]
    struct Output {
        rust: *const u8,
        rust_size: usize,
        table: *const u8,
        table_size: usize,
        map_json: *const u8,
        map_json_size: usize,
        functions: *const RawFunction,
        function_count: usize,
        skips: *const RawSkip,
        skip_count: usize,
    }

    #[link(name = "rhook")]
    unsafe extern "C" {
        fn rhook_instrument(input: *const Input, output: *mut *mut Output, error: *mut RawError) -> c_int;
        fn rhook_free(output: *mut Output);
        fn rhook_version() -> c_uint;
    }

    pub struct Function {
        pub name: String,
        pub from: u32,
        pub to: u32,
    }

    pub struct Instrumented {
        pub rust: Vec<u8>,
        pub map: Vec<u8>,
        pub functions: Vec<Function>,
        /// Line in the Rust text, reason.
        pub skips: Vec<(u32, String)>,
    }

    #[derive(Debug)]
    pub struct Error {
        pub line: u32,
        pub column: u32,
        pub message: String,
    }

    unsafe fn list<'a, T>(data: *const T, count: usize) -> &'a [T] {
        if count == 0 { &[] } else { unsafe { std::slice::from_raw_parts(data, count) } }
    }

    unsafe fn string(text: *const c_char) -> String {
        unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
    }

    /// Paths are for messages and the function table.
    pub fn instrument(ruchy: (&str, &[u8]), rust: (&str, &[u8])) -> Result<Instrumented, Error> {
        let paths = [ruchy.0, rust.0].map(|path| CString::new(path).unwrap_or_default());
        let text = |path: &CString, data: &[u8]| Text { path: path.as_ptr(), data: data.as_ptr(), size: data.len() };
        let input = Input {
            ruchy: text(&paths[0], ruchy.1),
            rust: text(&paths[1], rust.1),
            prelude: std::ptr::null(),
            flags: 0,
            prelude_crate: std::ptr::null(),
            trace: std::ptr::null(),
            trace_count: 0,
        };
        let mut output = std::ptr::null_mut();
        let mut error = RawError { line: 0, column: 0, byte: 0, message: [0; 256] };
        assert!(unsafe { rhook_version() } >= 1);
        unsafe {
            if rhook_instrument(&input, &mut output, &mut error) != 0 {
                return Err(Error { line: error.line, column: error.column, message: string(error.message.as_ptr()) });
            }
            let o = &*output;
            let result = Instrumented {
                rust: list(o.rust, o.rust_size).to_vec(),
                map: list(o.map_json, o.map_json_size).to_vec(),
                functions: list(o.functions, o.function_count).iter().map(|f| Function { name: string(f.name), from: f.from, to: f.to }).collect(),
                skips: list(o.skips, o.skip_count).iter().map(|s| (s.rust_line, string(s.reason))).collect(),
            };
            rhook_free(output);
            Ok(result)
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, ruchy, rust, output] = &arguments[..] else {
        eprintln!("usage: hook PROGRAM.ruchy PROGRAM.rs OUTPUT.rs");
        std::process::exit(2);
    };
    let result = rhook::instrument((ruchy, &std::fs::read(ruchy)?), (rust, &std::fs::read(rust)?));
    let done = result.map_err(|e| format!("{rust}:{}:{}: {}", e.line, e.column, e.message))?;
    std::fs::write(output, &done.rust)?;
    std::fs::write(format!("{output}.map"), &done.map)?;
    for f in &done.functions {
        println!("{} {ruchy}:{}-{}", f.name, f.from, f.to);
    }
    for (line, reason) in &done.skips {
        println!("left alone: {rust}:{line}: {reason}");
    }
    Ok(())
}
