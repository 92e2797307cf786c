/*
 * sample_internal.h - the parts of the sampler: perf events in, interned call chains in between, functions and lines out.
 *
 *   sample_perf.c       ring buffers of the kernel  -> records
 *   sample_timer.c      the same from timers within the program (preload/rprof_sampler.c), where the kernel refuses
 *   sample_maps.c       which file is mapped where, per process
 *   sample_unwind.c     registers + stack bytes     -> code addresses of the program, innermost first
 *   sample_chain.c      the addresses, interned with a count
 *   sample_symbol.c     address -> frames (line and function name) in the Rust file, inlined ones included (sample_dwarf.c,
 *                       sample_flatten.c, sample_name.c read what it needs)
 *   sample_attribute.c  chains -> struct profile
 *
 * An address here is one of the program's ELF file (what its symbol table says), not one of a process: runs and children add up.
 */
#ifndef SAMPLE_INTERNAL_H
#define SAMPLE_INTERNAL_H

#include "sample.h"

#include <libelf.h>

/* ---- registers: DWARF numbering, so that call frame information applies as it is ---- */
#define SAMPLE_REGS 33

struct sample_arch {
	uint64_t perf_mask;	   /* of perf_event_attr.sample_regs_user */
	uint8_t perf_count;	   /* bits in it */
	uint8_t pc;		   /* position of the program counter among them */
	uint8_t dwarf_count;	   /* DWARF registers 0 .. dwarf_count-1 are known at the innermost frame */
	uint8_t sp, return_column; /* DWARF numbers */
	uint8_t position[32];	   /* DWARF number -> position among the sampled */
	uint64_t callee_saved;	   /* bits by DWARF number: what a caller's frame still knows without a rule */
	uint64_t address_mask;	   /* bits of a code address (drops pointer authentication codes) */
	bool return_on_stack;	   /* after a call, before any push: return address at [sp], else in the return column's register */
};
/* NULL on a CPU that the unwinder does not know. */
const struct sample_arch *sample_arch(void);

/* ---- maps ---- */
struct sample_module;

struct sample_map {
	uint64_t start, end, offset; /* [start, end) of the process, `offset` in the file */
	struct sample_module *module;
};

struct sample_process {
	uint32_t pid;
	bool has_program;	 /* the program itself is mapped: its main can be on the stack */
	struct sample_map *maps; /* by start, disjoint */
	size_t count, capacity;
};

struct sample_processes {
	struct sample_process *list; /* by pid */
	size_t count, capacity;
};

/* NULL when unknown. */
struct sample_process *sample_process_find(struct sample_processes *processes, uint32_t pid);
void sample_process_map(struct sample_processes *processes, uint32_t pid, const struct sample_map *map, bool is_program);
void sample_process_fork(struct sample_processes *processes, uint32_t pid, uint32_t parent);
void sample_process_clear(struct sample_processes *processes, uint32_t pid); /* exec */
void sample_processes_free(struct sample_processes *processes);
const struct sample_map *sample_map_find(const struct sample_process *process, uint64_t address);

/* ---- unwinding ---- */
struct sample_unwinder;

struct sample_stack {
	uint64_t regs[SAMPLE_REGS]; /* by DWARF number */
	uint64_t pc;
	const unsigned char *bytes; /* from the stack pointer upwards */
	size_t size;
};

/* `program`: the file whose addresses are kept. */
struct sample_unwinder *sample_unwinder_new(const char *program);
void sample_unwinder_free(struct sample_unwinder *unwinder);
/* The file behind a mapping; owned by the unwinder, one per path and inode. *is_program tells whether it is the program. */
struct sample_module *sample_unwinder_module(struct sample_unwinder *unwinder, const char *path, uint64_t inode, bool *is_program);
/* Frames that are walked at most; `limit` below need not be larger. */
#define SAMPLE_FRAMES 4096
enum sample_end {
	SAMPLE_ROOT,   /* the whole chain */
	SAMPLE_DEEP,   /* the copy of the stack ended first */
	SAMPLE_BROKEN, /* code without call frame information (start-up code of the dynamic linker, hand-written assembly) */
};

/*
 * Addresses of the program on this stack, innermost first, at most `limit`. Recursion is kept level by level in the `deep` outermost of
 * them; of the others each stands once, where it is innermost.
 */
size_t sample_unwind(struct sample_unwinder *unwinder, const struct sample_process *process, const struct sample_stack *stack,
		     uint64_t *addresses, size_t limit, size_t deep, enum sample_end *end);

