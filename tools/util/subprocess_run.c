/*
 * subprocess_run.c - one measured run: start, feed, watch, wait.
 *
 * Process group: the program gets one of its own, so that a timeout or an interrupt reaches all that it started. Not so when its stdin is
 * our terminal: a process outside the terminal's foreground group is stopped as soon as it reads. Then it stays in our group, gets Ctrl-C
 * from the terminal as we do, and a timeout goes to it and the descendants that /proc knows.
 */
#include "interrupt.h"
#include "strbuf.h"
#include "subprocess_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NEVER	   UINT64_MAX
#define GRACE_NS   UINT64_C(1000000000) /* between SIGTERM and SIGKILL */
#define LONGEST_NS 1e18
#define TICK_MS	   500

/* CPU time beside the first thread's that is no other thread: the fork, the exec, rounding. */
#define OTHER_NS    UINT64_C(500000)
#define OTHER_SHARE 50 /* of the CPU time, one in so many */

struct schedule {
	bool known;
	uint64_t run_ns, queued_ns; /* of the first thread */
};

struct running {
	struct subprocess_run *run;
	int pid, pidfd, signals;
	int schedule; /* its schedstat: opened while it runs, since it can be read when it has ended */
	bool own_group;
	bool killed;
	uint64_t start, deadline;
	struct schedule before;
	uint64_t late_ns; /* of the wall time: how long we waited for a CPU ourselves, perhaps after the program's end */
	sigset_t old_mask;
	struct sigaction old_pipe, old_child;
	int failed; /* run goes to its end, then -1 */
};

static uint64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* ---- signals that come to us while the program runs ------------------------------------------------------------------------ */

static int take_signals(struct running *r, struct err *err)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, standard = {.sa_handler = SIG_DFL};
	sigset_t mask;
	static int signals = -1; /* one for all runs */
	/* Without ignored ones: a blocked signal is queued even if it is ignored, and would then count as an interrupt. */
	interrupt_set(&mask);
	signals = signalfd(signals, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	r->signals = signals;
	if (signals < 0)
		return err_set(err, NULL, NULL, "cannot watch for signals: %s", strerror(errno));
	pthread_sigmask(SIG_BLOCK, &mask, &r->old_mask);
	sigaction(SIGPIPE, &ignore, &r->old_pipe);
	sigaction(SIGCHLD, &standard, &r->old_child); /* ignored by our caller, it would take the exit status away */
	return 0;
}

static void give_signals_back(struct running *r)
{
	sigaction(SIGPIPE, &r->old_pipe, NULL);
	sigaction(SIGCHLD, &r->old_child, NULL);
	pthread_sigmask(SIG_SETMASK, &r->old_mask, NULL);
}

/* ---- signals that go to the program ------------------------------------------------------------------------------------------ */

static void signal_tree(int pid, int signal_number, int depth)
{
	char path[64];
	int child;
	snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
	FILE *children = depth < 64 ? fopen(path, "re") : NULL;
	/* First the children: once their parent is gone nothing links them to it. */
	while (children && fscanf(children, "%d", &child) == 1)
		signal_tree(child, signal_number, depth + 1);
	if (children)
		fclose(children);
	kill(pid, signal_number);
}

static void signal_program(const struct running *r, int signal_number)
{
	if (r->own_group)
		kill(-r->pid, signal_number);
	else
		signal_tree(r->pid, signal_number, 0);
}

/* `early`: it came before the program was one, when a signal from the terminal may have been lost on it. */
static void on_interrupt(struct running *r, bool early)
{
	struct signalfd_siginfo info;
	while (read(r->signals, &info, sizeof info) == sizeof info) {
		/* From the terminal it went to the whole foreground group, so to the program too. */
		bool has_it = !r->own_group && info.ssi_code == SI_KERNEL && !early;
		if (r->run->interrupted)
			signal_program(r, SIGKILL); /* the second time is meant */
		else if (!has_it)
			signal_program(r, (int)info.ssi_signo);
		r->run->interrupted = true;
		interrupt_note((int)info.ssi_signo);
	}
}

static void on_deadline(struct running *r)
{
	signal_program(r, r->run->timed_out ? SIGKILL : SIGTERM);
	r->deadline = r->run->timed_out ? NEVER : now_ns() + GRACE_NS;
	r->run->timed_out = true;
}

/* ---- waiting for a CPU ------------------------------------------------------------------------------------------------------ */

