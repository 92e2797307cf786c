// The trace: the hook appends it to a program of which some functions are traced, in place of the counters. See docs/trace.md for what
// generated code calls, and runtime/include/rprof_trace.h for the other side; tests/e2e/trace.sh checks that the two agree.
// Nothing of the std prelude is used by its short name, so user code can shadow what it likes.
#[allow(unknown_lints, warnings, unused, unsafe_code, unsafe_op_in_unsafe_fn, missing_docs, missing_debug_implementations)]
#[allow(non_snake_case, non_camel_case_types, unreachable_pub, unused_qualifications, let_underscore_drop)]
#[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction, clippy::cargo)]
mod __rprof {
    const FUNCTIONS: u32 = 0;
    const TABLE: &[u8] = b"";

    const ABI: u32 = 1;
    const ARGUMENTS: usize = 60;
    const RESULT: usize = 32;
    const RETURNED: u32 = 2;
    const UNWOUND: u32 = 3;
    const LEFT: u32 = 4;

    #[repr(C)]
    struct Program {
        abi: u32,
        slots: u32,
        functions: u32,
        memory: u32,
        table_size: u64,
        table: *const u8,
        spare: *mut u8,
    }

    #[repr(C)]
    struct Trace {
        size: u64,
        functions: u32,
        frames: u32,
        first: u32,
        last: u32,
        slowest: u32,
        keys: u32,
        depth: u32,
    }

    #[repr(C, align(64))]
    struct Spare(::std::cell::UnsafeCell<[u64; 8]>);

    unsafe impl ::std::marker::Sync for Program {}
    unsafe impl ::std::marker::Sync for Spare {}

    #[link(name = "rprof", kind = "static")]
    unsafe extern "C" {
        fn rprof_trace_thread(program: *const Program, home: *mut *mut u8, functions: u32, trace: *mut *mut Trace) -> *mut Trace;
        fn rprof_trace_begin(trace: *mut Trace, function: u32, arguments: *mut u8, size: u32, opaque: u32) -> *mut u8;
        fn rprof_trace_end(trace: *mut Trace, function: u32, depth: u32, state: u32, result: u32);
    }

    static SPARE: Spare = Spare(::std::cell::UnsafeCell::new([0; 8]));
    static PROGRAM: Program = Program {
        abi: ABI,
        slots: 0,
        functions: 0,
        memory: 0,
        table_size: TABLE.len() as u64,
        table: TABLE.as_ptr(),
        spare: SPARE.0.get() as *mut u8,
    };

    ::std::thread_local! {
        static HOME: ::std::cell::Cell<*mut u8> = const { ::std::cell::Cell::new(::std::ptr::null_mut()) };
        static TRACE: ::std::cell::Cell<*mut Trace> = const { ::std::cell::Cell::new(::std::ptr::null_mut()) };
    }

    #[cold]
    #[inline(never)]
    fn attach() -> *mut Trace {
        unsafe { rprof_trace_thread(&PROGRAM, HOME.with(|h| h.as_ptr()), FUNCTIONS, TRACE.with(|t| t.as_ptr())) }
    }

    // --- values: by their type, without asking anything of it ------------------------------------------------------------------------

