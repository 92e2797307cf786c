/*
 * sample_ring.h - memory that a sampled program (tools/sample/preload) shares with the sampler. Both are of one build, so nothing here is a
 * file format; the reader still trusts nothing in it, because the program may write anywhere.
 *
 * Any number of threads fill slots, one reader empties them. A slot goes FREE -> WRITING -> FULL by its writer and back to FREE by the
 * reader; nobody ever waits. A writer that was killed leaves a slot in WRITING, which is then lost to the run, as is its sample.
 */
#ifndef SAMPLE_RING_H
#define SAMPLE_RING_H

#include <stdint.h>

#define SAMPLE_RING_VARIABLE                                                                                                               \
	"RUCHY_PROF_SAMPLER_RING" /* path of the memory, for the preloaded library; it removes it from the environment */
#define SAMPLE_RING_MAGIC UINT64_C(0x31474e4952465052)
#define SAMPLE_RING_REGS  33	/* SAMPLE_REGS: DWARF numbers */
#define SAMPLE_RING_STACK 16384 /* bytes of stack in a sample */
#define SAMPLE_RING_MAPS  65536 /* bytes of text */
#define SAMPLE_RING_SLOTS 4096	/* at most */

enum sample_slot_state { SAMPLE_SLOT_FREE, SAMPLE_SLOT_WRITING, SAMPLE_SLOT_FULL };

struct sample_slot {
	uint32_t state;
	uint32_t pid, tid;
	uint32_t stack_size;
	uint64_t pc;
	uint64_t regs[SAMPLE_RING_REGS];
	unsigned char stack[SAMPLE_RING_STACK]; /* from the stack pointer upwards */
};

enum sample_ring_state {
	SAMPLE_RING_NEW,     /* the library did not get here: not loaded, or no timers */
	SAMPLE_RING_RUNNING, /* the main thread has a timer */
	SAMPLE_RING_YIELDED, /* the program wants SIGPROF for itself: no sample since */
};

struct sample_ring {
	/* from the sampler */
	uint64_t magic;
	uint64_t period_ns;
	uint32_t slot_count;
	/* from the program */
	uint32_t state;	    /* enum sample_ring_state */
	uint32_t error;	    /* errno of the last timer that could not be made */
	uint32_t pid;	    /* of the program itself; children that it forks have others */
	uint64_t next;	    /* slot at which the next writer looks first */
	uint64_t lost;	    /* samples without a free slot */
	uint64_t untimed;   /* threads without a timer */
	uint32_t maps_size; /* of `maps`: lines of /proc/self/maps that are executable, as of the start */
	uint32_t reserved;
	char maps[SAMPLE_RING_MAPS];
	struct sample_slot slots[];
};

#endif