/* Also of a process that has ended but is not reaped. */
static struct schedule parse_schedule(const char *text)
{
	struct schedule schedule = {0};
	schedule.known = sscanf(text, "%" SCNu64 " %" SCNu64, &schedule.run_ns, &schedule.queued_ns) == 2;
	return schedule;
}

/* From the start of the file, wherever it was read to before. Nothing: a kernel without this figure. */
static struct schedule read_schedule(int fd)
{
	char text[64];
	ssize_t n = fd >= 0 ? pread(fd, text, sizeof text - 1, 0) : 0;
	text[n > 0 ? n : 0] = '\0';
	return parse_schedule(text);
}

static int open_schedule(int pid)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/schedstat", pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* Of this thread; the file stays open. */
static struct schedule own_schedule(void)
{
	static int fd = -1, thread;
	if (thread != gettid()) {
		if (fd >= 0)
			close(fd);
		thread = gettid();
		fd = open_schedule(thread);
	}
	return read_schedule(fd);
}

static uint64_t queued_since(const struct schedule *before, const struct schedule *after, uint64_t cpu_ns)
{
	uint64_t others = cpu_ns > after->run_ns ? cpu_ns - after->run_ns : 0;
	if (!before->known || !after->known || after->queued_ns < before->queued_ns)
		return SUBPROCESS_UNKNOWN;
	if (others > OTHER_NS && others > cpu_ns / OTHER_SHARE)
		return SUBPROCESS_UNKNOWN;
	return after->queued_ns - before->queued_ns;
}

/*
 * On a busy machine the program has ended long before we get a CPU to see it, by more than a short program takes. The kernel tells how
 * long we were ready without a CPU. All of that was after the end if we slept once until then and were never pushed off a CPU meanwhile.
 */
struct nap {
	uint64_t at;
	struct schedule schedule;
	struct rusage usage;
};

static struct nap fall_asleep(void)
{
	struct nap nap = {.at = now_ns(), .schedule = own_schedule()};
	getrusage(RUSAGE_THREAD, &nap.usage);
	return nap;
}

/* The time at which the program ended, of which we know at `seen`. What may have been before the end is told as waiting for a CPU. */
static uint64_t ended_at(struct running *r, const struct nap *before, uint64_t seen)
{
	struct nap after = fall_asleep();
	if (!before->schedule.known || !after.schedule.known)
		return seen;
	uint64_t late = after.schedule.queued_ns - before->schedule.queued_ns;
	if (late >= seen - before->at || after.usage.ru_nvcsw != before->usage.ru_nvcsw + 1 ||
	    after.usage.ru_nivcsw != before->usage.ru_nivcsw) {
		r->late_ns = late;
		return seen;
	}
	return seen - late;
}

/* ---- start -------------------------------------------------------------------------------------------------------------------- */

static int start(struct running *r, struct err *err)
{
	struct runner_reply reply;
	r->pid = subprocess_start(r->run, r->own_group, &reply, err);
	if (r->pid < 0)
		return -1;
	if (reply.error) {
		err_set(err, r->run->argv[0], reply.error == ENOEXEC ? "it is not a program for this machine" : NULL,
			"cannot start the program: %s", strerror(reply.error));
		waitpid(r->pid, NULL, 0);
		return -1;
	}
	r->start = reply.departure.start;
	r->before = parse_schedule(reply.departure.schedule);
	r->pidfd = (int)syscall(SYS_pidfd_open, r->pid, 0);
	if (r->pidfd < 0) {
		err_set(err, NULL, "Linux 5.3 or newer is needed", "cannot watch the program: %s", strerror(errno));
		kill(r->pid, SIGKILL);
		waitpid(r->pid, NULL, 0);
		return -1;
	}
	r->schedule = open_schedule(r->pid);
	return 0;
}

/* ---- watch -------------------------------------------------------------------------------------------------------------------- */

static int wait_ms(uint64_t deadline, bool ticks)
{
	int most = ticks ? TICK_MS : INT_MAX;
	if (deadline == NEVER)
		return ticks ? TICK_MS : -1;
	uint64_t now = now_ns();
	uint64_t left = deadline > now ? (deadline - now + 999999) / 1000000 : 0;
	return left > (uint64_t)most ? most : (int)left;
}

