/*
 * subprocess_runner.c - a small process that makes the measured ones.
 *
 * Why not fork() here: Linux carries the peak of the memory that a process had before exec into its ru_maxrss. After fork() that is a copy
 * of our memory, after vfork() and posix_spawn() our memory itself, so a program of 2 MiB would be reported as large as this tool. The peak
 * of a process made by a process that holds next to nothing is its own.
 *
 * So this executable starts itself once more as the runner, which does nothing but wait for requests. It makes each process with
 * CLONE_PARENT, so that it is our child, not the runner's: we wait for it, and its signals and resource usage come to us. The runner ends
 * when our end of the socket closes, however we end.
 *
 * A copy costs some 100 us, though. Once a program is known to need more memory than the runner has, its next process borrows the runner's
 * until exec, as vfork() has it: the runner's peak is below the program's then. Such a process is made while the one before it runs, and
 * waits for the next request itself; it gives way when that is none for it.
 */
#include "strbuf.h"
#include "subprocess_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNNER_NAME   "ruchy-prof-runner" /* argv[0] */
#define RUNNER_SOCKET 3

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(RUNNER_FDS * sizeof(int))];
};

/* A request, whole. */
struct order {
	struct runner_request request;
	int fds[RUNNER_FDS];
	char text[RUNNER_TEXT_MOST];
	uint64_t peak_kib;	    /* of the runner's memory */
	int left[2];		    /* a process that waits for its order holds [1] until it is the program, or has ended; the runner [0] */
	int schedule;		    /* the process' own /proc/self/schedstat; -1: not open yet */
	struct runner_reply *reply; /* memory that is shared with the process that is made, so that it tells of itself there */
};

/* ---- in the new process: plain system calls only ------------------------------------------------------------------------ */

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

static int become_program(void *context)
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

/* ---- the runner ----------------------------------------------------------------------------------------------------------- */

static int receive(struct order *order)
{
	union control control;
	struct iovec parts[] = {{&order->request, sizeof order->request}, {order->text, sizeof order->text}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2, .msg_control = &control, .msg_controllen = sizeof control};
	ssize_t n;
	do
		n = recvmsg(RUNNER_SOCKET, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	struct cmsghdr *header = n < (ssize_t)sizeof order->request ? NULL : CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_type != SCM_RIGHTS)
		return -1;
	size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int), used = 0;
	int given[RUNNER_FDS];
	memcpy(given, CMSG_DATA(header), count * sizeof(int));
	for (int i = 0; i < RUNNER_FDS; i++)
		order->fds[i] = order->request.which & 1u << i && used < count ? given[used++] : -1;
	return used == count ? 0 : -1;
}

/* What our caller ignored for good (nohup, `&` in a script) stays ignored; what this tool ignores for itself does not. */
static void reset_signals(void)
{
	for (int signal_number = 1; signal_number < NSIG; signal_number++)
		if (signal_number != SIGHUP && signal_number != SIGINT && signal_number != SIGQUIT)
			signal(signal_number, SIG_DFL);
}

/*
 * A process that borrows our memory is said to have needed all that we have in it at once; of the libraries we need libc alone. All calls
 * must be bound by then (LD_BIND_NOW): binding looks into every library. What was only read from files comes back when it is needed.
 */
static void shed_libraries(void)
{
	FILE *maps = fopen("/proc/self/smaps", "re");
	char *line = NULL;
	size_t size = 0;
	unsigned long start = 0, end = 0, written;
	bool is_file = false;
	while (maps && getline(&line, &size, maps) > 0) {
		if (sscanf(line, "Anonymous: %lu", &written) == 1) {
			if (is_file && written == 0)
				madvise((void *)start, end - start, MADV_DONTNEED);
		} else if (sscanf(line, "%lx-%lx ", &start, &end) == 2) {
			const char *library = strstr(line, ".so");
			is_file = strchr(line, '/') && !strstr(line, "san");
			if (is_file && library && !strstr(line, "/libc.so") && !strstr(line, "/libc-") && !strstr(line, "/ld-"))
				munmap((void *)start, end - start);
		}
	}
	free(line);
	if (maps)
		fclose(maps);
}

static void forget_peak(void)
{
	int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
	ssize_t n = write(fd, "5", 1); /* where that can't be done, read_peak() sees it */
	(void)n;
	close(fd);
}

