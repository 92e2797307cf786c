/*
 * trace.h - the trace of chosen functions, as read from a raw file (runtime/include/rprof_trace.h), and its formats.
 *
 * Nothing in the file is trusted: trace_parse() checks every size and every call against the bytes that are there. The file may be that of
 * a process which still runs; what is read then is what had happened.
 */
#ifndef TRACE_H
#define TRACE_H

#include "err.h"
#include "rprof_trace.h"
#include "strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trace_argument {
	char *name, *type; /* "" = none in the text */
};
struct trace_function {
	char *name, *result; /* as in Ruchy; type as in the Rust text, "" = none is written */
	uint32_t from, to;   /* lines of the source, 0 = unknown */
	uint32_t fn;	     /* number in other builds of the program */
	struct trace_argument *arguments;
	size_t argument_count;
	/* sums over threads */
	uint64_t calls, unwound, opaque;
	uint64_t deepest;		 /* most calls of it that were open at once in a thread */
	uint64_t stack_used, stack_size; /* of the thread that came nearest to the end of its stack; 0 = not known */
	double distinct;		 /* values of the arguments */
	double distinct_error;		 /* of it, one standard error as a part of it; 0 = exact */
};
struct trace_thread {
	struct rprof_trace head;
	/* first, last and slowest calls, the open ones (outermost first). Empty places have the state RPROF_CALL_NONE; all others are
	 * sound. */
	struct rprof_trace_call *first, *last, *slowest, *open;
	size_t open_count;
};
/* One value of the arguments, over all threads: between `count - error` and `count` calls. */
struct trace_key {
	uint32_t function, size;
	uint64_t count, error;
	uint64_t ticks, timed; /* of so many calls; 0 = not known */
	uint8_t bytes[RPROF_TRACE_ARGUMENTS];
	uint64_t spare; /* private to trace_keys.c */
};
struct trace {
	char *source_path, *source_hash;
	bool ended; /* exit handlers ran */
	uint64_t lost_threads;
	double ns_per_tick;   /* 0 = not known */
	uint64_t start_ticks; /* of the process */
	struct trace_function *functions;
	size_t function_count;
	struct trace_thread *threads; /* in the order in which they first called */
	size_t thread_count;
	struct trace_key *keys; /* by function, then most calls first */
	size_t key_count;
	uint64_t unnamed; /* calls that a value which is not in `keys` may have had at most */
	uint8_t *sketch;  /* [functions][RPROF_TRACE_SKETCH], NULL = none */
	bool inexact;	  /* there were more values than places for them: errors are above 0 */
};

/* `ns_per_tick`: used when the file does not tell the rate; 0 = not known. NULL and err when it is no sound trace. The caller frees. */
struct trace *trace_parse(const void *data, size_t size, const char *name, double ns_per_tick, struct err *err);
struct trace *trace_read(const char *path, double ns_per_tick, struct err *err);
void trace_free(struct trace *trace);
/* Does the raw file hold a trace? */
bool trace_is_one(const void *data, size_t size);

/* --- trace_value.c: arguments and results --------------------------------------------------------------------------------------- */
struct trace_value {
	uint8_t wrapper; /* RPROF_VALUE_SOME, _OK, _ERR around it, or 0 */
	uint8_t tag;
	__extension__ unsigned __int128 bits; /* of numbers; signed ones are sign-extended */
	const char *text;		      /* RPROF_VALUE_TEXT */
	size_t shown, length;
};
/* Bytes that the first value takes; 0: there is none, or it is damaged. */
size_t trace_value_read(const uint8_t *bytes, size_t size, struct trace_value *value);
/* As Rust would write it; `type` stands for what is known by its type alone. Fit for a terminal. */
void trace_value_text(struct strbuf *out, const struct trace_value *value, const char *type, bool ascii);
/* A JSON value; null for what is known by its type alone. */
void trace_value_json(struct strbuf *out, const struct trace_value *value);
void trace_json_string(struct strbuf *out, const char *text, size_t size);
/* `fibonacci(3)`; `names`: `fibonacci(n: 3)`. */
void trace_call_text(struct strbuf *out, const struct trace_function *function, const uint8_t *bytes, size_t size, bool names, bool ascii);
/* ` = 2`, ` panicked`, `` for (). Nothing while it is open. */
void trace_result_text(struct strbuf *out, const struct trace_function *function, const struct rprof_trace_call *call, bool ascii);

/* --- formats ------------------------------------------------------------------------------------------------------------------------- */
struct trace_options {
	bool ascii, color;
	unsigned width;		    /* of the terminal, 0 = none */
	double plain_ns, traced_ns; /* wall time of a plain and of the traced run; negative = not measured */
	const char *source;	    /* as the user wrote it */
	int status;		    /* wait status of the traced run, 0 = fine */
};
/*
 * One format. `step` adds to `out` what is new since the last step and can be told while the program runs; `state` is memory of its own,
 * zero at first. `finish` adds the rest. `step` may be NULL: nothing is told before the end.
 */
struct trace_state {
	bool begun;
	size_t printed; /* calls of the first thread that are told, from the first on */
	size_t *open;	/* of these, the ones whose end is not told yet: indexes, outermost first */
	size_t open_count;
};
struct trace_format {
	const char *name, *suffix, *summary;
	void (*step)(const struct trace *trace, const struct trace_options *options, struct trace_state *state, struct strbuf *out);
	void (*finish)(const struct trace *trace, const struct trace_options *options, struct trace_state *state, struct strbuf *out);
};
extern const struct trace_format trace_format_text, trace_format_jsonl, trace_format_chrome;
/* By name (NULL: by the suffix of `path`, else text). NULL and err when there is none. */
const struct trace_format *trace_format_choose(const char *name, const char *path, struct err *err);

#endif
