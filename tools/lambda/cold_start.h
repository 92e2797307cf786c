/*
 * cold_start.h - one cold start of a bootstrap against the local Runtime API: when it passed which point, and what it had touched then.
 */
#ifndef COLD_START_H
#define COLD_START_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The points of a start, in their order. The traced ones are known of a traced run alone. */
enum cold_point {
	POINT_FORK,  /* before the process is made */
	POINT_EXEC,  /* in it: exec is called */
	POINT_IMAGE, /* traced: the kernel has made the new image and goes to its first instruction */
	POINT_ENTRY, /* traced: the program's entry point, after the dynamic linker, if there is one */
	POINT_MAIN,  /* traced: its main */
	POINT_NEXT,  /* the first byte of its first request for an event can be read here */
	COLD_POINTS
};

#define COLD_INVOKES_MOST 64
#define COLD_ANSWER	  256

struct cold_limits; /* cold_limits.h */

struct cold_options {
	const char *program; /* path */
	char **args;	     /* behind argv[0]; ends in NULL; may be NULL */
	char *const *env;    /* more "NAME=value", ends in NULL; may be NULL */
	const char *event;
	size_t event_size;
	unsigned invokes;	/* events to answer, 1 .. COLD_INVOKES_MOST */
	unsigned memory_mb;	/* that the program is told of */
	const char *handler;	/* _HANDLER */
	double timeout_seconds; /* until the last answer */
	bool traced, drop_cache, show_output;
	const struct cold_limits *limits; /* NULL: none */
	/* Called when the first request for an event is there and not answered yet; the program waits. May be NULL */
	void (*at_next)(void *context, int pid);
	void *context;
};

/* Of the threads that a process has now, ns: running, and ready to run while no CPU was free. */
struct proc_times {
	bool known;
	uint64_t ran, queued; /* its first thread */
	uint64_t others_ran, others_queued;
};

struct cold_start {
	uint64_t at[COLD_POINTS]; /* CLOCK_MONOTONIC ns; 0 = not known */
	/* At a stop of a traced run, `at` is when it was seen, and this when the program went on */
	uint64_t on[COLD_POINTS];
	uint64_t faults[COLD_POINTS];  /* page faults until then, of the process; COLD_UNKNOWN */
	uint64_t stop_ns[COLD_POINTS]; /* traced: what a stop after one instruction took there; 0 = not tried */
	struct proc_times times;       /* at POINT_NEXT */
	uint64_t server_queued; /* ns until then that we ourselves were ready to run and had no CPU: it may have been seen later by that */
	bool is_static;		/* traced: no dynamic linker; POINT_ENTRY is POINT_IMAGE */
	unsigned programs;	/* images that were made: 2 and more for a script or a wrapper */
	unsigned invokes;
	uint64_t invoke_ns[COLD_INVOKES_MOST]; /* from sending the event to the first byte of its answer */
	uint64_t base_rss_bytes;	       /* at POINT_NEXT */
	uint64_t peak_rss_bytes;	       /* behind the last answer */
	uint64_t file_pages, kept_pages;       /* of the program's file; in memory when it was started */
	char answer[COLD_ANSWER];	       /* to the first event; cut off at this length */
	bool dropped;			       /* the file was asked to leave memory */
};
#define COLD_UNKNOWN UINT64_MAX

/* -1 with `err` when it did not come to its last answer: with what it said of that. */
int cold_start_run(const struct cold_options *options, struct cold_start *start, struct err *err);

/* What one stop of this start cost, the median; 0 = not known. */
double cold_stop_ns(const struct cold_start *start);

/* --- cold_trace.c -------------------------------------------------------------------------------------------------------------- */
/* The child stands in its exec, traced: lead it to its main and let it go. Stops that don't come leave their points unknown. */
int cold_trace(int pid, uint64_t deadline, struct cold_start *start, struct err *err);

/* --- cold_main.c ------------------------------------------------------------------------------------------------------------- */
/* Address of main in the file of a program, as linked; 0 = not found. `entry`: its entry point. */
struct cold_entry {
	uint64_t entry, main;
	const char *main_name; /* which main it is: "main", "main.main" (Go), "bootstrap::main"; static text or in `name` */
	char name[128];
};
int cold_entry_find(const char *path, struct cold_entry *entry);

/* --- cold_cache.c ------------------------------------------------------------------------------------------------------------ */
/* Ask the kernel to forget the pages of a file; then count those that it holds. -1 when the file can't be read. */
int cold_cache_drop(const char *path);
int cold_cache_count(const char *path, uint64_t *pages, uint64_t *in_memory);

/* --- cold_proc.c --------------------------------------------------------------------------------------------------------------- */
/* Page faults, minor and major, of a process until now; COLD_UNKNOWN. */
uint64_t proc_faults(int pid);
/* Our own thread's time in the queue for a CPU until now, ns; 0 = not known. */
uint64_t proc_own_queued(void);
/* Waits up to a millisecond until all its threads sleep. */
void proc_times(int pid, struct proc_times *times);
/* A line of /proc/PID/status in kB as bytes; 0 = not known. */
uint64_t proc_status_bytes(int pid, const char *name);

#endif
