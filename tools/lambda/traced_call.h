/* traced_call.h - the system calls of one traced thread, each timed against an empty one. */
#ifndef TRACED_CALL_H
#define TRACED_CALL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/user.h>

#define TRACED_KINDS 512 /* numbers of system calls; larger ones are counted as the last */

/* By number of the call, of all threads of one start. */
struct traced_calls {
	uint64_t count[TRACED_KINDS], paired[TRACED_KINDS];
	double ns[TRACED_KINDS]; /* of the paired ones: CPU time more than an empty call takes */
};

struct traced_call {
	int pid, schedstat; /* -1: there is none */
	bool inside;	    /* a call that it made, whose entry we saw */
	bool borrowed;	    /* it is to make an empty call before it goes on as in `saved` */
	bool inside_empty;
	unsigned kind, real_kind;	 /* of the call that it is in; of the one before the empty one */
	uint64_t entered, empty_entered; /* its CPU time then, ns */
	double real;			 /* of the call before the empty one */
	struct user_regs_struct saved;
};

void traced_call_open(struct traced_call *call, int pid);
void traced_call_close(struct traced_call *call);
/* It stands at a stop for a system call: count and time. With `last` no call is begun any more. */
void traced_call_stop(struct traced_call *call, struct traced_calls *calls, bool last);

/*
 * CPU time of all calls of a kind, those that could not be paired taken as the mean of the others; `empty_ns`: of an empty one, untraced.
 * Of few calls it may come out below zero: the stops' costs vary.
 */
double traced_calls_ns(const struct traced_calls *calls, unsigned kind, double empty_ns);
/* What an empty system call takes on this machine, untraced. */
double traced_empty_ns(void);
/* Does this call begin a thread or a process? */
bool traced_is_start(unsigned kind);
/* "openat"; NULL: this number has no name. */
const char *traced_call_name(unsigned kind);

#endif
