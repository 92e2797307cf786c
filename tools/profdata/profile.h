/*
 * profile.h - the profile: the one vocabulary of everything behind the raw file. Imports nothing of the project.
 *
 * A profile holds one program: one .ruchy source, or several (a cargo project), each function with the file that it is of. Everything in
 * it is a sum over `runs` runs, so that merging is adding: commutative, associative, keyed by source hash and function. Times are
 * nanoseconds; only raw_collect.c knows ticks.
 *
 * Written as `profile.data`: magic, version, XXH3 of the payload, then a zstd frame that holds CBOR (runtime/FORMAT.md).
 */
#ifndef PROFILE_H
#define PROFILE_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROFILE_MAGIC	"RPROFDAT" /* 8 bytes */
#define PROFILE_VERSION 1u
#define PROFILE_NONE	UINT32_MAX
#define PROFILE_SOON	4096u	   /* RPROF_SOON of the runtime */
#define PROFILE_ABSENT	UINT64_MAX /* a u64 that was not measured: null in JSON, "not measured" in text, never 0 */

enum profile_fn_kind { PROFILE_FN, PROFILE_METHOD, PROFILE_CLOSURE, PROFILE_INLINED, PROFILE_SKIPPED };
enum profile_fn_flag {
	PROFILE_RECURSIVE = 1u << 0, /* alone or in a cycle */
	PROFILE_TIMED = 1u << 1,     /* its clock may run */
	PROFILE_ASYNC = 1u << 2,
	PROFILE_GENERIC = 1u << 3,
	PROFILE_TEST = 1u << 4,
	PROFILE_PURE = 1u << 5, /* only computes: its result follows from its arguments, which are numbers */
};
/* Methods by which the transpiler copied where the source does not. */
enum profile_copy {
	PROFILE_COPY_CLONE = 1u << 0,
	PROFILE_COPY_TO_STRING = 1u << 1,
	PROFILE_COPY_TO_OWNED = 1u << 2,
	PROFILE_COPY_TO_VEC = 1u << 3,
};

/* What a function allocated by itself, over all runs of profile.memory_runs. A reallocation is an allocation of the new size and a free. */
struct profile_memory {
	uint64_t allocations, bytes;
	uint64_t reallocations;	       /* of `allocations` */
	uint64_t leaked, leaked_bytes; /* never freed up to the end of the run: blocks, bytes */
	uint64_t largest_bytes;	       /* one allocation */
	uint64_t at_peak_bytes;	       /* live when the program had most, of one run; within 1 % of the peak, see runtime/FORMAT.md */
};

struct profile_fn {
	char *name; /* as in Ruchy */
	uint32_t kind, flags;
	uint32_t from, to;	       /* lines in the source, 0 = unknown */
	uint32_t rust_from, rust_to;   /* lines in the Rust text before instrumentation */
	uint32_t file;		       /* of these lines: see profile_file() */
	uint64_t calls;		       /* exact, over all runs */
	uint64_t calls_min, calls_max; /* per run: equal when all runs agree */
	/* the clock of the instrumented build; ns over all runs; spans == 0 and OFF: see clock_off */
	uint64_t clock_self_ns, clock_total_ns, clock_spans; /* spans cut off by the end of the run are included */
	uint64_t clock_off;				     /* threads in which the clock was switched off as too short to time */
	/* samples of the plain build: CPU time. Inclusive counts a function once per sample however often it is on the stack */
	uint64_t samples_self, samples_total;
	struct profile_memory memory; /* all 0 where memory_runs is 0 */
	/* Runs in which the arguments of this function were counted: its calls, and how often one came with arguments that were new in its
	 * run. The latter is certain within `argument_error`. All 0: not counted */
	uint64_t argument_calls, argument_values, argument_error;
	/* Of the same runs: most calls of it that were open at once; stack that its thread used then, frames of that build included, and
	 * had. 0 = not measured */
	uint64_t deepest, stack_used, stack_size;
};

