/*
 * rprof_trace.h - the trace of chosen functions: what a program built for tracing calls, and what its raw file holds.
 *
 * The hook writes runtime/trace.rs into such a program instead of the counters. Each thread has one chunk (RPROF_CHUNK_TRACE) of fixed
 * size in the raw file: of any number of calls it keeps the first, the last and the slowest, those that are open now, and a count for
 * each value of the arguments. runtime/FORMAT.md describes it for someone who writes another reader. All fields little endian.
 */
#ifndef RPROF_TRACE_H
#define RPROF_TRACE_H

#include "rprof.h"

#ifdef __cplusplus
extern "C" {
#endif

#define RPROF_TRACE_ARGUMENTS 60u   /* bytes of the arguments of one call */
#define RPROF_TRACE_RESULT    32u   /* and of its result */
#define RPROF_TRACE_SKETCH    4096u /* registers of the estimate of distinct values: standard error 1.04 / 64 */

/* The first byte of a value; what follows it. */
enum rprof_trace_tag {
	RPROF_VALUE_SIGNED = 1, /* 8 bytes */
	RPROF_VALUE_UNSIGNED,	/* 8 bytes */
	RPROF_VALUE_SIGNED16,	/* 16 bytes */
	RPROF_VALUE_UNSIGNED16, /* 16 bytes */
	RPROF_VALUE_F64,	/* 8 bytes */
	RPROF_VALUE_F32,	/* 4 bytes */
	RPROF_VALUE_BOOL,	/* 1 byte */
	RPROF_VALUE_CHAR,	/* 4 bytes */
	RPROF_VALUE_TEXT,	/* number of bytes shown (1), length (4), hash of all of it (4), the bytes shown */
	RPROF_VALUE_UNIT,
	RPROF_VALUE_TYPE, /* known by its type alone */
	RPROF_VALUE_NONE,
	RPROF_VALUE_SOME, /* a value */
	RPROF_VALUE_OK,	  /* a value */
	RPROF_VALUE_ERR,  /* a value */
	RPROF_VALUE_CUT,  /* no room was left for it */
};

enum rprof_trace_state {
	RPROF_CALL_NONE = 0, /* no call: the space is unused */
	RPROF_CALL_OPEN,     /* did not end until the file was read */
	RPROF_CALL_RETURNED,
	RPROF_CALL_UNWOUND, /* ended by a panic */
	RPROF_CALL_LEFT,    /* returned from where the text does not show its value (a macro) */
};

struct rprof_trace_call {
	uint64_t number; /* from 1, of the calls of this thread that pass the filters, in the order in which they began; 0 = does not pass
			    (yet) */
	uint64_t start;	 /* tick */
	uint64_t ticks;	 /* from begin to end, tracing included */
	uint64_t order;	 /* from 1, of all calls of this thread */
	uint64_t inside; /* traced calls that began within it */
	uint64_t hash;	 /* of function and arguments */
	uint32_t depth;	 /* traced calls that are open, itself included */
	uint32_t tid;
	uint32_t key; /* private */
	uint16_t function;
	uint8_t state;	   /* enum rprof_trace_state; written last */
	uint8_t arguments; /* bytes of `bytes` that are used by the arguments */
	uint8_t result;	   /* and, from RPROF_TRACE_ARGUMENTS on, by the result */
	uint8_t reserved[3];
	uint8_t bytes[RPROF_TRACE_ARGUMENTS + RPROF_TRACE_RESULT];
};

/* One value of the arguments of one function. */
struct rprof_trace_key {
	uint64_t hash;
	uint64_t count; /* calls: at most this many, at least `count - error` */
	uint64_t error;
	uint64_t ticks; /* of the last `count - error` calls, those that have ended */
	uint16_t function;
	uint8_t used; /* 1: this space holds a value; written last */
	uint8_t size;
	uint8_t bytes[RPROF_TRACE_ARGUMENTS];
};

struct rprof_trace_function {
	uint64_t calls;
	uint64_t unwound;    /* of these, ended by a panic */
	uint64_t opaque;     /* of these, with an argument that is not known by its whole value */
	uint64_t ticks;	     /* of outermost calls that have ended */
	uint32_t depth;	     /* open calls */
	uint32_t deepest;    /* most that were open at once */
	uint64_t stack_used; /* of the thread, at a call of it, at most */
};

/*
 * Payload of a trace chunk. Behind it, without gaps: struct rprof_trace_function[functions], the open calls struct
 * rprof_trace_call[frames] (the first `depth` of them), first[first], last[last] (call n at (n - 1) % last), slowest[slowest], struct
 * rprof_trace_key[keys], uint8_t[functions][RPROF_TRACE_SKETCH]; then what is private to the runtime.
 */
struct rprof_trace {
	uint64_t size; /* of this struct */
	uint32_t functions, frames, first, last, slowest, keys;
	uint32_t depth;	      /* open calls */
	uint32_t deepest;     /* most that were open at once */
	uint32_t depth_limit; /* filters: calls deeper than this are counted only; 0 = none */
	uint32_t clock;	      /* 0: no durations, and no calls are kept */
	uint64_t min_ticks;   /* shorter calls are counted only */
	uint64_t tid;
	uint32_t alive;		      /* 1 while a thread owns it */
	uint32_t key_count;	      /* keys in use */
	uint64_t calls;		      /* begun */
	uint64_t kept;		      /* numbers given */
	uint64_t beyond;	      /* calls deeper than `frames`: counted only */
	uint64_t evicted;	      /* values that made place for another: 0 = the counts of all values are exact */
	uint64_t stack_top;	      /* address; 0 = not known */
	uint64_t stack_size;	      /* of the thread, or of the smallest stack of the threads that were here */
	uint64_t least;		      /* ticks of the quickest of the slowest, once all places are taken */
	uint64_t mark_ticks, mark_ns; /* the clock and CLOCK_MONOTONIC_RAW, read together now and then */
	uint64_t reserved[4];
};

/*
 * The calling thread's trace for `program`, whose `functions` and `slots` are 0 and whose table has one `trace` record for each of
 * `functions`. NULL: there is no memory, nothing is recorded. The caller keeps the pointer in *trace_home, and *home for rprof_thread();
 * both are set to NULL when the thread ends.
 */
struct rprof_trace *rprof_trace_thread(const struct rprof_program *program, struct rprof_raw_thread **home, uint32_t functions,
				       struct rprof_trace **trace_home);
/*
 * A call of `function` begins. `arguments`: RPROF_TRACE_ARGUMENTS + 4 bytes, of which `size` are used and the rest up to a multiple of 8
 * may be written. Returns where RPROF_TRACE_RESULT bytes of the result may be put. `opaque`: not every argument is known by its value.
 */
uint8_t *rprof_trace_begin(struct rprof_trace *trace, uint32_t function, uint8_t *arguments, uint32_t size, uint32_t opaque);
/* It ends; `depth` is what trace->depth was after its begin. */
void rprof_trace_end(struct rprof_trace *trace, uint32_t function, uint32_t depth, uint32_t state, uint32_t result_size);

#ifdef __cplusplus
}
#endif
#endif
