/* subprocess_parallel.c - several tools at a time. What they print goes to files in memory, so that nobody has to read along. */
#include "interrupt.h"
#include "strbuf.h"
#include "subprocess_internal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KEEP ((size_t)16 << 20)
#define NAP  5000000L /* ns between two looks at who has ended */

struct slot {
	pid_t pid; /* 0: free */
	int output;
	struct timespec start;
	struct subprocess_job *job;
};

static int start(struct slot *slot, struct subprocess_job *job, struct err *err)
{
	int failed;
	slot->output = memfd_create("output", MFD_CLOEXEC);
	if (slot->output < 0)
		return err_set(err, job->argv[0], NULL, "cannot keep what it prints: %s", strerror(errno));
	clock_gettime(CLOCK_MONOTONIC, &slot->start);
	failed = subprocess_spawn(&slot->pid, job->argv, NULL, slot->output, slot->output);
	if (!failed) {
		slot->job = job;
		return 0;
	}
	close(slot->output);
	slot->pid = 0;
	return err_set(err, job->argv[0], NULL, "cannot start it: %s", strerror(failed));
}

static char *take_output(int fd)
{
	struct strbuf text = STRBUF_INIT;
	char data[65536];
	ssize_t n;
	for (off_t at = 0; text.size < KEEP && (n = pread(fd, data, sizeof data, at)) > 0; at += n)
		strbuf_add(&text, data, (size_t)n);
	close(fd);
	return strbuf_take(&text);
}

/* Did the tool in the slot end? */
static bool reap(struct slot *slot)
{
	struct timespec now;
	pid_t ended = waitpid(slot->pid, &slot->job->status, WNOHANG);
	if (ended == 0 || (ended < 0 && errno == EINTR))
		return false;
	clock_gettime(CLOCK_MONOTONIC, &now);
	slot->job->seconds = (double)(now.tv_sec - slot->start.tv_sec) + (double)(now.tv_nsec - slot->start.tv_nsec) / 1e9;
	slot->job->output = take_output(slot->output);
	slot->pid = 0;
	return true;
}

int subprocess_parallel(struct subprocess_job *list, size_t count, unsigned jobs, void (*done)(void *context, size_t count), void *context,
			struct err *err)
{
	struct slot *slots = xcalloc(jobs, sizeof *slots);
	struct sigaction standard = {.sa_handler = SIG_DFL}, old;
	size_t next = 0, ended = 0, running = 0;
	int result = 0;
	bool stopped = false;

	sigaction(SIGCHLD, &standard, &old); /* ignored by our caller, it would take the exit status away */
	while (running > 0 || (next < count && result == 0)) {
		if (interrupt_signal() && !stopped) {
			result = err_set(err, NULL, NULL, "interrupted");
			for (unsigned i = 0; i < jobs; i++)
				if (slots[i].pid)
					kill(slots[i].pid, SIGTERM);
			stopped = true;
		}
		for (unsigned i = 0; i < jobs; i++) {
			if (slots[i].pid && reap(&slots[i])) {
				running--;
				ended++;
				if (done)
					done(context, ended);
			}
			if (!slots[i].pid && next < count && result == 0 && start(&slots[i], &list[next], err) == 0) {
				running++;
				next++;
			} else if (err->set) {
				result = -1;
			}
		}
		if (running > 0)
			nanosleep(&(struct timespec){.tv_nsec = NAP}, NULL);
	}
	sigaction(SIGCHLD, &old, NULL);
	free(slots);
	return result;
}
