// The prelude: the hook appends it to the Rust that it instruments. See docs/counting.md for what generated code calls, and
// runtime/include/rprof_raw.h for the memory that is written here; tests/e2e/runtime.sh checks that the two agree.
// Nothing of the std prelude is used by its short name, so user code can shadow what it likes.
#[allow(unknown_lints, warnings, unused, unsafe_code, unsafe_op_in_unsafe_fn, missing_docs, missing_debug_implementations)]
#[allow(non_snake_case, non_camel_case_types, unreachable_pub, unused_qualifications, let_underscore_drop)]
#[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction, clippy::cargo)]
mod __rprof {
    const SLOTS: u32 = 0;
    const FUNCTIONS: u32 = 0;
    const TABLE: &[u8] = b"";

    const ABI: u32 = 1;
    const COUNTERS: usize = ::std::mem::size_of::<Thread>();
    const TIMES: usize = (COUNTERS + 8 * SLOTS as usize + 63) / 64 * 64;
    const THREAD_WORDS: usize = TIMES / 8 + 4 * FUNCTIONS as usize;
    const IDLE: u64 = 0;
    const OFF: u64 = 1;
    const NONE: u32 = 0xffff_ffff;
    const PILOT: u64 = 64; // spans before a clock may be switched off

    #[repr(C)]
    struct Program {
        abi: u32,
        slots: u32,
        functions: u32,
        reserved: u32,
        table_size: u64,
        table: *const u8,
        spare: *mut Thread,
    }

    #[repr(C)]
    struct Thread {
        slots: u32,
        functions: u32,
        tid: u64,
        alive: u32,
        current: u32,
        last: u64,
        times_offset: u64,
        reserved: [u64; 3],
    }

    #[repr(C)]
    struct Time {
        own: u64,
        total: u64,
        spans: u64,
        start: u64,
    }

    #[repr(C, align(64))]
    struct Spare(::std::cell::UnsafeCell<[u64; THREAD_WORDS]>);

    unsafe impl ::std::marker::Sync for Program {}
    unsafe impl ::std::marker::Sync for Spare {}

    #[link(name = "rprof", kind = "static")]
    unsafe extern "C" {
        fn rprof_thread(program: *const Program, home: *mut *mut Thread) -> *mut Thread;
        fn rprof_ticks() -> u64;
        fn rprof_inline_clock() -> i32;
        fn rprof_short_span() -> u64;
    }

    static SPARE: Spare = Spare(::std::cell::UnsafeCell::new([0; THREAD_WORDS]));
    static PROGRAM: Program = Program {
        abi: ABI,
        slots: SLOTS,
        functions: FUNCTIONS,
        reserved: 0,
        table_size: TABLE.len() as u64,
        table: TABLE.as_ptr(),
        spare: SPARE.0.get() as *mut Thread,
    };
    static INLINE_CLOCK: ::std::sync::atomic::AtomicBool = ::std::sync::atomic::AtomicBool::new(false);
    static SHORT_SPAN: ::std::sync::atomic::AtomicU64 = ::std::sync::atomic::AtomicU64::new(0);

    // No destructor, so no lazy state: one load, and still there while other thread-locals are destroyed.
    ::std::thread_local! {
        static THREAD: ::std::cell::Cell<*mut Thread> = const { ::std::cell::Cell::new(::std::ptr::null_mut()) };
    }

    #[inline(always)]
    fn thread() -> *mut Thread {
        THREAD.with(|t| t.get())
    }

    #[cold]
    #[inline(never)]
    fn attach() -> *mut Thread {
        unsafe {
            let p = rprof_thread(&PROGRAM, THREAD.with(|t| t.as_ptr()));
            INLINE_CLOCK.store(rprof_inline_clock() != 0, ::std::sync::atomic::Ordering::Relaxed);
            p
        }
    }

    #[inline(always)]
    fn attached() -> *mut Thread {
        let p = thread();
        if p.is_null() { attach() } else { p }
    }

    #[inline(always)]
    unsafe fn add(p: *mut Thread, slot: u32) {
        unsafe {
            let counter = (p as *mut u8).add(COUNTERS + 8 * slot as usize) as *mut u64;
            *counter = (*counter).wrapping_add(1);
        }
    }

    #[inline(always)]
    unsafe fn time(p: *mut Thread, f: u32) -> *mut Time {
        unsafe { (p as *mut u8).add(TIMES + 32 * f as usize) as *mut Time }
    }

