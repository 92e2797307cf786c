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
    const MEMORY: bool = true;
    const BY_LINE: bool = false; // allocations are counted by line, and how long blocks live
    const SITES: u32 = 0; // records of lines, behind those of the functions
    const SEVERAL: bool = false; // other transpiled files of the process have preludes of their own

    const ABI: u32 = 1;
    const COUNTERS: usize = ::std::mem::size_of::<Thread>();
    const TIMES: usize = (COUNTERS + 8 * SLOTS as usize + 63) / 64 * 64;
    const TIMES_END: usize = TIMES + ::std::mem::size_of::<Time>() * FUNCTIONS as usize;
    const HEAP: usize = (TIMES_END + 63) / 64 * 64;
    const RECORDS: usize = HEAP + ::std::mem::size_of::<Heap>();
    const LAST: u32 = FUNCTIONS + SITES; // the record of what no function did
    const RECORDS_END: usize = RECORDS + ::std::mem::size_of::<Record>() * (LAST as usize + 1);
    const LIVES_END: usize = RECORDS_END + ::std::mem::size_of::<Lives>() + ::std::mem::size_of::<Life>() * (LAST as usize + 1);
    const HEAP_END: usize = if BY_LINE { LIVES_END } else { RECORDS_END };
    const THREAD_WORDS: usize = if MEMORY { HEAP_END / 8 } else { TIMES_END / 8 };
    const IDLE: u64 = 0;
    const OFF: u64 = 1;
    const NONE: u32 = 0xffff_ffff;
    const PILOT: u64 = 64; // spans before a clock may be switched off

    #[repr(C)]
    struct Program {
        abi: u32,
        slots: u32,
        functions: u32,
        memory: u32,
        table_size: u64,
        table: *const u8,
        spare: *mut Thread,
        sites: u32,
        reserved: u32,
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
        heap_offset: u64,
        records: u32,
        lives: u32,
        clock_cost: u64,
    }

    #[repr(C)]
    struct Time {
        own: u64,
        total: u64,
        spans: u64,
        start: u64,
    }

    #[repr(C)]
    struct Heap {
        own: i64,
        peak: i64,
        next: i64,
        low: i64,
        owner: u32,
        mark: u32,
        others: i64,
        top: i64,
        snapshot: u64,
    }

    #[repr(C)]
    struct Record {
        allocations: u64,
        bytes: u64,
        frees: u64,
        freed_bytes: u64,
        largest: u64,
        reallocations: u64,
        at_peak: u64,
        reserved: u64,
    }

    #[repr(C)]
    struct Lives {
        clock: u64,
        soon: u64,
        reserved: [u64; 6],
    }

    #[repr(C)]
    struct Life {
        ended: u64,
        lifetime: u64,
        soon: u64,
        soon_bytes: u64,
        elsewhere: u64,
        moved: u64,
        reserved: [u64; 2],
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
        fn rprof_heap_moved(thread: *mut Thread);
        fn rprof_enter(thread: *mut Thread);
        fn rprof_leave(thread: *mut Thread);
    }

    static SPARE: Spare = Spare(::std::cell::UnsafeCell::new([0; THREAD_WORDS]));
    static PROGRAM: Program = Program {
        abi: ABI,
        slots: SLOTS,
        functions: FUNCTIONS,
        memory: MEMORY as u32 + BY_LINE as u32,
        table_size: TABLE.len() as u64,
        table: TABLE.as_ptr(),
        spare: SPARE.0.get() as *mut Thread,
        sites: SITES,
        reserved: 0,
    };
    #[used] #[unsafe(link_section = "rprof_programs")] static LISTED: &Program = &PROGRAM;
    static INLINE_CLOCK: ::std::sync::atomic::AtomicBool = ::std::sync::atomic::AtomicBool::new(false);
    static CALIBRATED: ::std::sync::atomic::AtomicBool = ::std::sync::atomic::AtomicBool::new(false);
    static INNER: ::std::sync::atomic::AtomicU64 = ::std::sync::atomic::AtomicU64::new(0);
    static OUTER: ::std::sync::atomic::AtomicU64 = ::std::sync::atomic::AtomicU64::new(0);
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
            calibrate();
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

    // Ticks of a thread leave out what its clock took, and never go back: a counter may, between CPUs.
    #[inline(always)]
    unsafe fn program_ticks(p: *mut Thread, ticks: u64) -> u64 {
        unsafe {
            let now = ticks.saturating_sub((*p).clock_cost);
            if now > (*p).last { now } else { (*p).last }
        }
    }

    // The time up to now belongs to the function that ran until now; `next` runs from now on.
    #[inline(always)]
    unsafe fn switch(p: *mut Thread, now: u64, next: u32) {
        unsafe {
            let running = (*p).current;
            if running != NONE {
                let t = time(p, running);
                (*t).own = (*t).own.wrapping_add(now.wrapping_sub((*p).last));
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
            // From outside of this file: from another, perhaps, whose clock is to stand still.
            if SEVERAL && previous == NONE && p != PROGRAM.spare {
                rprof_enter(p);
            }
            let now = program_ticks(p, ticks());
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
        if !p.is_null() {
            unsafe { finish(p, f, previous) }
        }
    }

    // Of what the clock took, a part fell into this span and is no time of the program; the rest comes after the reading.
    #[inline(always)]
    unsafe fn finish(p: *mut Thread, f: u32, previous: u32) {
        unsafe {
            let t = time(p, f);
            let begin = (*t).start;
            if begin <= OFF {
                return; // opened in another thread (a future that moved on)
            }
            let read = ticks();
            let now = program_ticks(p, read.saturating_sub(INNER.load(::std::sync::atomic::Ordering::Relaxed)));
            switch(p, now, previous);
            let cost = read.saturating_sub(now);
            let cost = if cost > (*p).clock_cost { cost } else { (*p).clock_cost };
            (*p).clock_cost = cost.wrapping_add(OUTER.load(::std::sync::atomic::Ordering::Relaxed));
            (*t).total = (*t).total.wrapping_add(now.saturating_sub(begin));
            (*t).spans = (*t).spans.wrapping_add(1);
            let short = (*t).spans >= PILOT && (*t).total / (*t).spans < short_span();
            (*t).start = if short { OFF } else { IDLE };
            if SEVERAL && previous == NONE && p != PROGRAM.spare {
                rprof_leave(p);
            }
        }
    }

    #[cold]
    #[inline(never)]
    unsafe fn calibrate_stop(p: *mut Thread, f: u32, previous: u32) {
        unsafe { finish(p, f, previous) }
    }

    // The cost of the clock: empty spans in memory that nobody reads, the fastest of a few rounds. Some microseconds, once.
    #[cold]
    #[inline(never)]
    fn calibrate() {
        const ROUNDS: u64 = 6;
        const SPANS: u64 = 16; // fewer than a pilot
        if FUNCTIONS == 0 || CALIBRATED.swap(true, ::std::sync::atomic::Ordering::Relaxed) {
            return;
        }
        unsafe {
            let p = PROGRAM.spare;
            let t = time(p, 0);
            let mut inner = u64::MAX;
            let mut whole = u64::MAX;
            (*p).current = NONE;
            for _ in 0..ROUNDS {
                *t = Time { own: 0, total: 0, spans: 0, start: IDLE };
                (*p).clock_cost = 0;
                let begin = ticks();
                for _ in 0..SPANS {
                    let previous = start(p, 0);
                    calibrate_stop(p, 0, previous);
                }
                let round = ticks().saturating_sub(begin) / SPANS;
                let own = (*t).own / SPANS;
                if round < whole { whole = round; }
                if own < inner { inner = own; }
            }
            *t = Time { own: 0, total: 0, spans: 0, start: IDLE };
            INNER.store(inner, ::std::sync::atomic::Ordering::Relaxed);
            OUTER.store(whole.saturating_sub(inner), ::std::sync::atomic::Ordering::Relaxed);
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

    // Where the calling thread counts. Found once where a function is entered and handed on from body to body, so that a block is counted
    // by one addition to memory, and by none where LLVM sees that it may keep the sum of a loop in a register.
    pub struct At(*mut Thread);

    impl ::std::marker::Copy for At {}

    impl ::std::clone::Clone for At {
        #[inline(always)]
        fn clone(&self) -> At {
            *self
        }
    }

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
        at: At,
        slot: u32,
        started: u32,
    }

    impl Block {
        #[inline(always)]
        pub fn at(&mut self) -> At {
            self.started = self.started.wrapping_add(1);
            self.at
        }

        #[inline(always)]
        pub fn last(self) -> At {
            let at = self.at;
            ::std::mem::forget(self);
            at
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
    pub fn count(slot: u32) -> At {
        At(attached()).call(slot)
    }

    // For one who counts by itself.
    #[inline(always)]
    pub fn enter() -> At {
        At(attached())
    }

    // In recursion that is no loop, one more look is cheaper than a register that every call saves.
    #[inline(always)]
    pub fn here() -> At {
        At(thread())
    }

    impl At {
        #[inline(always)]
        pub fn call(self, slot: u32) -> At {
            unsafe { add(self.0, slot) }
            self
        }

        #[inline(always)]
        pub fn block(self, slot: u32) -> Block {
            Block { at: self.call(slot), slot: slot, started: 0 }
        }

        #[inline(always)]
        pub fn timed(self, f: u32) -> Span {
            unsafe { open(self.0, f) }
        }

        // Would timed() start a clock? Neither while it runs nor once it is off.
        #[inline(always)]
        pub fn starts(self, f: u32) -> bool {
            unsafe { (*time(self.0, f)).start == IDLE }
        }
    }

    // What an assert says: the payload is rustc's own.
    #[cold]
    #[inline(never)]
    #[track_caller]
    pub fn failed(message: &'static str) -> ! {
        ::std::panic::panic_any(message)
    }

    #[inline(always)]
    pub fn line(slot: u32) {
        unsafe { add(thread(), slot) }
    }

    // Between two lines that run together: counts at `slot` if something unwinds there.
    pub struct Lines {
        slot: u32,
    }

    impl Lines {
        #[inline(always)]
        pub fn at(&mut self, slot: u32) {
            self.slot = slot;
        }

        #[inline(always)]
        pub fn last(self) {
            ::std::mem::forget(self);
        }
    }

    impl ::std::ops::Drop for Lines {
        #[inline(always)]
        fn drop(&mut self) {
            undo(self.slot)
        }
    }

    #[inline(always)]
    pub fn lines(slot: u32) -> Lines {
        Lines { slot: slot }
    }

    // A line in a loop without calls: added up when the loop is left.
    pub struct Tally {
        slot: u32,
        count: u64,
    }

    impl Tally {
        #[inline(always)]
        pub fn hit(&mut self) {
            self.count = self.count.wrapping_add(1);
        }
    }

    impl ::std::ops::Drop for Tally {
        #[inline(always)]
        fn drop(&mut self) {
            unsafe {
                let counter = (thread() as *mut u8).add(COUNTERS + 8 * self.slot as usize) as *mut u64;
                *counter = (*counter).wrapping_add(self.count);
            }
        }
    }

    #[inline(always)]
    pub fn tally(slot: u32) -> Tally {
        Tally { slot: slot, count: 0 }
    }

    // --- allocations: what the innermost function that may allocate took and gave back --------------------------------------------

    #[inline(always)]
    unsafe fn heap(p: *mut Thread) -> *mut Heap {
        unsafe { (p as *mut u8).add(HEAP) as *mut Heap }
    }

    #[inline(always)]
    unsafe fn record(p: *mut Thread, owner: u32) -> *mut Record {
        unsafe { (p as *mut u8).add(RECORDS + ::std::mem::size_of::<Record>() * owner as usize) as *mut Record }
    }

    // Restores what it was made with. Holds no pointer: the thread's memory may be another when it is dropped.
    pub struct Owner {
        previous: u32,
    }

    impl ::std::ops::Drop for Owner {
        #[inline(always)]
        fn drop(&mut self) {
            let p = thread();
            if !p.is_null() {
                unsafe { (*heap(p)).owner = self.previous }
            }
        }
    }

    impl At {
        #[inline(always)]
        pub fn own(self, f: u32) {
            unsafe { (*heap(self.0)).owner = f }
        }
    }

    #[inline(always)]
    pub fn keep() -> Owner {
        Owner { previous: unsafe { (*heap(thread())).owner } }
    }

    #[inline(always)]
    pub fn owner(f: u32) -> Owner {
        let before = keep();
        here().own(f);
        before
    }

    #[inline(always)]
    pub fn back<T>(f: u32, value: T) -> T {
        here().own(f);
        value
    }

    // What is allocated from here on is of a line: record `site`.
    #[inline(always)]
    pub fn site(site: u32) {
        let p = thread();
        if !p.is_null() {
            unsafe { (*heap(p)).owner = site }
        }
    }

    // at(outer, site(..), value): the value is made on the account of that site, what follows on that of `outer`.
    #[inline(always)]
    pub fn at<T>(outer: u32, _: (), value: T) -> T {
        site(outer);
        value
    }

    // What a loop goes over, where going on may allocate.
    pub struct Each<I> {
        site: u32,
        over: I,
    }

    impl<I: ::std::iter::Iterator> ::std::iter::Iterator for Each<I> {
        type Item = I::Item;
        #[inline(always)]
        fn next(&mut self) -> ::std::option::Option<I::Item> {
            site(self.site);
            self.over.next()
        }
    }

    #[inline(always)]
    pub fn each<I: ::std::iter::IntoIterator>(site: u32, over: I) -> Each<I::IntoIter> {
        Each { site: site, over: over.into_iter() }
    }

    // Every block is longer than asked for by this tail, which says who allocated it and, by line, when.
    const TAIL: usize = 4 + if BY_LINE { 16 } else { 0 };
    const WORD: usize = 8; // any malloc aligns what is longer than half of this

    struct Counting;

    #[global_allocator]
    static COUNTING: Counting = Counting;

    // What the system is asked for. With an alignment of 1 it is plain malloc(), calloc(), realloc().
    #[inline(always)]
    unsafe fn longer(size: usize, align: usize) -> ::std::alloc::Layout {
        unsafe { ::std::alloc::Layout::from_size_align_unchecked(size + TAIL, if align <= WORD { 1 } else { align }) }
    }

    // A layout may be as long as an isize tells; only one near to that has no room for the tail.
    #[inline(always)]
    fn too_long(size: usize, align: usize) -> bool {
        size > usize::MAX >> 3 && ::std::alloc::Layout::from_size_align(size + TAIL, align).is_err()
    }

    // Another thread may look at this: written by this one alone, and whole.
    #[inline(always)]
    unsafe fn tell(word: *mut u64, value: u64) {
        unsafe { (*(word as *const ::std::sync::atomic::AtomicU64)).store(value, ::std::sync::atomic::Ordering::Relaxed) }
    }

    #[inline(always)]
    unsafe fn took(block: *mut u8, size: usize) -> *mut u8 {
        if block.is_null() {
            return block;
        }
        let p = thread();
        if p.is_null() {
            return took_first(block, size);
        }
        unsafe {
            let h = heap(p);
            let owner = (*h).owner;
            (block.add(size) as *mut u32).write_unaligned(owner ^ (*h).mark);
            if BY_LINE {
                born(p, block.add(size), size);
            }
            let r = record(p, owner);
            (*r).allocations = (*r).allocations.wrapping_add(1);
            tell(&raw mut (*r).bytes, (*r).bytes.wrapping_add(size as u64));
            if (*r).largest < size as u64 {
                (*r).largest = size as u64;
            }
            let own = (*h).own.wrapping_add(size as i64);
            tell(&raw mut (*h).own as *mut u64, own as u64);
            let next = (*(&raw const (*h).next as *const ::std::sync::atomic::AtomicI64)).load(::std::sync::atomic::Ordering::Relaxed);
            if own > next { moved(p, block) } else { block }
        }
    }

    // `tail` is what took() wrote, or something else: the block may be from before a fork, or not from here at all.
    #[inline(always)]
    unsafe fn gave(p: *mut Thread, tail: u32, size: usize) -> bool {
        unsafe {
            let h = heap(p);
            let owner = tail ^ (*h).mark;
            if owner > LAST {
                return false;
            }
            let r = record(p, owner);
            (*r).frees = (*r).frees.wrapping_add(1);
            tell(&raw mut (*r).freed_bytes, (*r).freed_bytes.wrapping_add(size as u64));
            let own = (*h).own;
            if own > (*h).peak {
                (*h).peak = own;
            }
            let own = own.wrapping_sub(size as i64);
            tell(&raw mut (*h).own as *mut u64, own as u64);
            own < (*h).low
        }
    }

    #[inline(always)]
    unsafe fn tail(block: *mut u8, size: usize) -> u32 {
        unsafe { (block.add(size) as *const u32).read_unaligned() }
    }

    // --- how long blocks live: only where BY_LINE ------------------------------------------------------------------------------

    // When a block was taken: by whom, and what that thread's place had taken then.
    type Birth = (u64, u64);

    #[inline(always)]
    unsafe fn lives(p: *mut Thread) -> *mut Lives {
        unsafe { (p as *mut u8).add(RECORDS_END) as *mut Lives }
    }

    #[inline(always)]
    unsafe fn life(p: *mut Thread, owner: u32) -> *mut Life {
        unsafe { (lives(p).add(1) as *mut Life).add(owner as usize) }
    }

    #[inline(always)]
    unsafe fn birth(block: *mut u8, size: usize) -> Birth {
        unsafe { (block.add(size + 4) as *const Birth).read_unaligned() }
    }

    unsafe fn born(p: *mut Thread, tail: *mut u8, size: usize) {
        unsafe {
            let l = lives(p);
            (*l).clock = (*l).clock.wrapping_add(size as u64);
            (tail.add(4) as *mut Birth).write_unaligned((p as u64, (*l).clock));
        }
    }

    unsafe fn died(p: *mut Thread, block: *mut u8, size: usize) {
        unsafe {
            let owner = tail(block, size) ^ (*heap(p)).mark;
            let (place, clock) = birth(block, size);
            if owner > LAST {
                return;
            }
            let r = life(p, owner);
            if place != p as u64 {
                (*r).elsewhere = (*r).elsewhere.wrapping_add(1);
                return;
            }
            let age = (*lives(p)).clock.wrapping_sub(clock);
            (*r).ended = (*r).ended.wrapping_add(1);
            (*r).lifetime = (*r).lifetime.saturating_add(age);
            if age <= (*lives(p)).soon {
                (*r).soon = (*r).soon.wrapping_add(1);
                (*r).soon_bytes = (*r).soon_bytes.wrapping_add(size as u64);
            }
        }
    }

    // The block was reallocated: what it is now was born when it was.
    unsafe fn went_on(p: *mut Thread, tail: u32, birth: Birth, block: *mut u8, size: usize) {
        unsafe {
            let owner = tail ^ (*heap(p)).mark;
            if owner <= LAST {
                let r = life(p, owner);
                (*r).moved = (*r).moved.wrapping_add(1);
                (block.add(size + 4) as *mut Birth).write_unaligned(birth);
            }
        }
    }

    // The rare cases take and return the block, so that the frequent ones need no registers to keep it in.
    #[cold]
    #[inline(never)]
    fn alloc_unusual(size: usize, align: usize) -> *mut u8 {
        if too_long(size, align) {
            return ::std::ptr::null_mut();
        }
        unsafe { took(::std::alloc::GlobalAlloc::alloc(&::std::alloc::System, longer(size, align)), size) }
    }

    #[cold]
    #[inline(never)]
    fn took_first(block: *mut u8, size: usize) -> *mut u8 {
        attach();
        unsafe { took(block, size) }
    }

    #[cold]
    #[inline(never)]
    fn moved(p: *mut Thread, block: *mut u8) -> *mut u8 {
        unsafe { rprof_heap_moved(p) }
        block
    }

    #[cold]
    #[inline(never)]
    fn release_first(block: *mut u8, size: usize, align: usize) {
        attach();
        unsafe { release(block, size, align) }
    }

    #[cold]
    #[inline(never)]
    fn release_moved(p: *mut Thread, block: *mut u8, size: usize, align: usize) {
        moved(p, block);
        unsafe { ::std::alloc::GlobalAlloc::dealloc(&::std::alloc::System, block, longer(size, align)) }
    }

    #[inline(always)]
    unsafe fn release(block: *mut u8, size: usize, align: usize) {
        unsafe {
            let p = thread();
            if p.is_null() {
                release_first(block, size, align)
            } else if {
                if BY_LINE {
                    died(p, block, size);
                }
                gave(p, tail(block, size), size)
            } {
                release_moved(p, block, size, align)
            } else {
                ::std::alloc::GlobalAlloc::dealloc(&::std::alloc::System, block, longer(size, align))
            }
        }
    }

    unsafe impl ::std::alloc::GlobalAlloc for Counting {
        #[inline]
        unsafe fn alloc(&self, layout: ::std::alloc::Layout) -> *mut u8 {
            let (size, align) = (layout.size(), layout.align());
            if align > WORD || size > usize::MAX >> 3 {
                return alloc_unusual(size, align);
            }
            unsafe { took(::std::alloc::GlobalAlloc::alloc(&::std::alloc::System, longer(size, 1)), size) }
        }

        #[inline]
        unsafe fn alloc_zeroed(&self, layout: ::std::alloc::Layout) -> *mut u8 {
            let (size, align) = (layout.size(), layout.align());
            if too_long(size, align) {
                return ::std::ptr::null_mut();
            }
            unsafe { took(::std::alloc::GlobalAlloc::alloc_zeroed(&::std::alloc::System, longer(size, align)), size) }
        }

        #[inline]
        unsafe fn dealloc(&self, block: *mut u8, layout: ::std::alloc::Layout) {
            unsafe { release(block, layout.size(), layout.align()) }
        }

        #[inline]
        unsafe fn realloc(&self, block: *mut u8, layout: ::std::alloc::Layout, size: usize) -> *mut u8 {
            let align = layout.align();
            if too_long(size, align) {
                return ::std::ptr::null_mut();
            }
            unsafe {
                let before = tail(block, layout.size());
                let born = if BY_LINE { birth(block, layout.size()) } else { (0, 0) };
                let block = ::std::alloc::GlobalAlloc::realloc(&::std::alloc::System, block, longer(layout.size(), align), size + TAIL);
                if block.is_null() {
                    return block;
                }
                let p = attached();
                if gave(p, before, layout.size()) {
                    moved(p, block);
                }
                let r = record(p, (*heap(p)).owner);
                (*r).reallocations = (*r).reallocations.wrapping_add(1);
                let block = took(block, size);
                if BY_LINE {
                    went_on(p, before, born, block, size);
                }
                block
            }
        }
    }
}