/* ---- chains ---- */
struct sample_node {
	uint64_t address;
	uint32_t parent;     /* the caller's node; 0 is the root, which has no address */
	uint32_t next;	     /* in its hash bucket */
	uint64_t count;	     /* samples whose innermost address is this one */
	uint64_t main_count; /* of these: chain cut, in a thread whose root is main */
};

struct sample_chains {
	struct sample_node *nodes; /* [0] is the root: samples without any address of the program */
	size_t count, capacity;
	uint32_t *buckets;
	size_t bucket_count; /* power of two */
};

/*
 * Each level of a recursion makes chains of its own, twice as many per level where a function calls itself in two places. Once there are
 * this many nodes (10 MB), new chains hold each address once, and then there are few.
 */
#define SAMPLE_DEEP_NODES (1u << 18)

void sample_chains_add(struct sample_chains *chains, const uint64_t *addresses, size_t count, bool below_main);
void sample_chains_free(struct sample_chains *chains);

/* ---- perf ---- */
struct sample_perf;

struct sample_handler {
	void *context;
	void (*map)(void *context, uint32_t pid, uint64_t start, uint64_t size, uint64_t offset, uint64_t inode, const char *path);
	void (*fork)(void *context, uint32_t pid, uint32_t parent);
	void (*exec)(void *context, uint32_t pid);
	void (*sample)(void *context, uint32_t pid, uint32_t tid, const struct sample_stack *stack);
	void (*lost)(void *context, uint64_t count);
	void (*throttled)(void *context);
};

/* Tries that events can be opened at all. */
struct sample_perf *sample_perf_new(uint64_t period_ns, struct err *err);
/* -1 with errno; then nothing is attached. */
int sample_perf_attach(struct sample_perf *perf, int pid);
void sample_perf_drain(struct sample_perf *perf, const struct sample_handler *handler);
int sample_perf_fd(const struct sample_perf *perf);
const char *sample_perf_method(const struct sample_perf *perf);
void sample_perf_free(struct sample_perf *perf);

/* ---- timer: the same seam ---- */
struct sample_timer;

struct sample_timer *sample_timer_new(const char *program, uint64_t period_ns, struct err *err);
int sample_timer_attach(struct sample_timer *timer);
void sample_timer_drain(struct sample_timer *timer, const struct sample_handler *handler);
int sample_timer_fd(const struct sample_timer *timer);
uint64_t sample_timer_period(const struct sample_timer *timer); /* the kernel's tick, if that is longer than what was asked for */
char *const *sample_timer_variables(const struct sample_timer *timer);
/* Why the last run has no samples, or not of all threads; NULL: nothing is wrong. */
const char *sample_timer_problem(const struct sample_timer *timer);
void sample_timer_free(struct sample_timer *timer);

/* ---- symbols ---- */
struct sample_frame {
	const char *function; /* `helper`, `push`, `{closure#0}`, `{closure`: no path, not NUL-terminated; owned by the symbols */
	size_t size;	      /* of `function`; 0 = not known */
	uint32_t line;	      /* of the Rust file; never 0 */
	uint32_t file;	      /* 0, or which of several */
};

struct sample_symbols;

/* Fails on a file that is missing, not ELF, damaged, or without line tables of the crate whose root file is called like `rust_path`. */
struct sample_symbols *sample_symbols_open(const char *program, const char *rust_path, struct err *err);
/* The same for certain files of any crates, which sampler_attribute_files() explains. */
struct sample_symbols *sample_symbols_open_files(const char *program, const struct sample_file *files, size_t count, struct err *err);
void sample_symbols_free(struct sample_symbols *symbols);
/* Frames of the Rust file at `address`, innermost first; frames of other files (std) are left out. Returns how many, at most `limit`. */
size_t sample_symbols_frames(const struct sample_symbols *symbols, uint64_t address, struct sample_frame *frames, size_t limit);

/* ---- the sampler ---- */
struct sampler {
	char *program;
	uint64_t period_ns;
	struct sample_perf *perf; /* one of these two */
	struct sample_timer *timer;
	struct sample_unwinder *unwinder;
	struct sample_processes processes;
	struct sample_chains chains;
	int attach_error; /* errno of the last attach that failed */
	/* since the last sampler_attribute() */
	uint64_t runs, samples, cut, lost, throttled;
};

/* The part of sampler_attribute() that needs no kernel: adds `chains` to the profile. */
int sample_attribute_chains(const struct sample_chains *chains, const struct sample_symbols *symbols, struct profile *profile,
			    const struct sample_file *files, size_t count, struct err *err);

#endif
