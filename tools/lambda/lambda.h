/*
 * lambda.h - cold starts of one or more bootstraps, many times in turn, as figures.
 *
 * The total is of runs that nothing watches. Its phases are of runs that are traced up to main, less the measured cost of the stops; what
 * their medians and the total's differ is a row of its own, so that the rows add up, and lambda_adds_up() tells whether it is small.
 */
#ifndef LAMBDA_H
#define LAMBDA_H

#include "cold_start.h"
#include "err.h"
#include "lambda_syscalls.h"
#include "stats.h"

#include <stdbool.h>

enum lambda_phase { PHASE_FORK, PHASE_LOAD, PHASE_LINK, PHASE_BEFORE_MAIN, PHASE_INIT, LAMBDA_PHASES };

struct lambda_samples {
	double *ns;
	size_t count;
};

/* Until the first request for an event, of one run that was watched for that alone. COLD_UNKNOWN where it can't be told. */
struct lambda_facts {
	uint64_t file_bytes, private_bytes; /* resident: of files, of its own */
	uint64_t relocations, relative_relocations;
	double relocation_share, load_share; /* of the dynamic linker's time, 0 .. 1; negative = not known */
	struct lambda_calls calls;
	uint64_t allocations, allocated_bytes;
	double allocation_ns;	  /* in the allocator; negative = not known */
	char *why_no_allocations; /* NULL: they were counted */
};

struct lambda_program {
	const char *name, *path; /* not owned */
	char **args;		 /* in place of the run's; NULL: those. Not owned */
	/* out */
	struct lambda_samples total, phases[LAMBDA_PHASES], first, warm; /* page cache as it is */
	struct lambda_samples dropped, dropped_load;			 /* the program's pages dropped before: total, its load */
	struct lambda_samples stop;					 /* what a stop costs */
	struct lambda_samples waited, queued; /* its first thread: asleep; ready to run, no CPU was free; of the starts of `total` */
	struct lambda_samples threads_ran, threads_queued; /* its other threads, summed */
	uint64_t faults[LAMBDA_PHASES];			   /* of the last traced run; COLD_UNKNOWN */
	uint64_t total_faults;
	uint64_t base_rss, peak_rss;		     /* largest of all runs, bytes */
	uint64_t file_bytes, file_pages, kept_pages; /* kept: most that a drop left in memory */
	char answer[COLD_ANSWER];		     /* to the first event, of the last run */
	bool knows_entry, knows_main;
	unsigned disturbed; /* starts that waited for a CPU for a tenth of their time and more: taken again, three times at most */
	unsigned programs;  /* images until main: 2 and more for a script */
	struct lambda_facts facts;
	char *failed; /* it could not be measured, and why; NULL */
};

struct lambda_run {
	struct cold_options cold; /* program, traced, drop_cache and at_next are set here */
	unsigned rounds, dropped_rounds;
	double most_seconds; /* begin no round after that; five are run all the same */
	void (*progress)(void *context, const char *what, unsigned round, unsigned rounds);
	void *context;
	/* out */
	unsigned done;
};

/*
 * programs[0] is the one that it is about: if it fails, all fails. Another that fails gets `failed` and is left out.
 */
int lambda_measure(struct lambda_run *run, struct lambda_program *programs, size_t count, struct err *err);
void lambda_program_free(struct lambda_program *program);

/* Median and 95 % interval, in ns; NAN without samples. */
struct stats_interval lambda_median(const struct lambda_samples *samples);
/* Total less the sum of the phases' medians, ns. */
double lambda_rest(const struct lambda_program *program);
/* Is the rest within a tenth of the total, or within what the intervals leave open? */
bool lambda_adds_up(const struct lambda_program *program);
const char *lambda_phase_name(enum lambda_phase phase);

/* --- lambda_facts.c ------------------------------------------------------------------------------------------------------------- */
/* `starts`: for the times of system calls, at most LAMBDA_CALL_STARTS. */
void lambda_facts_find(const struct cold_options *options, unsigned starts, struct lambda_facts *facts);
/* Nanoseconds that one page fault takes on this machine, the mean of one for memory and one for a file that is cached. */
double lambda_fault_ns(void);
/* What the dynamic linker of glibc tells of itself (LD_DEBUG=statistics). False: nothing of that in the text. */
bool lambda_linker_parse(const char *text, size_t size, struct lambda_facts *facts);

#endif
