#include "cold_spawn.h"
#include "cold_limits.h"
#include "runtime_server.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "strbuf.h"

#define STACK ((size_t)64 << 10)

struct nursery {
	const struct cold_options *options;
	char *const *argv, *const *env;
	int null_fd;
	volatile uint64_t joined_at; /* when it was in its control groups; 0: there are none */
	volatile uint64_t exec_at;
	volatile int error;
};

/* In the child, on our memory: nothing but system calls, and what is written is read by us alone. */
static int become(void *context)
{
	struct nursery *n = context;
	sigset_t none;
	struct sigaction standard = {.sa_handler = SIG_DFL};

	setpgid(0, 0);
	/* The handlers of the table that was copied for the child, not ours. */
	sigaction(SIGPIPE, &standard, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int i = 0; n->options->limits && i < 2; i++)
		if (n->options->limits->procs[i] >= 0 && write(n->options->limits->procs[i], "0", 1) != 1)
			goto failed;
	if (n->options->limits)
		n->joined_at = runtime_now();
	if (dup2(n->null_fd, 0) < 0 || (!n->options->show_output && (dup2(n->null_fd, 1) < 0 || dup2(n->null_fd, 2) < 0)))
		goto failed;
	if (n->options->traced && ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		goto failed;
	n->exec_at = runtime_now();
	execve(n->argv[0], n->argv, n->env);
failed:
	n->error = errno;
	_exit(127);
}

/* As vfork, with a stack of its own: we go on when it has a new image, or is gone. */
static int spawn(struct nursery *n, uint64_t *before)
{
	char *stack = xmalloc(STACK);

	*before = runtime_now();
	int pid = clone(become, stack + STACK, CLONE_VM | CLONE_VFORK | SIGCHLD, n);
	free(stack);
	return pid;
}

int cold_spawn(const struct cold_options *options, char *const *env, struct cold_start *start, struct err *err)
{
	struct nursery n = {.options = options, .env = env, .null_fd = open("/dev/null", O_RDWR | O_CLOEXEC)};
	size_t count = 0;
	char **argv;
	int pid;

	while (options->args && options->args[count])
		count++;
	argv = xcalloc(count + 2, sizeof *argv);
	argv[0] = (char *)(uintptr_t)options->program;
	for (size_t i = 0; i < count; i++)
		argv[i + 1] = options->args[i];
	n.argv = argv;
	pid = n.null_fd < 0 ? -1 : spawn(&n, &start->at[POINT_FORK]);
	if (pid < 0)
		err_set(err, options->program, NULL, "cannot start the program: %s", strerror(errno));
	if (n.joined_at) /* to join takes the kernel milliseconds, which are no part of a start */
		start->at[POINT_FORK] = n.joined_at;
	start->at[POINT_EXEC] = start->on[POINT_EXEC] = n.exec_at;
	if (pid > 0 && n.error) {
		waitpid(pid, NULL, 0);
		err_set(err, options->program, n.error == ENOEXEC ? "it is not a program for this machine" : NULL,
			"cannot start the program: %s", strerror(n.error));
		pid = -1;
	}
	if (n.null_fd >= 0)
		close(n.null_fd);
	free(argv);
	return pid;
}