    #[inline(always)]
    fn ticks() -> u64 {
        let mut now = 0;
        #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
        if INLINE_CLOCK.load(::std::sync::atomic::Ordering::Relaxed) {
            #[cfg(target_arch = "x86_64")]
            unsafe { now = ::std::arch::x86_64::_rdtsc(); }
            #[cfg(target_arch = "aarch64")]
            unsafe { ::std::arch::asm!("mrs {}, cntvct_el0", out(reg) now, options(nomem, nostack, preserves_flags)); }
            return if now > OFF { now } else { OFF + 1 };
        }
        unsafe { now = rprof_ticks(); }
        if now > OFF { now } else { OFF + 1 }
    }

    // The time up to now belongs to the function that ran until now; `next` runs from now on.
    #[inline(always)]
    unsafe fn switch(p: *mut Thread, now: u64, next: u32) {
        unsafe {
            let running = (*p).current;
            if running != NONE {
                let t = time(p, running);
                (*t).own = (*t).own.wrapping_add(now.saturating_sub((*p).last)); // a clock may step back between CPUs
            }
            (*p).current = next;
            (*p).last = now;
        }
    }

    #[cold]
    #[inline(never)]
    unsafe fn start(p: *mut Thread, f: u32) -> u32 {
        unsafe {
            let previous = (*p).current;
            let now = ticks();
            switch(p, now, f);
            (*time(p, f)).start = now;
            previous
        }
    }

    #[inline(always)]
    unsafe fn open(p: *mut Thread, f: u32) -> Span {
        unsafe {
            if (*time(p, f)).start == IDLE {
                Span { function: f, previous: start(p, f) }
            } else {
                Span { function: NONE, previous: NONE }
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn stop(f: u32, previous: u32) {
        let p = thread();
        if p.is_null() {
            return;
        }
        unsafe {
            let t = time(p, f);
            let begin = (*t).start;
            if begin <= OFF {
                return; // opened in another thread (a future that moved on)
            }
            let now = ticks();
            switch(p, now, previous);
            (*t).total = (*t).total.wrapping_add(now.saturating_sub(begin));
            (*t).spans = (*t).spans.wrapping_add(1);
            let short = (*t).spans >= PILOT && (*t).total / (*t).spans < short_span();
            (*t).start = if short { OFF } else { IDLE };
        }
    }

    #[inline(always)]
    fn short_span() -> u64 {
        let short = SHORT_SPAN.load(::std::sync::atomic::Ordering::Relaxed);
        if short != 0 { short } else { find_short_span() }
    }

    #[cold]
    #[inline(never)]
    fn find_short_span() -> u64 {
        let short = unsafe { rprof_short_span() };
        SHORT_SPAN.store(short, ::std::sync::atomic::Ordering::Relaxed);
        short
    }

    pub struct At;
    pub const AT: At = At;

    pub struct Span {
        function: u32, // NONE: the clock was running or off, nothing to stop
        previous: u32,
    }

    impl ::std::ops::Drop for Span {
        #[inline(always)]
        fn drop(&mut self) {
            if self.function != NONE {
                stop(self.function, self.previous)
            }
        }
    }

    pub struct Block {
        slot: u32,
        started: u32,
    }

    impl Block {
        #[inline(always)]
        pub fn at(&mut self) -> At {
            self.started = self.started.wrapping_add(1);
            At
        }

        #[inline(always)]
        pub fn last(self) -> At {
            ::std::mem::forget(self);
            At
        }
    }

    impl ::std::ops::Drop for Block {
        #[inline(always)]
        fn drop(&mut self) {
            undo(self.slot.wrapping_add(1).wrapping_add(self.started))
        }
    }

    #[cold]
    #[inline(never)]
    fn undo(slot: u32) {
        let p = thread();
        if !p.is_null() {
            unsafe { add(p, slot) }
        }
    }

    #[inline(always)]
    pub fn enter(f: u32, slot: u32) -> Span {
        let p = attached();
        unsafe {
            add(p, slot);
            open(p, f)
        }
    }

    #[inline(always)]
    pub fn count(slot: u32) {
        unsafe { add(attached(), slot) }
    }

    #[inline(always)]
    pub fn timed(f: u32) -> Span {
        unsafe { open(thread(), f) }
    }

    #[inline(always)]
    pub fn block(slot: u32) -> Block {
        unsafe { add(thread(), slot) }
        Block { slot: slot, started: 0 }
    }

    #[inline(always)]
    pub fn call(slot: u32) -> At {
        unsafe { add(thread(), slot) }
        At
    }

    #[inline(always)]
    pub fn line(slot: u32) {
        unsafe { add(thread(), slot) }
    }
}
