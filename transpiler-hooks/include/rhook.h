/*
 * rhook.h - instrument the Rust that the Ruchy transpiler printed. Text in, text out.
 *
 * The simplest use: fill one struct rhook_input, call rhook_instrument(), print `output->rust`, compile it with
 * `rustc -L native=DIR` where DIR holds librprof.a. The result is a program that counts its calls (see docs/counting.md).
 *
 * No file is read or written, no process started, nothing printed, no global state: any number of threads may call at once.
 *
 * Stability: the soname is librhook.so.1, and as long as it is, a program keeps working with a newer library without being compiled
 * again. Functions, their symbol versions (RHOOK_1, RHOOK_2) and the sizes of struct rhook_text, rhook_input, rhook_error, rhook_function
 * and rhook_skip do not change; struct rhook_output, which only the library makes, may grow at its end; new options are new flags. Each
 * addition raises RHOOK_VERSION. Zero what you do not fill. What is written into the Rust text may change with every release: it goes with
 * the prelude of this library and the librprof.a of the same release, whose interface has a number of its own (RPROF_ABI) that is checked
 * at run time.
 */
#ifndef RHOOK_H
#define RHOOK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RHOOK_VERSION 3u /* of this header; rhook_version() is that of the library */

struct rhook_text {
	const char *path; /* only for messages, the table and the source map; may be NULL */
	const char *data; /* need not end in NUL; UTF-8 expected, anything survives */
	size_t size;
};

enum rhook_flags {
	RHOOK_ENTRY_ONLY = 1u << 0, /* count every call at the callee's entry: slower, touches least */
	RHOOK_ABORT = 1u << 1,	    /* compiled with panic=abort: count calls one by one, since nothing unwinds */
	RHOOK_LINES = 1u << 2,	    /* count every executable line too */
	RHOOK_NO_MEMORY = 1u << 3,  /* leave the allocator alone: allocations are not counted */
	RHOOK_WRAPPING = 1u << 4,   /* compiled without overflow checks: sums of numbers do not panic */
	/*
	 * The text is a module of a crate (`mod x;`) or is included into one (`include!`), and other files of the crate may be
	 * instrumented, too, each with a prelude and a table of its own. A program has one allocator: of all its texts, those of its crates
	 * included, give all but one RHOOK_NO_MEMORY.
	 */
	RHOOK_MODULE = 1u << 5,
	RHOOK_BY_LINE = 1u << 6, /* version 3: count allocations by line too, and how long blocks live: slower */
};

struct rhook_input {
	struct rhook_text ruchy; /* data == NULL: Rust given directly; lines then are Rust lines */
	struct rhook_text rust;
	const char *prelude; /* text of runtime/prelude.rs, NULL = the one built in */
	unsigned flags;	     /* enum rhook_flags */
	/*
	 * With RHOOK_MODULE: the name of a crate for the prelude. The generated code then calls `::NAME::count` and the like and needs no
	 * unsafe code of its own. Compile output->prelude as that crate. NULL: the prelude is appended to the text.
	 */
	const char *prelude_crate;
	/*
	 * Names as in rhook_function: trace the calls of these, and put in no counters. `prelude` is then the text of runtime/trace.rs. The
	 * one name "*" stands for all that can be traced.
	 */
	const char *const *trace;
	size_t trace_count;
};

struct rhook_error {
	uint32_t line, column; /* in the Rust text, 1-based; 0 = no position */
	size_t byte;
	char message[256];
};

/* One function of the program, as in the `fn` records of rhook_table.h (same order). */
struct rhook_function {
	const char *name;
	char kind;	   /* 'f' fn, 'm' method, 'c' closure, 'i' inlined by the transpiler, 's' skipped */
	uint32_t from, to; /* .ruchy lines, 0 = unknown */
	uint32_t rust_from, rust_to;
};

/* Something left alone, and why. */
struct rhook_skip {
	uint32_t rust_line;
	const char *reason;
};

struct rhook_output {
	char *rust; /* instrumented text, NUL-terminated */
	size_t rust_size;
	char *table; /* function table, see rhook_table.h, NUL-terminated */
	size_t table_size;
	char *map_json; /* Source Map v3: Rust before instrumentation -> .ruchy; NULL when there is no Ruchy text */
	size_t map_json_size;
	const struct rhook_function *functions;
	size_t function_count;
	const struct rhook_skip *skips;
	size_t skip_count;
	/* .ruchy line of each Rust line before instrumentation: lines[1..line_count]; 0 = none */
	const uint32_t *lines;
	size_t line_count;
	/* Rust line before instrumentation of each line of `rust`: back[1..back_count]; 0 = inserted (prelude) */
	const uint32_t *back;
	size_t back_count;
	char *edited_map_json; /* Source Map v3: `rust` -> .ruchy; NULL when there is no Ruchy text, or no counters */
	size_t edited_map_json_size;
	char *prelude; /* text of the crate `prelude_crate`, NUL-terminated; NULL where there is none */
	size_t prelude_size;
	/* version 2 */
	const uint32_t *refused; /* of rhook_optimise(): choices that could not be combined with the others, by index */
	size_t refused_count;
};

/* RHOOK_VERSION of the library: it has all that a header of at most this version declares. */
unsigned rhook_version(void);

/*
 * Instrument `input->rust`. Returns 0 and sets *output, or returns -1 and fills *error (never NULL); *output is then NULL.
 * Fails only on Rust that does not parse or can't be linked with std, on a text that is instrumented already, on absurd sizes (> 64 MiB),
 * on flags that this version does not know, or when memory is short. The caller frees with rhook_free().
 */
int rhook_instrument(const struct rhook_input *input, struct rhook_output **output, struct rhook_error *error);

/* The same without counters: `rust` is the text unchanged; functions, lines and map are filled. For rustc messages and samples. */
int rhook_map(const struct rhook_input *input, struct rhook_output **output, struct rhook_error *error);

/* NULL is fine. */
void rhook_free(struct rhook_output *output);

#ifdef __cplusplus
}
#endif
#endif