/* Known calls; `caller` PROFILE_NONE: called from where the text does not tell (function pointer, trait object, thread start). */
struct profile_edge {
	uint32_t caller, callee; /* function indexes */
	uint32_t line;		 /* of the call in the source, 0 = unknown */
	uint64_t calls;
};

/* One source line. */
struct profile_line {
	uint32_t fn; /* function that the line belongs to, or PROFILE_NONE */
	uint32_t line;
	uint64_t count;	  /* executions, PROFILE_ABSENT = not counted */
	uint64_t samples; /* self samples */
	uint32_t copies;  /* enum profile_copy */
	/* Executions of the blocks (code that always runs together) that begin here; complete where all lines were counted. 0 = none, or
	 * not counted */
	uint64_t blocks;
};

/*
 * Allocations of one line of a function, over all runs of profile.memory_runs: those of a function add up to its own. How long a block
 * lives is told in the bytes that its thread took meanwhile; a reallocated block lives on under the line that reallocated it.
 */
struct profile_site {
	uint32_t fn;
	uint32_t line; /* 0: of no line that is known */
	struct profile_memory memory;
	uint64_t ended, lifetime_bytes; /* blocks freed by the thread that took them, the sum of their lives */
	uint64_t soon, soon_bytes;	/* of these, short-lived: no more than PROFILE_SOON bytes */
	uint64_t elsewhere;		/* freed by another thread: life unknown */
};

/*
 * A call path of the samples: one node in the tree of what was on the stack, outermost functions first. Recursion is there level by level
 * as far as the sampler kept it (sample_unwind()); views fold it or show it.
 */
struct profile_context {
	uint32_t parent; /* the caller's row plus 1, always an earlier row; 0: nothing of the program is further out */
	uint32_t fn;
	uint32_t line;	  /* where in `fn`: of the call to the next one, or of what was running; 0 = unknown */
	uint64_t samples; /* that ended here */
};
/* A profile has no more: of a larger tree the first rows in canonical order stay, and samples of the others go to their callers. */
#define PROFILE_CONTEXTS_MOST (1u << 17)

/* Durations of runs, mergeable: exact n, sum, sum of squares, min, max, and a log-linear histogram (128 buckets a power of two) for
 * quantiles. */
struct profile_times {
	uint64_t n, sum_ns, min_ns, max_ns;
	uint64_t square_hi, square_lo; /* sum of ns squared, 128 bits */
	struct profile_bucket {
		uint32_t key;
		uint64_t n;
	} * buckets; /* ascending key */
	size_t bucket_count;
};

/* A transpiled text: where it comes from. As the fields of the same names in struct profile. */
struct profile_file {
	char *source_path, *source_hash, *rust_path, *rust_hash;
};

/* --- what optimisation keeps (tools/pgo): often none of it ---------------------------------------------------------------------------- */

/* The text of a function when the counts were taken: hash over it without blanks. What has changed since is told by it. */
struct profile_fn_text {
	char *name;
	uint32_t from; /* line in the source then */
	char *hash;
};
/* What the runs read: standard input and arguments. */
struct profile_training {
	char *input, *input_hash; /* path of the file; "" = nothing, "-" = what came through a pipe, hash "" then */
	char *args;		  /* quoted as for a shell */
	uint64_t runs;
};
/* Counters of LLVM, as the text that llvm-profdata writes; of one Rust text, built in one way. */
struct profile_llvm {
	char *rust_hash, *rustc, *flags, *crate;
	char *counters;
};
/* What a measured selection has decided: a JSON document (runtime/FORMAT.md). */
struct profile_selection {
	char *identity; /* hash of all that went into it but the profile */
	uint64_t made;	/* seconds since 1970; the latest of an identity counts */
	char *decisions;
};

enum profile_run_kind { PROFILE_PLAIN, PROFILE_INSTRUMENTED, PROFILE_RUN_KINDS };