/* Of our own memory, in KiB. Few pages are touched to find out. */
static uint64_t read_peak(void)
{
	static const char name[] = "VmHWM:";
	char text[2048];
	uint64_t kib = 0;
	int status = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(status, text, sizeof text - 1);
	close(status);
	text[n > 0 ? n : 0] = '\0';
	const char *at = strstr(text, name);
	for (at = at ? at + strlen(name) : ""; *at && *at != '\n'; at++)
		kib = *at >= '0' && *at <= '9' ? 10 * kib + (uint64_t)(*at - '0') : kib;
	return kib > 0 ? kib : UINT64_MAX;
}

/* Memory is lent to a program only if it is known to need so much more that ours does not show. */
static bool may_borrow(const struct order *order)
{
	return order->peak_kib < order->request.peak_kib / 8 * 7 && !order->request.gated && order->fds[RUNNER_TEXT] < 0;
}

static char stack[65536] __attribute__((aligned(16))); /* of a process that is made, until exec */

static void make_process(struct order *order)
{
	int flags = CLONE_PARENT | SIGCHLD, pid;
	order->schedule = -1;
	if (!order->request.gated)
		flags |= CLONE_VFORK; /* we go on when it is the program */
	if (may_borrow(order))
		flags |= CLONE_VM;
	*order->reply = (struct runner_reply){0};
	pid = clone(become_program, stack + sizeof stack, flags, order);
	order->reply->pid = pid < 0 ? -errno : pid;
}

/* A process that was made before it is wanted. What had come for it by then would reach the program: such a one gives way too. */
static int wait_for_order(void *context)
{
	struct order *order = context;
	struct pollfd runner = {order->left[1], 0, 0};
	sigset_t pending;
	ssize_t n;
	close(order->left[0]);
	order->schedule = open("/proc/self/schedstat", O_RDONLY | O_CLOEXEC);
	do
		n = recv(RUNNER_SOCKET, &order->request, sizeof order->request, MSG_PEEK);
	while (n < 0 && errno == EINTR);
	order->fds[RUNNER_TEXT] = n == sizeof order->request && order->request.which & 1u << RUNNER_TEXT ? 0 : -1;
	if (poll(&runner, 1, 0) != 0) /* it was killed: nobody would answer for us */
		_exit(0);
	sigpending(&pending);
	if (n != sizeof order->request || !may_borrow(order) || !sigisemptyset(&pending) || receive(order) < 0)
		_exit(0);
	order->reply->taken = 1;
	return become_program(order);
}

/* 1: it became the program, or failed to; 0: *spare is a process that has ended, and the request is still to come or to be taken. */
static int lend(struct order *order, int *spare)
{
	int *left = order->left, pid;
	char none;
	if (pipe2(left, O_CLOEXEC) < 0)
		return 0;
	*order->reply = (struct runner_reply){0};
	/* No CLONE_VFORK, which waits in a way that counts as load on the machine. Meanwhile we do nothing but wait all the same. */
	pid = clone(wait_for_order, stack + sizeof stack, CLONE_PARENT | CLONE_VM | SIGCHLD, order);
	close(left[1]);
	while (read(left[0], &none, 1) < 0 && errno == EINTR)
		;
	close(left[0]);
	if (order->reply->taken)
		order->reply->pid = pid;
	else
		*spare = pid > 0 ? pid : 0;
	return order->reply->taken;
}

/* 0: the other end is closed. */
static int copy(struct order *order, int spare)
{
	if (receive(order) < 0)
		return 0;
	make_process(order);
	order->reply->spare = spare;
	return 1;
}

static _Noreturn void serve(void)
{
	static struct order order;
	int spare = 0;
	const size_t size = sizeof *order.reply;
	order.reply = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	/* Our own stdin and stdout must not stay open here: whoever reads our output through a pipe waits for the last holder of it. */
	int null = open("/dev/null", O_RDWR);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	if (null > 3)
		close(null);
	fcntl(RUNNER_SOCKET, F_SETFD, FD_CLOEXEC);
	reset_signals();
	shed_libraries();
	forget_peak();
	order.peak_kib = UINT64_MAX; /* not known */
	while (order.reply != MAP_FAILED && ((may_borrow(&order) && lend(&order, &spare)) || copy(&order, spare))) {
		if (send(RUNNER_SOCKET, order.reply, size, MSG_NOSIGNAL) != (ssize_t)size)
			break;
		spare = 0;
		close_range(RUNNER_SOCKET + 1, ~0u, 0);
		if (order.peak_kib == UINT64_MAX)
			order.peak_kib = read_peak(); /* now that all that it takes has been touched */
	}
	_exit(0);
}

