/* subprocess.h - start programs without a shell. */
#ifndef UTIL_SUBPROCESS_H
#define UTIL_SUBPROCESS_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Run a tool to its end and keep what it prints (at most 16 MiB each; more is dropped and said in `truncated`). */
struct subprocess_output {
	char *out, *err;
	size_t out_size, err_size;
	int status; /* wait status */
	bool truncated;
};
/* argv ends in NULL; argv[0] is searched on PATH. stdin is /dev/null. `directory` NULL: this one. -1 only when it can't be started. */
int subprocess_capture(char *const argv[], const char *directory, struct subprocess_output *output, struct err *err);
void subprocess_output_free(struct subprocess_output *output);

/* Tools that run side by side, at most `jobs` at once. Of each what it printed to both streams together is kept. */
struct subprocess_job {
	char *const *argv;
	/* out */
	char *output; /* the caller frees */
	int status;   /* wait status */
	double seconds;
};
/* Called when a job has ended, with the number of those that have; may be NULL. -1 when one can't be started, or on an interrupt. */
int subprocess_parallel(struct subprocess_job *list, size_t count, unsigned jobs, void (*done)(void *context, size_t count), void *context,
			struct err *err);

/* One run of the user's program. */
struct subprocess_run {
	/* in */
	char *const *argv;		/* argv[0] is a path */
	char *const *env;		/* added to the environment: "NAME=value", ends in NULL; may be NULL */
	bool show_output;		/* child keeps our stdout and stderr; else both go to /dev/null */
	int output_fd;			/* >= 0: child's stdout goes there instead; -1 */
	struct subprocess_stdin *input; /* NULL: /dev/null */
	uint64_t earlier_peak_bytes;	/* peak_rss_bytes of an earlier run of the same program: it starts sooner then; 0 = not known */
	bool no_peak;			/* peak_rss_bytes is not wanted: it starts sooner yet */
	double timeout_seconds;		/* 0: none. Then SIGTERM, one second later SIGKILL, to the child's process group */
	/* Called in the parent between fork and exec of the child (it waits); for the sampler to attach. NULL: nothing. Return -1: run goes
	 * on without. */
	int (*attach)(void *context, int pid);
	/* Called when `poll_fd_of(context)` is readable while the child runs, and once after it ended. */
	void (*drain)(void *context);
	int drain_fd; /* -1: none */
	/* Called some twice a second while the child runs, for who tells that it does. NULL: nothing, and nothing is woken for it. */
	void (*tick)(void *context);
	void *tick_context;
	void *context;
	/* out */
	int status; /* wait status */
	bool timed_out;
	bool interrupted; /* SIGINT or SIGTERM came to us: the child got it too */
	uint64_t wall_ns; /* from exec to exit */
	uint64_t cpu_ns;  /* user + system */
	uint64_t user_ns, system_ns;
	/*
	 * Of wall_ns: ready to run, but no CPU was free. Of the process alone, and known only where its first thread did all of the work:
	 * the kernel forgets this of a thread that has ended. SUBPROCESS_UNKNOWN otherwise.
	 */
	uint64_t queued_ns;
	uint64_t peak_rss_bytes; /* of the child, from the kernel (ru_maxrss); SUBPROCESS_UNKNOWN with no_peak */
};
#define SUBPROCESS_UNKNOWN UINT64_MAX
int subprocess_run(struct subprocess_run *run, struct err *err);
/* For who will run programs soon: what the first run would have to wait for starts now. May be left out. */
void subprocess_warm_up(void);

/*
 * Our stdin for a program that runs many times: a regular file is reopened for each run; what comes through a pipe is kept in an unlinked
 * temporary file while the first run reads it and replayed to the others (then goes on live). A terminal is handed over as it is.
 */
struct subprocess_stdin *subprocess_stdin_open(struct err *err);
/* The same of a regular file in place of our stdin. */
struct subprocess_stdin *subprocess_stdin_open_file(const char *path, struct err *err);
void subprocess_stdin_close(struct subprocess_stdin *input);

#endif
