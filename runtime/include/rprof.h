/*
 * rprof.h - what an instrumented program may call.
 *
 * The hook writes a prelude (runtime/prelude.rs) into the Rust that it instruments; that prelude is the only
 * caller of these symbols. The hot paths (counting, clock) are inlined by the prelude and touch the memory
 * described in rprof_raw.h directly; the calls below are the slow paths: once per thread, or at the end.
 *
 * Promises to the host program: nothing here prints except one line on stderr when recording is impossible,
 * nothing exits, `errno` is kept, no signal handler is installed, and nothing but libc is needed.
 */
#ifndef RPROF_H
#define RPROF_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Version of this interface; the prelude states the one that it was written for in rprof_program.abi. */
#define RPROF_ABI 1u

/*
 * One instrumented crate: a static in the generated Rust (repr(C), never freed, never written).
 * `table` is the function table, opaque here; it is copied into the raw file so that the file explains itself.
 */
struct rprof_program {
	uint32_t abi;	     /* RPROF_ABI of the prelude */
	uint32_t slots;	     /* number of u64 counters that a thread needs */
	uint32_t functions;  /* number of struct rprof_time that a thread needs */
	uint32_t memory;     /* 1: it counts its allocations, so a thread's memory holds a struct rprof_raw_heap too; 2: by line; else 0 */
	uint64_t table_size; /* bytes at `table` */
	const uint8_t *table;
	/*
	 * Memory of the program's own, aligned to 64 bytes, as large as a thread's: used, by any number of threads, when the system
	 * has none left. Nothing reads it.
	 */
	struct rprof_raw_thread *spare;
	uint32_t sites; /* read only where `memory` is 2: records of lines, behind those of the functions */
	uint32_t reserved;
};

/*
 * The calling thread's counters for `program`: `slots` counters, then (at the next multiple of 64 bytes from the start
 * of the struct rprof_raw_thread in front of them) `functions` times, then, where `memory` is not 0 (at the next such multiple), the
 * allocations. Never NULL: without a file, or on a full
 * disk, the memory is anonymous, one line is printed, and the program goes on.
 *
 * The memory is owned by the runtime, valid until the calling thread ends, and zero for a thread that did not run before
 * or holds the sums of ended threads whose place it takes: only ever add to it. Only the calling thread may write to it.
 * Thread-safe. Not async-signal-safe. The caller keeps the pointer in a thread-local that it registers as `*home`:
 * the runtime sets that to NULL when the thread ends, so a later call (from a thread-local destructor) asks again.
 * This call sets *home to what it returns.
 */
struct rprof_raw_thread *rprof_thread(const struct rprof_program *program, struct rprof_raw_thread **home);

/*
 * The calling thread's `own` has left the range from `low` to `next` of its struct rprof_raw_heap: exchange what is live with the other
 * threads, remember who holds it when it is more than ever. `thread` is what rprof_thread() returned. Async-signal-safe, no lock.
 */
void rprof_heap_moved(struct rprof_raw_thread *thread);

/*
 * Where a process has several programs (transpiled files, each with its own prelude), one clock runs in a thread: that of the program whose
 * function was entered last. rprof_enter(): a function of `thread`'s program is about to be timed while none of that program runs; what
 * runs of another stands still until rprof_leave(), which is called for each rprof_enter() when that function's span has ended.
 */
void rprof_enter(struct rprof_raw_thread *thread);
void rprof_leave(struct rprof_raw_thread *thread);

/* Ticks of the clock named in the raw file's header; for targets where the prelude has no counter to read inline. */
uint64_t rprof_ticks(void);

/* Non-zero where the inline counter (rdtsc, cntvct_el0) is fit for timing; else the prelude calls rprof_ticks(). */
int rprof_inline_clock(void);

/*
 * Mean length in ticks below which a span is too short to be worth the clock. Measured against the time since the first
 * rprof_thread() where the rate is not stated, so ask late: after some spans. Never 0.
 */
uint64_t rprof_short_span(void);

#ifdef __cplusplus
}
#endif
#endif