/* Before main(), so that no caller of this module has to know of it. */
__attribute__((constructor)) static void serve_if_runner(int argc, char **argv)
{
	if (argc == 1 && argv[0] && strcmp(argv[0], RUNNER_NAME) == 0)
		serve();
}

/* ---- here ----------------------------------------------------------------------------------------------------------------- */

static int runner_socket = -1;
static pid_t runner_pid;

/* Ours, with the order to bind all calls at once. */
static char **bound_environment(void)
{
	static char bind[] = "LD_BIND_NOW=1";
	size_t count = 0;
	while (environ && environ[count])
		count++;
	char **env = xcalloc(count + 2, sizeof *env);
	for (size_t i = 0; i < count; i++)
		env[i] = environ[i];
	env[count] = bind;
	return env;
}

static int spawn_runner(int socket)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t all;
	char name[] = RUNNER_NAME;
	char *argv[] = {name, NULL};
	char **env = bound_environment();
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, socket, RUNNER_SOCKET);
	posix_spawn_file_actions_addclosefrom_np(&actions, RUNNER_SOCKET + 1);
	/* Ctrl-C at the terminal reaches the runner too; it is blocked there, so that what is ignored and what not stays as we got it. */
	sigfillset(&all);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attributes, &all);
	int error = posix_spawn(&runner_pid, "/proc/self/exe", &actions, &attributes, argv, env);
	free(env);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

static int open_runner(struct err *err)
{
	int sockets[2];
	if (runner_socket >= 0)
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
		return err_set(err, NULL, NULL, "cannot start programs: %s", strerror(errno));
	int error = spawn_runner(sockets[1]);
	close(sockets[1]);
	if (error) {
		close(sockets[0]);
		return err_set(err, "/proc/self/exe", NULL, "cannot start programs: %s", strerror(error));
	}
	runner_socket = sockets[0];
	return 0;
}

void subprocess_warm_up(void)
{
	struct err ignored = {0};
	open_runner(&ignored);
	err_free(&ignored);
}

static void close_runner(void)
{
	close(runner_socket);
	runner_socket = -1;
	waitpid(runner_pid, NULL, 0);
}

static int ask(const struct runner_request *request, const char *text, const int fds[RUNNER_FDS], struct runner_reply *reply)
{
	union control control;
	struct runner_request whole = *request;
	struct iovec parts[] = {{&whole, sizeof whole}, {(void *)(uintptr_t)text, fds[RUNNER_TEXT] < 0 ? request->text_size : 0}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2, .msg_control = &control};
	int given[RUNNER_FDS], used = 0;
	whole.which = 0;
	for (int i = 0; i < RUNNER_FDS; i++)
		if (fds[i] >= 0) {
			whole.which |= 1u << i;
			given[used++] = fds[i];
		}
	memset(&control, 0, sizeof control);
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = message.msg_controllen = CMSG_LEN((size_t)used * sizeof(int));
	memcpy(CMSG_DATA(&control.header), given, (size_t)used * sizeof(int));
	if (sendmsg(runner_socket, &message, MSG_NOSIGNAL) < 0)
		return -1;
	ssize_t n;
	do
		n = recv(runner_socket, reply, sizeof *reply, 0);
	while (n < 0 && errno == EINTR);
	if (n == sizeof *reply && reply->spare > 0)
		waitpid(reply->spare, NULL, 0);
	if (n != sizeof *reply)
		errno = EPIPE;
	else if (reply->pid < 0)
		errno = -reply->pid;
	return n != sizeof *reply || reply->pid < 0 ? -1 : reply->pid;
}

int runner_start(const struct runner_request *request, const char *text, const int fds[RUNNER_FDS], struct runner_reply *reply,
		 struct err *err)
{
	for (int attempt = 0; attempt < 2; attempt++) {
		if (open_runner(err) < 0)
			return -1;
		int pid = ask(request, text, fds, reply);
		if (pid > 0)
			return pid;
		if (errno != EPIPE && errno != ECONNRESET)
			break;
		close_runner(); /* somebody killed it: once more with a new one */
	}
	return err_set(err, NULL, NULL, "cannot start a process: %s", strerror(errno));
}
