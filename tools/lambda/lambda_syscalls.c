/* lambda_syscalls.c - starts that stop at every system call: which they are, and what each takes (traced_call.c). */
#include "lambda_syscalls.h"
#include "cold_spawn.h"
#include "interrupt.h"
#include "runtime_server.h"
#include "strbuf.h"
#include "traced_call.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define TASKS_MOST 512
#define FINISH_MS  3 /* for the calls that are open when the request is there: the one that sends it */
#define OPTIONS                                                                                                                            \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)

struct counting {
	const struct cold_options *options;
	struct runtime_api api;
	struct runtime_server *server;
	struct cold_start start;
	struct traced_call tasks[TASKS_MOST];
	size_t task_count;
	int signals;
	struct traced_calls calls;
	uint64_t threads;
	bool at_next, failed;
};

static void on_asked(void *context, enum runtime_call call, uint64_t accepted_ns, uint64_t first_ns)
{
	struct counting *c = context;

	(void)accepted_ns, (void)first_ns;
	c->at_next |= call == CALL_NEXT;
	c->failed |= call == CALL_INIT_ERROR;
}

static void add_task(struct counting *c, int pid)
{
	for (size_t i = 0; i < c->task_count; i++)
		if (c->tasks[i].pid == pid)
			return;
	if (c->task_count == TASKS_MOST) {
		c->failed = true;
		return;
	}
	traced_call_open(&c->tasks[c->task_count++], pid);
}

static void drop_task(struct counting *c, size_t i)
{
	traced_call_close(&c->tasks[i]);
	c->tasks[i] = c->tasks[--c->task_count];
}

static void on_event(struct counting *c, int pid, int event)
{
	unsigned long child;

	if (event != PTRACE_EVENT_CLONE && event != PTRACE_EVENT_FORK && event != PTRACE_EVENT_VFORK)
		return;
	c->threads++;
	if (ptrace(PTRACE_GETEVENTMSG, pid, NULL, &child) == 0)
		add_task(c, (int)child);
}

static void on_stop(struct counting *c, size_t i, int status)
{
	int number = WSTOPSIG(status), event = status >> 16, pass = 0;

	if (number == (SIGTRAP | 0x80)) {
		traced_call_stop(&c->tasks[i], &c->calls, c->at_next);
	} else if (event) {
		on_event(c, c->tasks[i].pid, event);
	} else if (number != SIGTRAP && number != SIGSTOP) {
		pass = number; /* a new thread begins with a SIGSTOP of ours */
	}
	ptrace(PTRACE_SYSCALL, c->tasks[i].pid, NULL, (void *)(intptr_t)pass);
}

static void take_stops(struct counting *c)
{
	struct signalfd_siginfo info;
	bool any = true;

	while (read(c->signals, &info, sizeof info) > 0)
		;
	while (any) {
		any = false;
		for (size_t i = 0; i < c->task_count; i++) {
			int status, pid = waitpid(c->tasks[i].pid, &status, __WALL | WNOHANG);

			if (pid != c->tasks[i].pid && !(pid < 0 && errno == ECHILD))
				continue;
			any = true;
			if (pid > 0 && WIFSTOPPED(status))
				on_stop(c, i, status);
			else
				drop_task(c, i--);
		}
	}
}

static bool is_over(const struct counting *c, uint64_t deadline)
{
	return c->at_next || c->failed || c->task_count == 0 || runtime_now() > deadline || interrupt_signal();
}

/* The request is there before the call that sent it has come back. */
static void finish(struct counting *c)
{
	uint64_t deadline = runtime_now() + FINISH_MS * UINT64_C(1000000);
	struct pollfd stops = {c->signals, POLLIN, 0};

	while (c->at_next && !c->failed && runtime_now() < deadline) {
		poll(&stops, 1, 1);
		take_stops(c);
	}
}

static void count(struct counting *c)
{
	uint64_t deadline = runtime_now() + (uint64_t)(c->options->timeout_seconds * 1e9);
	struct err err = {0};
	int status, pid = c->tasks[0].pid;

	if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status) || ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)OPTIONS) != 0) {
		c->failed = true;
		return;
	}
	ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
	while (!is_over(c, deadline)) {
		if (runtime_server_turn(c->server, c->signals, 100, &err) < 0)
			c->failed = true;
		take_stops(c);
	}
	finish(c);
	err_free(&err);
}

/*
 * A leader can be waited for once its other threads have been, and those are ours to wait for as long as they are traced: so in whatever
 * order they end, threads that we never saw a stop of included. A child that went into a group of its own is killed with us.
 */
