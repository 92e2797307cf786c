/*
 * lambda_syscalls.c - counting by stops at every system call. No times: a stop costs twenty times what most calls take, so what is left
 * after taking it off would be noise.
 */
#include "lambda_syscalls.h"
#include "cold_spawn.h"
#include "interrupt.h"
#include "runtime_server.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define TASKS_MOST 512
#define OPTIONS                                                                                                                            \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)

struct counting {
	const struct cold_options *options;
	struct runtime_api api;
	struct runtime_server *server;
	struct cold_start start;
	int tasks[TASKS_MOST];
	size_t task_count;
	bool inside[TASKS_MOST]; /* a system call */
	int signals;
	uint64_t syscalls, threads;
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
		if (c->tasks[i] == pid)
			return;
	if (c->task_count == TASKS_MOST) {
		c->failed = true;
		return;
	}
	c->inside[c->task_count] = false;
	c->tasks[c->task_count++] = pid;
}

static void drop_task(struct counting *c, size_t i)
{
	c->task_count--;
	c->tasks[i] = c->tasks[c->task_count];
	c->inside[i] = c->inside[c->task_count];
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
		c->inside[i] = !c->inside[i];
		c->syscalls += c->inside[i];
	} else if (event) {
		if (event == PTRACE_EVENT_EXEC) /* its exit from exec follows */
			c->inside[i] = true;
		on_event(c, c->tasks[i], event);
	} else if (number != SIGTRAP && number != SIGSTOP) {
		pass = number; /* a new thread begins with a SIGSTOP of ours */
	}
	ptrace(PTRACE_SYSCALL, c->tasks[i], NULL, (void *)(intptr_t)pass);
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
			int status, pid = waitpid(c->tasks[i], &status, __WALL | WNOHANG);

			if (pid != c->tasks[i] && !(pid < 0 && errno == ECHILD))
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

static void count(struct counting *c)
{
	uint64_t deadline = runtime_now() + (uint64_t)(c->options->timeout_seconds * 1e9);
	struct err err = {0};
	int status, pid = c->tasks[0];

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
		kill(c->tasks[i], SIGKILL);
	while (waitpid(-pid, NULL, __WALL) > 0 || errno == EINTR)
		;
}

void lambda_syscalls(const struct cold_options *options, uint64_t *syscalls, uint64_t *threads)
{
	struct counting c = {.options = options, .signals = -1};
	struct cold_options cold = *options;
	struct runtime_hooks hooks = {.asked = on_asked, .context = &c};
	struct err err = {0};
	sigset_t child, old;
	char **env;

	cold.traced = true;
	cold.show_output = false;
	c.api = (struct runtime_api){.event = options->event, .event_size = options->event_size, .events = 1, .timeout_ms = 1000};
	c.server = runtime_server_new(&c.api, &hooks, &err);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &child, &old);
	c.signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	if (c.server && c.signals >= 0) {
		env = cold_environment(&cold, runtime_server_port(c.server));
		int pid = cold_spawn(&cold, env, &c.start, &err);

		cold_environment_free(env);
		if (pid > 0) {
			add_task(&c, pid);
			count(&c);
			end(&c, pid);
		}
	}
	if (c.at_next && !c.failed) {
		*syscalls = c.syscalls;
		*threads = c.threads;
	}
	if (c.signals >= 0)
		close(c.signals);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	runtime_server_free(c.server);
	runtime_api_free(&c.api);
	err_free(&err);
}