    // The identity of any type, references of any lifetime included: nothing is kept longer than the call that asks.
    #[inline(always)]
    fn identity<T: ?::std::marker::Sized>() -> ::std::any::TypeId {
        trait Identity {
            fn identity(&self) -> ::std::any::TypeId
            where
                Self: 'static;
        }
        impl<T: ?::std::marker::Sized> Identity for ::std::marker::PhantomData<T> {
            #[inline(always)]
            fn identity(&self) -> ::std::any::TypeId
            where
                Self: 'static,
            {
                ::std::any::TypeId::of::<T>()
            }
        }
        let of: ::std::marker::PhantomData<T> = ::std::marker::PhantomData;
        let of: &dyn Identity = &of;
        unsafe { Identity::identity(::std::mem::transmute::<&dyn Identity, &(dyn Identity + 'static)>(of)) }
    }

    struct Out {
        at: *mut u8,
        used: usize,
        room: usize,
        opaque: bool,
    }

    impl Out {
        #[inline(always)]
        fn put(&mut self, tag: u8, bytes: &[u8]) {
            if self.used + 1 + bytes.len() > self.room {
                return self.cut();
            }
            unsafe {
                *self.at.add(self.used) = tag;
                ::std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.at.add(self.used + 1), bytes.len());
            }
            self.used += 1 + bytes.len();
        }

        // One byte is always left for this: the room that put() sees ends before it.
        #[cold]
        fn cut(&mut self) {
            self.opaque = true;
            if self.used <= self.room {
                unsafe { *self.at.add(self.used) = 16 };
                self.used += 1;
                self.room = 0;
            }
        }

        // Long texts count as values by their beginning, their length and a hash of all of it (up to 4 KiB).
        fn text(&mut self, text: &str) {
            const SHOWN: usize = 24;
            const READ: usize = 4096;
            let bytes = text.as_bytes();
            if self.used + 10 > self.room {
                return self.cut();
            }
            let mut shown = bytes.len();
            let most = self.room - self.used - 10;
            let most = if most < SHOWN { most } else { SHOWN };
            if shown > most {
                shown = most;
                while shown > 0 && !text.is_char_boundary(shown) {
                    shown -= 1;
                }
            }
            let mut hash: u32 = 0x811c_9dc5;
            for &b in &bytes[..if bytes.len() < READ { bytes.len() } else { READ }] {
                hash = (hash ^ b as u32).wrapping_mul(0x0100_0193);
            }
            self.opaque |= bytes.len() > READ;
            let length = if bytes.len() > u32::MAX as usize { u32::MAX } else { bytes.len() as u32 };
            unsafe {
                let at = self.at.add(self.used);
                *at = 9;
                *at.add(1) = shown as u8;
                (at.add(2) as *mut u32).write_unaligned(length.to_le());
                (at.add(6) as *mut u32).write_unaligned(hash.to_le());
                ::std::ptr::copy_nonoverlapping(bytes.as_ptr(), at.add(10), shown);
            }
            self.used += 10 + shown;
        }

        #[inline(always)]
        fn value<T: ?::std::marker::Sized>(&mut self, value: *const T) {
            let of = identity::<T>();
            macro_rules! number {
                ($tag:expr, $wide:ty, $($type:ty);*) => { $(
                    if of == identity::<$type>() {
                        return self.put($tag, &(unsafe { *(value as *const $type) } as $wide).to_le_bytes());
                    }
                    if of == identity::<&$type>() || of == identity::<&mut $type>() {
                        return self.put($tag, &(unsafe { **(value as *const *const $type) } as $wide).to_le_bytes());
                    }
                )* };
            }
            macro_rules! scalar {
                ($($type:ty);*) => { $(
                    if of == identity::<$type>() {
                        return self.scalar(unsafe { &*(value as *const $type) });
                    }
                    if of == identity::<&$type>() || of == identity::<&mut $type>() {
                        return self.scalar(unsafe { &**(value as *const *const $type) });
                    }
                )* };
            }
            macro_rules! wrapped {
                ($($type:ty);*) => { $(
                    if of == identity::<::std::option::Option<$type>>() {
                        return match unsafe { &*(value as *const ::std::option::Option<$type>) } {
                            ::std::option::Option::None => self.put(12, &[]),
                            ::std::option::Option::Some(inner) => { self.put(13, &[]); self.value_of(inner) }
                        };
                    }
                    if of == identity::<::std::result::Result<$type, ::std::string::String>>() {
                        return match unsafe { &*(value as *const ::std::result::Result<$type, ::std::string::String>) } {
                            ::std::result::Result::Ok(inner) => { self.put(14, &[]); self.value_of(inner) }
                            ::std::result::Result::Err(inner) => { self.put(15, &[]); self.text(inner) }
                        };
                    }
                )* };
            }
            number!(1, i64, i32; i64; isize; i8; i16);
            number!(2, u64, usize; u8; u32; u64; u16);
            number!(3, i128, i128);
            number!(4, u128, u128);
            number!(5, f64, f64);
            number!(6, f32, f32);
            scalar!(bool; char; (); &'static str; ::std::string::String);
            wrapped!(i32; i64; usize; u32; u64; f64; bool; char; (); ::std::string::String; &'static str);
            self.opaque = true;
            self.put(11, &[])
        }

        fn value_of<T>(&mut self, value: &T) {
            self.value(value as *const T)
        }

        #[inline(always)]
        fn scalar<S: Scalar>(&mut self, value: &S) {
            value.show(self)
        }
    }

    trait Scalar {
        fn show(&self, out: &mut Out);
    }
    impl Scalar for bool {
        #[inline(always)]
        fn show(&self, out: &mut Out) {
            out.put(7, &[*self as u8])
        }
    }
    impl Scalar for char {
        #[inline(always)]
        fn show(&self, out: &mut Out) {
            out.put(8, &(*self as u32).to_le_bytes())
        }
    }
    impl Scalar for () {
        #[inline(always)]
        fn show(&self, out: &mut Out) {
            out.put(10, &[])
        }
    }
    impl Scalar for &str {
        fn show(&self, out: &mut Out) {
            out.text(self)
        }
    }
    impl Scalar for ::std::string::String {
        fn show(&self, out: &mut Out) {
            out.text(self)
        }
    }

    // --- calls -----------------------------------------------------------------------------------------------------------------------

    pub struct Arguments {
        trace: *mut Trace,
        function: u32,
        used: usize,
        room: usize,
        opaque: bool,
        bytes: ::std::mem::MaybeUninit<[u64; (ARGUMENTS + 4) / 8]>,
    }

    #[inline(always)]
    pub fn enter(function: u32) -> Arguments {
        let trace = TRACE.with(|t| t.get());
        let trace = if trace.is_null() { attach() } else { trace };
        Arguments { trace: trace, function: function, used: 0, room: ARGUMENTS - 1, opaque: false, bytes: ::std::mem::MaybeUninit::uninit() }
    }

    impl Arguments {
        #[inline(always)]
        pub fn value<T: ?::std::marker::Sized>(mut self, value: &T) -> Arguments {
            let mut out = Out { at: self.bytes.as_mut_ptr() as *mut u8, used: self.used, room: self.room, opaque: self.opaque };
            out.value(value as *const T);
            self.used = out.used;
            self.room = out.room;
            self.opaque = out.opaque;
            self
        }

        // An argument that is taken apart by its pattern.
        #[inline(always)]
        pub fn other(mut self) -> Arguments {
            let mut out = Out { at: self.bytes.as_mut_ptr() as *mut u8, used: self.used, room: self.room, opaque: true };
            out.put(11, &[]);
            self.used = out.used;
            self.room = out.room;
            self.opaque = true;
            self
        }

        #[inline(always)]
        pub fn begin(mut self) -> Call {
            let trace = self.trace;
            if trace.is_null() {
                return Call { trace: trace, function: self.function, depth: 0, state: ::std::cell::Cell::new(0), result: ::std::cell::Cell::new(0), bytes: ::std::ptr::null_mut() };
            }
            unsafe {
                let at = self.bytes.as_mut_ptr() as *mut u8;
                let bytes = rprof_trace_begin(trace, self.function, at, self.used as u32, self.opaque as u32);
                Call { trace: trace, function: self.function, depth: (*trace).depth, state: ::std::cell::Cell::new(0), result: ::std::cell::Cell::new(0), bytes: bytes }
            }
        }
    }

    pub struct Call {
        trace: *mut Trace,
        function: u32,
        depth: u32,
        state: ::std::cell::Cell<u32>,
        result: ::std::cell::Cell<u32>,
        bytes: *mut u8, // of the result
    }

    impl ::std::ops::Drop for Call {
        #[inline(always)]
        fn drop(&mut self) {
            if self.trace.is_null() {
                return;
            }
            let mut state = self.state.get();
            if state == 0 {
                state = if ::std::thread::panicking() { UNWOUND } else { LEFT };
            }
            unsafe { rprof_trace_end(self.trace, self.function, self.depth, state, self.result.get()) }
        }
    }

    impl Call {
        #[inline(always)]
        fn show<T>(&self, value: *const T) {
            if self.bytes.is_null() {
                return;
            }
            let mut out = Out { at: self.bytes, used: 0, room: RESULT - 1, opaque: false };
            out.value(value);
            self.result.set(out.used as u32);
            self.state.set(RETURNED);
        }
    }

    // The value that the call returns.
    #[inline(always)]
    pub fn end<T>(call: &Call, value: T) -> T {
        call.show(&value as *const T);
        value
    }

    // What `?` looks at. If it leaves, the call returns what is shown here; the error itself may be converted on its way.
    #[inline(always)]
    pub fn tried<T: Tried>(call: &Call, value: T) -> T {
        let tag = value.leaves();
        if tag != 0 && !call.bytes.is_null() {
            let mut out = Out { at: call.bytes, used: 0, room: RESULT - 1, opaque: false };
            out.put(tag, &[]);
            value.show(&mut out);
            call.result.set(out.used as u32);
            call.state.set(RETURNED);
        }
        value
    }

    pub trait Tried {
        #[inline(always)]
        fn leaves(&self) -> u8 {
            0
        }
        fn show(&self, out: &mut Out) {}
    }
    impl<T, E> Tried for ::std::result::Result<T, E> {
        #[inline(always)]
        fn leaves(&self) -> u8 {
            if self.is_err() { 15 } else { 0 }
        }
        fn show(&self, out: &mut Out) {
            if let ::std::result::Result::Err(e) = self {
                out.value(e as *const E)
            }
        }
    }
    impl<T> Tried for ::std::option::Option<T> {
        #[inline(always)]
        fn leaves(&self) -> u8 {
            if self.is_none() { 12 } else { 0 }
        }
    }
    impl<B, C> Tried for ::std::ops::ControlFlow<B, C> {}
    impl<T, E> Tried for ::std::task::Poll<::std::result::Result<T, E>> {}
    impl<T, E> Tried for ::std::task::Poll<::std::option::Option<::std::result::Result<T, E>>> {}
}