struct profile {
	/* identity: profiles merge when source_hash is equal (and non-empty) or, for Rust given directly, rust_hash */
	char *source_path, *source_hash; /* hash: 32 hex digits of XXH3-128, "" when there is no .ruchy */
	char *rust_path, *rust_hash;
	/* Programs of several files: the others, the one above being the first. In ascending order, no two alike. */
	struct profile_file *files;
	size_t file_count;
	char *program; /* name of what was built, where that is not the source's name; "" */
	/* tools that made it; "" = unknown (raw file alone) */
	char *ruchy_version, *rustc_version, *tool_version, *rustc_flags, *host; /* host: "x86_64 linux, 2 CPUs, ..." */
	uint64_t runs;								 /* instrumented runs summed here = raw files */
	uint64_t unfinished_runs;						 /* of these: killed, aborted or still running */
	uint64_t lost_threads; /* threads whose counts are missing; 0 = counts are exact */
	uint64_t untimed_runs; /* of `runs`: so short that the rate of their clock is not known; their clock_* are missing */
	uint32_t clock;	       /* enum rprof_raw_clock of the runs, 0 = mixed */
	uint64_t sample_runs, samples, sample_period_ns; /* samples of the plain build; 0 runs = not sampled */
	uint64_t samples_outside;			 /* samples that no function of the program was on the stack of */
	char *sample_method;				 /* "perf_event cpu-clock", "timer", "" */
	struct profile_times wall[PROFILE_RUN_KINDS], cpu[PROFILE_RUN_KINDS];
	/* Of the wall time: ready to run, but no CPU was free. Of those runs in which it is known, so n may be smaller, or 0 */
	struct profile_times queued[PROFILE_RUN_KINDS];
	uint64_t peak_rss_bytes; /* largest over the plain runs (else instrumented); PROFILE_ABSENT = not measured */
	/* Allocations: "counted"; "own": not, the program has its own allocator; "off": not, as asked for; "mixed" or "": unknown */
	char *memory;
	uint64_t memory_runs;	       /* of `runs`, those whose allocations were counted */
	uint64_t peak_live_bytes;      /* most that was live at once in a run; PROFILE_ABSENT = not measured */
	struct profile_memory outside; /* of what no function of the program did: before main, in threads' start and end */
	uint64_t threads;	       /* most threads that ran the program's functions at once in a run; 0 = not known */
	uint64_t cpus;		       /* that it could use; 0 = not known */
	uint64_t idle_percent; /* of one CPU: what all CPUs of the machine together were idle while it ran; 0 = nothing, or not known */
	uint64_t failed_runs;  /* runs that ended with a non-zero status or a signal */
	uint64_t exit_status;  /* of the last such run: 0..255, 128+signal; merging keeps the largest */
	struct profile_fn
	    *fns; /* no two with the same file, name, kind and `from`; merging and collecting order them by file, from, name, kind */
	size_t fn_count;
	struct profile_edge *edges; /* sorted by caller, callee, line */
	size_t edge_count;
	struct profile_line *lines; /* sorted by line, fn */
	size_t line_count;
	struct profile_site *sites; /* by line, fn; often none: allocations are not counted by line */
	size_t site_count;
	struct profile_skip {
		uint32_t rust_line;
		char *reason;
		uint32_t file; /* see profile_file() */
	} * skips;
	size_t skip_count;
	/* Texts of sources, so that a profile can be read where they are not; found by hash. By hash and text. Often none. */
	struct profile_source {
		char *hash, *text; /* hash: as source_hash; whoever looks a text up checks it */
	} * sources;
	size_t source_count;
	struct profile_fn_text *fn_texts;
	size_t fn_text_count;
	struct profile_training *trainings;
	size_t training_count;
	struct profile_llvm *llvm;
	size_t llvm_count;
	struct profile_selection *selections;
	size_t selection_count;
	/* by parent, fn, line, so that rows of one depth stand together, the outermost first; older files have none */
	struct profile_context *contexts;
	size_t context_count;
};

struct profile *profile_new(void);	    /* empty, strings "" */
void profile_free(struct profile *profile); /* NULL is fine */

