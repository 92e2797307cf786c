/*
 * subprocess_child.c - what a new process does until it is the program: plain system calls alone, since it may have its maker's memory.
 */
#include "subprocess_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

char order_stack[ORDER_STACK] __attribute__((aligned(16)));

/* What our caller ignored for good (nohup, `&` in a script) stays ignored; what this tool ignores for itself does not. */
void signals_reset(int end)
{
	struct sigaction action;
	for (int signal_number = 1; signal_number < end; signal_number++) {
		bool may_be_ignored = signal_number == SIGHUP || signal_number == SIGINT || signal_number == SIGQUIT;
		if (sigaction(signal_number, NULL, &action) == 0 && action.sa_handler != SIG_DFL &&
		    (action.sa_handler != SIG_IGN || !may_be_ignored))
			signal(signal_number, SIG_DFL);
	}
}

static _Noreturn void give_up(struct order *order)
{
	int error = errno;
	order->reply->error = error;
	if (order->request.gated && write(order->fds[RUNNER_REPORT], &error, sizeof error) != sizeof error)
		_exit(127);
	_exit(127);
}

/* Pointers to `count` strings, and a NULL behind them. */
static char *take_strings(char *text, const char *end, uint32_t count, char **pointers)
{
	uint32_t i = 0;
	for (; i < count && text < end; i++) {
		pointers[i] = text;
		text += strnlen(text, (size_t)(end - text)) + 1;
	}
	pointers[i] = NULL;
	return text;
}

static void pass_gate(struct order *order)
{
	char go;
	if (order->request.gated && read(order->fds[RUNNER_GATE], &go, 1) != 1)
		_exit(127);
}

static void depart(struct order *order)
{
	struct timespec now;
	struct runner_departure *departure = &order->reply->departure;
	if (order->schedule < 0)
		order->schedule = open("/proc/self/schedstat", O_RDONLY | O_CLOEXEC);
	if (pread(order->schedule, departure->schedule, sizeof departure->schedule - 1, 0) < 0)
		departure->schedule[0] = '\0';
	clock_gettime(CLOCK_MONOTONIC, &now);
	departure->start = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	if (order->request.gated && write(order->fds[RUNNER_REPORT], departure, sizeof *departure) != sizeof *departure)
		_exit(127);
}

/* The strings as argv; the environment is behind them. */
static char **unpack(struct order *order)
{
	static char *few[RUNNER_TEXT_MOST + 2];
	const struct runner_request *request = &order->request;
	size_t strings = (size_t)request->argc + request->envc + 2;
	char *text = order->text, **pointers = few;
	const int protection = PROT_READ | PROT_WRITE;
	if (order->fds[RUNNER_TEXT] >= 0) { /* in a copy of the runner: what is mapped goes with it */
		text = mmap(NULL, request->text_size, protection, MAP_PRIVATE, order->fds[RUNNER_TEXT], 0);
		pointers = mmap(NULL, strings * sizeof *pointers, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (text == MAP_FAILED || pointers == MAP_FAILED)
			give_up(order);
	}
	const char *end = text + request->text_size;
	text = take_strings(text, end, request->argc, pointers);
	take_strings(text, end, request->envc, pointers + request->argc + 1);
	return pointers;
}

int order_become_program(void *context)
{
	struct order *order = context;
	const struct runner_request *request = &order->request;
	const int *fds = order->fds;
	sigset_t none;
	char **argv = unpack(order);
	if (!argv[0]) {
		errno = EINVAL;
		give_up(order);
	}
	if (request->own_group)
		setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (fchdir(fds[RUNNER_CWD]) < 0 || dup2(fds[RUNNER_IN], 0) < 0 || dup2(fds[RUNNER_OUT], 1) < 0 || dup2(fds[RUNNER_ERR], 2) < 0)
		give_up(order);
	pass_gate(order);
	depart(order);
	execve(argv[0], argv, argv + request->argc + 1);
	give_up(order);
}
