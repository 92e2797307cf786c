/* rprof_internal.h - what the files of the runtime share. Not installed. Nothing here allocates with malloc. */
#ifndef RPROF_INTERNAL_H
#define RPROF_INTERNAL_H

#include "rprof.h"
#include "rprof_raw.h"

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#define RPROF_HIDDEN __attribute__((visibility("hidden")))

/* --- rprof_clock.c ------------------------------------------------------------------------------------------------------- */
struct rprof_pair {
	uint64_t ticks, ns; /* read together; ns of CLOCK_MONOTONIC_RAW */
};
RPROF_HIDDEN uint32_t rprof_clock_kind(void); /* enum rprof_raw_clock */
RPROF_HIDDEN uint64_t rprof_clock_rate(void); /* ticks per second as stated by the CPU, 0 = unknown */
RPROF_HIDDEN struct rprof_pair rprof_clock_pair(void);

/* --- rprof_name.c: which file ---------------------------------------------------------------------------------------------- */
enum rprof_specifier {
	RPROF_HAS_PID = 1u << 0,   /* the pattern holds %p */
	RPROF_HAS_COUNT = 1u << 1, /* the pattern holds %n */
};

/*
 * Write `pattern` into `out` with %p = pid, %n = count, %% = percent; any other %x stays as it is. Returns the specifiers
 * found (enum rprof_specifier), or -1 when `size` bytes do not hold it.
 */
RPROF_HIDDEN int rprof_name_expand(const char *pattern, uint64_t pid, uint64_t count, char *out, size_t size);

/* Remember RUCHY_PROF_FILE (or the default) and the working directory; returns 0 or an errno. Once per process. */
RPROF_HIDDEN int rprof_name_start(void);

/*
 * Create this process's file, locked (flock) for as long as it is open. Never touches a file that exists, unless its name is fixed
 * (no %p, no %n) and it is empty or a raw file that no process is writing. `forked`: a child, whose name must differ from its
 * parent's. Returns the descriptor, or -1 with errno. `path` is absolute, and on failure the one that failed.
 */
RPROF_HIDDEN int rprof_name_create(char path[PATH_MAX], bool forked);

/* --- rprof_file.c: the file and its mappings; the caller holds the lock of rprof_thread.c ------------------------------------ */
/*
 * Create the file and its header; false: not recording, and one line was printed. `table` and `thread` are the sizes of the first payloads
 * to come, 0 = unknown: a hint of how much space to reserve.
 */
RPROF_HIDDEN bool rprof_file_start(bool forked, uint64_t table, uint64_t thread);
/* Disk space for `length` bytes at `offset`, so that a store into a mapping of them never meets a full disk. 0 or an errno. */
RPROF_HIDDEN int rprof_file_reserve(int fd, uint64_t offset, uint64_t length);
/* In a forked child: leave the parent's file. True if there was one. */
RPROF_HIDDEN bool rprof_file_leave(void);
RPROF_HIDDEN bool rprof_file_recording(void);
/* Write the table chunk of a program; its index is `program`. False: see rprof_file_start(). */
RPROF_HIDDEN bool rprof_file_add_table(uint32_t program, const struct rprof_program *table);
/*
 * Reserve and map a thread chunk with `size` bytes of payload, all zero but for its head. A reader sees it after rprof_file_publish().
 * NULL: see rprof_file_start().
 */
RPROF_HIDDEN struct rprof_raw_chunk *rprof_file_map_thread(uint32_t program, uint64_t size);
/* The same for another kind of chunk (enum rprof_raw_kind). */
RPROF_HIDDEN struct rprof_raw_chunk *rprof_file_map_chunk(uint32_t kind, uint32_t program, uint64_t size);
RPROF_HIDDEN void rprof_file_publish(uint64_t length);
RPROF_HIDDEN uint64_t rprof_file_chunk_length(uint64_t size);
RPROF_HIDDEN void rprof_file_lost_thread(void);
/* Bring the header's last_ticks, last_ns up to date; the same when exit handlers run. */
RPROF_HIDDEN void rprof_file_mark(void);
RPROF_HIDDEN void rprof_file_mark_exit(void);
/* Ticks in `ns` nanoseconds, by the stated rate or by the time since the start. */
RPROF_HIDDEN uint64_t rprof_file_ticks_in(uint64_t ns);