/* --- profile_file.c: programs of several files --------------------------------------------------------------------------- */
/* File number `file` of a profile: 0 the first (or only) one, n > 0 files[n - 1]; what is beyond is the first. Not owned. */
struct profile_file profile_file(const struct profile *profile, uint32_t file);
/* The path to show for function `fn` (PROFILE_NONE: for the program): its .ruchy file, or the Rust file where there is none. */
const char *profile_source_of(const struct profile *profile, uint32_t fn);
/*
 * Make `from`, the profile of another file in the same runs of the same program, part of `into` and leave it empty. -1 on sums beyond 64
 * bits. The files may have new numbers then.
 */
int profile_join(struct profile *into, struct profile *from, struct err *err);
/* Put the files into their order after a change of their paths; functions get the new numbers. */
void profile_sort_files(struct profile *profile);

/* --- profdata_read.c, profdata_write.c, profdata_check.c -------------------------------------------------------------- */
/* Read `path` or the bytes; refuses what is truncated, corrupt or newer, saying which and where (byte offset). Caller frees. */
struct profile *profile_read(const char *path, struct err *err);
struct profile *profile_parse(const void *data, size_t size, const char *name, struct err *err);
/* Atomic (temporary file, sync, rename). Same profile, same bytes. */
int profile_write(const struct profile *profile, const char *path, struct err *err);
int profile_serialise(const struct profile *profile, void **data, size_t *size, struct err *err);
/* Indexes in range, orders, strings present: what every reader downstream relies on. profile_parse() calls it. */
int profile_check(const struct profile *profile, const char *name, struct err *err);

/* --- profdata_merge.c ---------------------------------------------------------------------------------------------------- */
/* into += from, functions matched by name, kind and place. Refuses another source hash. */
int profile_merge(struct profile *into, const struct profile *from, struct err *err);

/* --- profile_source.c ---------------------------------------------------------------------------------------------------- */
/*
 * Keep a text in the profile. False when it is not kept: it is no UTF-8, larger than 16 MiB, or so repetitive that the file would unpack to
 * more than readers accept.
 */
bool profile_keep_source(struct profile *profile, const char *text, size_t size);
/* The text with that hash; it is not checked. NULL when there is none. */
const char *profile_source_text(const struct profile *profile, const char *hash);

/* --- profile_context.c --------------------------------------------------------------------------------------------------- */
/* A tree in the making. Nodes are numbered as in profile_context.parent: 0 is the root, which is no row. */
struct context_tree {
	struct profile_context *rows;
	size_t count, capacity;
	uint32_t *slots; /* hash of (parent, fn, line) */
	size_t slot_count;
};
/* The node below `parent`, made when it is new. */
uint32_t context_tree_child(struct context_tree *tree, uint32_t parent, uint32_t fn, uint32_t line);
/* Begin with the paths that the profile has. */
void context_tree_load(struct context_tree *tree, const struct profile *profile);
/* Give the paths to the profile, in canonical order and bounded; empties the tree. -1 when a sum passes 64 bits. */
int context_tree_store(struct context_tree *tree, struct profile *profile, struct err *err);
void context_tree_free(struct context_tree *tree);

/* --- profile_times.c ------------------------------------------------------------------------------------------------------ */
void profile_times_add(struct profile_times *times, uint64_t ns);
int profile_times_merge(struct profile_times *into, const struct profile_times *from);
uint64_t profile_times_quantile(const struct profile_times *times, double q); /* within 0.4 %; exact for min, max, n <= 2 */
double profile_times_mean(const struct profile_times *times);
/* 95 % interval of the mean (Student's t). n < 2: both are the mean. */
void profile_times_ci95(const struct profile_times *times, double *lo, double *hi);

/* --- raw_collect.c, raw_table.c ---------------------------------------------------------------------------------------- */
/* One raw file = one run, added to *into (NULL: a new profile is made). Of a program with several tables each is a file of the profile. */
int profile_add_raw(struct profile **into, const char *path, struct err *err);
int profile_add_raw_bytes(struct profile **into, const void *data, size_t size, const char *name, struct err *err);

#endif