/* Returns the time at which the program ended. */
static uint64_t watch(struct running *r, struct err *err)
{
	struct subprocess_run *run = r->run;
	enum { ENDED, SIGNAL, DRAIN, STDIN, COUNT = STDIN + 2 };
	struct pollfd fds[COUNT] = {{r->pidfd, POLLIN, 0}, {r->signals, POLLIN, 0}, {run->drain ? run->drain_fd : -1, POLLIN, 0}};
	on_interrupt(r, true);
	for (;;) {
		subprocess_stdin_wants(run->input, fds + STDIN);
		struct nap nap = fall_asleep();
		int ready = poll(fds, COUNT, wait_ms(r->deadline, run->tick));
		uint64_t woken = now_ns();
		if (ready < 0 && errno != EINTR)
			r->failed = err_set(err, run->argv[0], NULL, "cannot watch the program: %s", strerror(errno));
		if (ready == 0 && run->tick)
			run->tick(run->tick_context);
		if (fds[ENDED].revents)
			return ended_at(r, &nap, woken);
		if (r->failed && !r->killed) {
			signal_program(r, SIGKILL);
			r->killed = true;
		}
		if (fds[SIGNAL].revents)
			on_interrupt(r, false);
		if (fds[DRAIN].revents & POLLIN && run->drain)
			run->drain(run->context);
		else if (fds[DRAIN].revents)
			fds[DRAIN].fd = -1; /* a hang-up that stays would keep us spinning */
		if (subprocess_stdin_feed(run->input, fds + STDIN, err) < 0)
			r->failed = -1;
		if (r->deadline != NEVER && now_ns() >= r->deadline)
			on_deadline(r);
	}
}

static uint64_t timeval_ns(struct timeval time)
{
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_usec * 1000;
}

static void reap(struct running *r)
{
	struct rusage usage = {0};
	struct subprocess_run *run = r->run;
	struct schedule after = read_schedule(r->schedule);
	/* Still a zombie here, so its group's number belongs to nobody else: the rest of a timed-out group goes now. */
	if (run->timed_out && r->own_group)
		kill(-r->pid, SIGKILL);
	while (wait4(r->pid, &run->status, 0, &usage) < 0 && errno == EINTR)
		;
	run->user_ns = timeval_ns(usage.ru_utime);
	run->system_ns = timeval_ns(usage.ru_stime);
	run->cpu_ns = run->user_ns + run->system_ns;
	run->queued_ns = queued_since(&r->before, &after, run->cpu_ns);
	/* It may have waited behind its end too, to be gone altogether: never so long that less is left than it computed. */
	if (run->queued_ns != SUBPROCESS_UNKNOWN && run->queued_ns + after.run_ns > run->wall_ns + OTHER_NS)
		run->queued_ns = run->wall_ns + OTHER_NS > after.run_ns ? run->wall_ns + OTHER_NS - after.run_ns : 0;
	if (run->queued_ns != SUBPROCESS_UNKNOWN && run->wall_ns > run->cpu_ns + run->queued_ns) {
		uint64_t rest = run->wall_ns - run->cpu_ns - run->queued_ns;
		run->queued_ns += r->late_ns < rest ? r->late_ns : rest;
	}
	run->peak_rss_bytes = run->no_peak ? SUBPROCESS_UNKNOWN : (uint64_t)usage.ru_maxrss * 1024;
	close(r->pidfd);
	if (r->schedule >= 0)
		close(r->schedule);
}

int subprocess_run(struct subprocess_run *run, struct err *err)
{
	struct running r = {
	    .run = run, .pid = -1, .pidfd = -1, .schedule = -1, .deadline = NEVER, .own_group = !subprocess_stdin_is_terminal(run->input)};
	run->status = 0;
	run->timed_out = run->interrupted = false;
	run->wall_ns = run->cpu_ns = run->user_ns = run->system_ns = run->peak_rss_bytes = 0;
	run->queued_ns = SUBPROCESS_UNKNOWN;
	if (take_signals(&r, err) < 0)
		return -1;
	if (interrupt_signal()) { /* since the last run: none is started any more */
		run->interrupted = true;
		give_signals_back(&r);
		return 0;
	}
	if (start(&r, err) < 0) {
		subprocess_stdin_end(run->input);
		give_signals_back(&r);
		return -1;
	}
	if (run->timeout_seconds > 0 && run->timeout_seconds * 1e9 < LONGEST_NS)
		r.deadline = r.start + (uint64_t)(run->timeout_seconds * 1e9);
	run->wall_ns = watch(&r, err) - r.start;
	reap(&r);
	subprocess_stdin_end(run->input);
	if (run->drain)
		run->drain(run->context);
	give_signals_back(&r);
	return r.failed;
}