/* --- rprof_thread.c: the registry ------------------------------------------------------------------------------------------ */
#define RPROF_NO_TABLE UINT32_MAX

struct rprof_known { /* a program that asked for memory */
	struct rprof_known *next;
	const struct rprof_program *program;
	struct rprof_place *free; /* places of ended threads */
	uint32_t index;		  /* of its table chunk, or RPROF_NO_TABLE */
};

struct rprof_place {			/* memory of one thread for one program; outlives the thread */
	struct rprof_place *next;	/* all places */
	struct rprof_place *next_owned; /* of the same thread */
	struct rprof_place *next_free;	/* of the same program */
	struct rprof_known *known;
	struct rprof_raw_chunk *chunk;
	struct rprof_raw_thread **home; /* NULL: no thread owns it */
	pthread_t owner;		/* valid with `home` */
	uint64_t length;		/* of the mapping */
	bool lost;			/* anonymous memory, not in the file */
};

struct rprof_registry {
	struct rprof_known *programs, **last_program; /* in the order of their first call */
	struct rprof_place *places;
	struct rprof_place *unused; /* records without memory */
	uint32_t tables;	    /* table chunks in the file */
	uint32_t forks;		    /* from the first process to this one */
};
extern RPROF_HIDDEN struct rprof_registry rprof_registry;

RPROF_HIDDEN void rprof_lock(void);
RPROF_HIDDEN void rprof_unlock(void);
/* Write the tables of all programs that the linker knows of; once the file is there. */
RPROF_HIDDEN void rprof_list_programs(void);
/* A chunk in the file for one more thread, mapped and published; NULL: there is no file or no space. */
RPROF_HIDDEN struct rprof_raw_chunk *rprof_new_chunk(struct rprof_known *known);

static inline struct rprof_raw_thread *rprof_place_thread(const struct rprof_place *place)
{
	return (struct rprof_raw_thread *)(place->chunk + 1);
}

static inline struct rprof_time *rprof_times(struct rprof_raw_thread *thread)
{
	return (struct rprof_time *)((uint8_t *)thread + thread->times_offset);
}

/* --- rprof_turn.c ---------------------------------------------------------------------------------------------------------- */
/* The calling thread's places are about to be given away. */
RPROF_HIDDEN void rprof_turn_end(void);

/* --- rprof_heap.c ---------------------------------------------------------------------------------------------------------- */
static inline struct rprof_raw_heap *rprof_heap(struct rprof_raw_thread *thread)
{
	return (struct rprof_raw_heap *)((uint8_t *)thread + thread->heap_offset);
}

static inline struct rprof_alloc *rprof_allocs(struct rprof_raw_thread *thread)
{
	return (struct rprof_alloc *)(rprof_heap(thread) + 1);
}

static inline struct rprof_raw_lives *rprof_lives(struct rprof_raw_thread *thread)
{
	return (struct rprof_raw_lives *)(rprof_allocs(thread) + thread->records);
}

/* Bytes behind the times, which end at `end`, for the allocations of one thread. */
RPROF_HIDDEN uint64_t rprof_heap_size(uint64_t end, const struct rprof_program *program);
/* A new chunk's heap, whose memory is zero. */
RPROF_HIDDEN void rprof_heap_fill(struct rprof_raw_thread *thread, uint64_t end, const struct rprof_program *program);
/* A thread takes the place, gives it back. The caller holds the lock. */
RPROF_HIDDEN void rprof_heap_begin(struct rprof_raw_thread *thread);
RPROF_HIDDEN void rprof_heap_end(struct rprof_raw_thread *thread);
/* In a forked child: it counts what it allocates itself, from zero. `owner` is what runs, from rprof_heap_owner() in the old memory. */
RPROF_HIDDEN uint32_t rprof_heap_owner(struct rprof_raw_thread *thread);
RPROF_HIDDEN void rprof_heap_fork(struct rprof_raw_thread *thread, uint32_t owner);

/* --- rprof_fork.c ---------------------------------------------------------------------------------------------------------- */
RPROF_HIDDEN void rprof_fork_start(void);

#endif
