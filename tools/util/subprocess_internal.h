/* subprocess_internal.h - shared by the subprocess_*.c files alone. */
#ifndef SUBPROCESS_INTERNAL_H
#define SUBPROCESS_INTERNAL_H

#include "subprocess.h"

#include <poll.h>
#include <stdint.h>
#include <sys/types.h>

/* --- what the process is to be ------------------------------------------------------------------------------------------ */

/* Descriptors that go to the runner with a request, in this order; -1: none. */
enum runner_fd { RUNNER_IN, RUNNER_OUT, RUNNER_ERR, RUNNER_CWD, RUNNER_TEXT, RUNNER_GATE, RUNNER_REPORT, RUNNER_FDS };
#define RUNNER_TEXT_MOST 32768 /* strings up to here go with the request; more are in the file RUNNER_TEXT */

struct runner_request {
	uint32_t argc, envc;
	uint32_t own_group;
	uint32_t gated; /* with RUNNER_GATE and RUNNER_REPORT */
	uint32_t which; /* of the descriptors are there, 1 << enum runner_fd each; runner_start() sets it */
	uint32_t reserved;
	uint64_t peak_kib;  /* of the program's memory, by an earlier run; 0: not known */
	uint64_t text_size; /* of the strings, each with its NUL */
};

/* What a process tells of itself just before exec. */
struct runner_departure {
	uint64_t start;	   /* CLOCK_MONOTONIC ns */
	char schedule[64]; /* its /proc/self/schedstat, "" where there is none: what it ran and waited for a CPU until then */
};

struct runner_reply {
	int32_t pid; /* or a negative errno */
	/* Not of gated ones: */
	int32_t error; /* why it is not the program; 0 */
	struct runner_departure departure;
};

/* --- subprocess_child.c: in the new process ---------------------------------------------------------------------------------- */

/* A request, whole. */
struct order {
	struct runner_request request;
	int fds[RUNNER_FDS];
	char text[RUNNER_TEXT_MOST];
	int schedule;		    /* the process' own /proc/self/schedstat; -1: not open yet */
	struct runner_reply *reply; /* memory that is shared with the process that is made, so that it tells of itself there */
};

/* Of the signals below `end`: no handler stays, and what our caller ignored for good (nohup, `&` in a script) stays ignored, but not what
 * this tool ignores for itself. */
void signals_reset(int end);
/* For clone(), with all signals blocked: becomes the program of a struct order, or tells in its reply why not. */
int order_become_program(void *order);
#define ORDER_STACK 65536
extern char order_stack[ORDER_STACK]; /* of such a process, until exec: one at a time */

/* --- subprocess_runner.c ----------------------------------------------------------------------------------------------------- */

/*
 * Start the process; it is our own child. Returns its pid or -1. A gated one waits for a byte from RUNNER_GATE, writes a struct
 * runner_departure to RUNNER_REPORT and execs; if that fails an int errno follows. Any other is the program by now, or reply->error says
 * why not. `text`: the strings, unless RUNNER_TEXT is given. Not thread-safe: there is one runner.
 */
int runner_start(const struct runner_request *request, const char *text, const int fds[RUNNER_FDS], struct runner_reply *reply,
		 struct err *err);

/* --- subprocess_direct.c ------------------------------------------------------------------------------------------------ */

/* As runner_start(), without a runner: the peak of such a process' memory is not its own. Neither gated nor with RUNNER_TEXT. */
int direct_start(const struct runner_request *request, const char *text, const int fds[RUNNER_FDS], struct runner_reply *reply,
		 struct err *err);

/* --- subprocess_start.c ------------------------------------------------------------------------------------------------- */

/* Its pid; what became of it is in *reply: with an `error` it has ended and is to be waited for. -1 and `err`: there is none. */
int subprocess_start(struct subprocess_run *run, bool own_group, struct runner_reply *reply, struct err *err);

/* --- subprocess_capture.c ---------------------------------------------------------------------------------------------- */

/* stdin is /dev/null, signals are as a program expects them. Returns 0 or an errno. */
int subprocess_spawn(pid_t *pid, char *const argv[], const char *directory, int out, int error);

/* --- subprocess_stdin.c ------------------------------------------------------------------------------------------------ */

bool subprocess_stdin_is_terminal(const struct subprocess_stdin *input);
/* The child's stdin for the next run; the caller closes it once the child has it. `input` may be NULL: /dev/null. -1 on error. */
int subprocess_stdin_begin(struct subprocess_stdin *input, struct err *err);
/* What to wait for: fd -1 where nothing. */
void subprocess_stdin_wants(const struct subprocess_stdin *input, struct pollfd fds[2]);
/* Move what can be moved. Never blocks. SIGPIPE must be ignored. */
int subprocess_stdin_feed(struct subprocess_stdin *input, const struct pollfd fds[2], struct err *err);
/* The run is over. */
void subprocess_stdin_end(struct subprocess_stdin *input);

#endif