static void end(struct counting *c, int pid)
{
	kill(-pid, SIGKILL);
	for (size_t i = 0; i < c->task_count; i++)
		kill(c->tasks[i].pid, SIGKILL);
	while (waitpid(-pid, NULL, __WALL) > 0 || errno == EINTR)
		;
	while (c->task_count)
		drop_task(c, c->task_count - 1);
}

/* One start. False: it did not come to its request, or could not be traced. */
static bool run(const struct cold_options *options, struct counting *c)
{
	struct cold_options cold = *options;
	struct runtime_hooks hooks = {.asked = on_asked, .context = c};
	struct err err = {0};
	sigset_t child, old;
	char **env;

	cold.traced = true;
	cold.show_output = false;
	c->options = options;
	c->api = (struct runtime_api){.event = options->event, .event_size = options->event_size, .events = 1, .timeout_ms = 1000};
	c->server = runtime_server_new(&c->api, &hooks, &err);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &child, &old);
	c->signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	if (c->server && c->signals >= 0) {
		env = cold_environment(&cold, runtime_server_port(c->server));
		int pid = cold_spawn(&cold, env, &c->start, &err);

		cold_environment_free(env);
		if (pid > 0) {
			add_task(c, pid);
			count(c);
			end(c, pid);
		}
	}
	if (c->signals >= 0)
		close(c->signals);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	runtime_server_free(c->server);
	runtime_api_free(&c->api);
	err_free(&err);
	return c->at_next && !c->failed;
}

/* --- several starts ------------------------------------------------------------------------------------------------------------ */

struct sums {
	double count[LAMBDA_CALL_STARTS], threads[LAMBDA_CALL_STARTS], calls[LAMBDA_CALL_STARTS], starts[LAMBDA_CALL_STARTS];
	double kind_ns[TRACED_KINDS][LAMBDA_CALL_STARTS], kind_count[TRACED_KINDS][LAMBDA_CALL_STARTS];
	size_t done;
};

static void add_start(struct sums *s, const struct counting *c, double empty_ns)
{
	size_t i = s->done++;

	s->threads[i] = (double)c->threads;
	for (unsigned kind = 0; kind < TRACED_KINDS; kind++) {
		double ns = traced_calls_ns(&c->calls, kind, empty_ns);

		s->kind_ns[kind][i] = ns;
		s->kind_count[kind][i] = (double)c->calls.count[kind];
		s->count[i] += (double)c->calls.count[kind];
		*(traced_is_start(kind) ? &s->starts[i] : &s->calls[i]) += ns;
	}
}

static int by_time(const void *a, const void *b)
{
	const struct lambda_call *x = a, *y = b;

	return x->ns < y->ns ? 1 : x->ns > y->ns ? -1 : x->number < y->number ? -1 : 1;
}

static void fill_kinds(const struct sums *s, struct lambda_calls *calls)
{
	calls->kinds = xcalloc(TRACED_KINDS, sizeof *calls->kinds);
	for (unsigned kind = 0; kind < TRACED_KINDS; kind++) {
		double count = stats_median(s->kind_count[kind], s->done);

		if (count >= 1)
			calls->kinds[calls->kind_count++] =
			    (struct lambda_call){kind, (uint64_t)count, fmax(0, stats_median(s->kind_ns[kind], s->done))};
	}
	qsort(calls->kinds, calls->kind_count, sizeof *calls->kinds, by_time);
}

static struct stats_interval above_zero(struct stats_interval i)
{
	return (struct stats_interval){fmax(0, i.value), i.lo < 0 ? 0 : i.lo, i.hi};
}

void lambda_calls_measure(const struct cold_options *options, unsigned starts, struct lambda_calls *calls)
{
	struct stats_interval unknown = {NAN, NAN, NAN};
	struct sums *s = xcalloc(1, sizeof *s);
	double empty_ns = traced_empty_ns();

	*calls = (struct lambda_calls){.count = COLD_UNKNOWN, .threads = COLD_UNKNOWN, .ns = unknown, .start_ns = unknown};
	for (unsigned i = 0; i < starts && i < LAMBDA_CALL_STARTS && !interrupt_signal(); i++) {
		struct counting *c = xcalloc(1, sizeof *c);
		bool done = run(options, c);

		if (done)
			add_start(s, c, empty_ns);
		free(c);
		if (!done)
			break;
	}
	if (s->done) {
		calls->count = (uint64_t)stats_median(s->count, s->done);
		calls->threads = (uint64_t)stats_median(s->threads, s->done);
		calls->ns = above_zero(stats_median_interval(s->calls, s->done, 0.95));
		calls->start_ns = above_zero(stats_median_interval(s->starts, s->done, 0.95));
		fill_kinds(s, calls);
	}
	free(s);
}

void lambda_calls_free(struct lambda_calls *calls)
{
	free(calls->kinds);
	calls->kinds = NULL;
	calls->kind_count = 0;
}
