/*
 * rprof_raw.h - the raw counter file: what a run leaves behind, even when it is killed.
 *
 * Written by the runtime through a shared mapping, read by tools/profdata/raw_collect.c. runtime/FORMAT.md describes it for
 * someone who writes another reader. All fields little endian; no pointer in the file means anything.
 *
 * A file is a header page, then chunks, each page-aligned and each a whole number of pages. Chunks are appended, never moved,
 * never freed. A reader walks them from `first` to `end`, and trusts neither field further than the file's real size.
 */
#ifndef RPROF_RAW_H
#define RPROF_RAW_H

#include <stdint.h>

#define RPROF_RAW_MAGIC	  "RPROFRAW" /* 8 bytes, no terminator */
#define RPROF_RAW_VERSION 1u

enum rprof_raw_clock {
	RPROF_CLOCK_TSC = 1,	/* x86-64 invariant time stamp counter */
	RPROF_CLOCK_CNTVCT = 2, /* aarch64 virtual counter */
	RPROF_CLOCK_OS = 3,	/* clock_gettime(CLOCK_MONOTONIC_RAW), ticks are ns */
};

enum rprof_raw_state {
	RPROF_RUNNING = 0, /* never reached its exit handlers: killed, aborted, _exit, or still running */
	RPROF_EXITED = 1,  /* exit handlers ran: `last_*` is the time of exit */
};

/* Offset 0. The rest of the page is zero. */
struct rprof_raw_header {
	uint8_t magic[8];
	uint32_t version;
	uint32_t page;	/* alignment of every chunk, a power of two >= 4096 */
	uint32_t clock; /* enum rprof_raw_clock */
	uint32_t state; /* enum rprof_raw_state */
	uint64_t first; /* offset of the first chunk */
	uint64_t end;	/* offset behind the last complete chunk; stored with release order, after the chunk */
	uint64_t pid;
	uint64_t start_realtime_ns;	/* CLOCK_REALTIME at start */
	uint64_t start_ticks, start_ns; /* the clock and CLOCK_MONOTONIC_RAW, read together at start */
	uint64_t last_ticks, last_ns;	/* the same, at the last slow-path call or at exit: tick rate = difference quotient */
	uint64_t ticks_per_second;	/* rate stated by the CPU or kernel (CPUID 15h, cntfrq_el0); 0 = unknown, use the quotient */
	uint64_t lost_threads;		/* threads that had to count in anonymous memory: their counts are not here */
};

enum rprof_raw_kind {
	RPROF_CHUNK_TABLE = 1,	/* payload: function table of one program, `size` bytes of text (see rhook_table.h) */
	RPROF_CHUNK_THREAD = 2, /* payload: struct rprof_raw_thread */
	RPROF_CHUNK_TRACE = 3,	/* payload: struct rprof_trace (see rprof_trace.h) */
};

/* At the start of each chunk; the payload follows directly (64 bytes on). Unknown kinds are skipped by readers. */
struct rprof_raw_chunk {
	uint32_t kind;
	uint32_t program; /* index of the program's table chunk among all table chunks, from 0 */
	uint64_t length;  /* of the whole chunk, this head included, a multiple of `page` */
	uint64_t size;	  /* of the payload in bytes */
	uint64_t reserved[5];
};

/*
 * Function times of one thread. `start` is RPROF_IDLE, RPROF_OFF or the tick of the outermost entry that is still running
 * (which is how a killed program's open spans are still known).
 */
struct rprof_time {
	uint64_t self;	/* ticks while this function was the running one */
	uint64_t total; /* ticks between outermost entry and its exit; recursion counts once */
	uint64_t spans; /* outermost entries that were timed and have ended */
	uint64_t start;
};
#define RPROF_IDLE 0ull /* not running, clock on */
#define RPROF_OFF  1ull /* clock switched off: too short to be timed without distortion */

#define RPROF_NO_FUNCTION UINT32_MAX

/* Counters of one thread for one program. A place is taken over by a later thread when its thread has ended; sums stay. */
struct rprof_raw_thread {
	uint32_t slots;
	uint32_t functions;
	uint64_t tid;	       /* of the last thread that wrote here */
	uint32_t alive;	       /* 1 while a thread owns it */
	uint32_t current;      /* running function, index, or RPROF_NO_FUNCTION */
	uint64_t last;	       /* tick of the last change of `current`, less clock_cost as it then was */
	uint64_t times_offset; /* bytes from the start of this struct to struct rprof_time[functions] */
	uint64_t heap_offset;  /* the same to struct rprof_raw_heap; 0: allocations are not counted */
	uint32_t records;      /* struct rprof_alloc of the heap; 0: one for each function and the last */
	uint32_t lives;	       /* 1: as many struct rprof_life follow them, behind a struct rprof_raw_lives */
	uint64_t
	    clock_cost; /* ticks that reading the clock took in this thread: `last` and the `start` of open spans are ticks less these */
	uint64_t counters[]; /* [slots]; then padding to 64 bytes; then struct rprof_time[functions], then perhaps the allocations */
};

/*
 * Allocations of one thread. All bytes are those that were asked for. Live bytes of a program: the sum over its threads, since a block may
 * be given back by another thread than took it. Signed fields may be negative for that reason.
 */
struct rprof_raw_heap {
	int64_t own;	   /* bytes that this thread's place took less those that it gave back */
	int64_t peak;	   /* largest `own` seen at a free since the last exchange: the peak is max(own, peak) + others, or top */
	int64_t next, low; /* an exchange with the other threads is due when `own` leaves this range */
	uint32_t owner;	   /* record of what is allocated now */
	uint32_t mark;	   /* owner ^ mark stands behind each block; new in each process, so that a forked child knows its own */
	int64_t others;	   /* sum of the other threads' `own` at the last exchange */
	int64_t top;	   /* largest live total seen up to the last exchange */
	uint64_t snapshot; /* live total when the records' `at_peak` were written, 0 = never */
			   /* then struct rprof_alloc[records]: first one for each function, then, where allocations are counted by
			      line, one for each `site` of the function table; the last is of what no function of the program did */
};

struct rprof_alloc {
	uint64_t allocations, bytes; /* a reallocation is an allocation of the new size and a free of the old block */
	uint64_t frees, freed_bytes; /* of blocks that this function allocated, whoever freed them */
	uint64_t largest;	     /* bytes of the largest */
	uint64_t reallocations;	     /* of `allocations` */
	uint64_t at_peak;	     /* live bytes of this function, all threads together, at the time of `snapshot` */
	uint64_t reserved;
};

#define RPROF_SOON 4096 /* bytes: a block has lived shortly if its thread took no more than these before it was freed */

/* Where allocations are counted by line, also how long blocks live: measured in the bytes that their thread takes meanwhile. */
struct rprof_raw_lives {
	uint64_t clock; /* bytes that this thread's place ever took */
	uint64_t soon;	/* RPROF_SOON */
	uint64_t reserved[6];
};

/* Of blocks that this record allocated. A reallocation ends no life: the block goes on under the record that reallocated it. */
struct rprof_life {
	uint64_t ended, lifetime;  /* freed by the thread that took them; sum of their lives, which sticks at its largest value */
	uint64_t soon, soon_bytes; /* of these, the short-lived */
	uint64_t elsewhere;	   /* freed by another thread than took them: how long they lived is not known */
	uint64_t moved;		   /* reallocated */
	uint64_t reserved[2];
};

#endif
