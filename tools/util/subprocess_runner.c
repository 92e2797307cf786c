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
 * until exec, as vfork() has it: the runner's peak is below the program's then. Who does not ask for the peak needs no runner:
 * subprocess_direct.c.
 */
#include "strbuf.h"
#include "subprocess_internal.h"

#include <errno.h>
#include <fcntl.h>
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

/*
 * A process that borrows our memory is said to have needed all that we have in it at once; of the libraries we need libc alone. All calls
 * must be bound by then (LD_BIND_NOW): binding looks into every library. What was only read from files comes back when it is needed.
 */
static void shed_libraries(void)
{
#ifdef __SANITIZE_THREAD__ /* its notes of what is unmapped can't be written to any more, and others are mapped there */
	return;
#endif
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

static uint64_t own_peak_kib = UINT64_MAX; /* not known */

/* Memory is lent to a program only if it is known to need so much more that ours does not show. */
static bool may_borrow(const struct order *order)
{
	return own_peak_kib < order->request.peak_kib / 8 * 7 && !order->request.gated && order->fds[RUNNER_TEXT] < 0;
}

static void make_process(struct order *order)
{
	int flags = CLONE_PARENT | SIGCHLD, pid;
	order->schedule = -1;
	if (!order->request.gated)
		flags |= CLONE_VFORK; /* we go on when it is the program */
	if (may_borrow(order))
		flags |= CLONE_VM;
	*order->reply = (struct runner_reply){0};
	pid = clone(order_become_program, order_stack + ORDER_STACK, flags, order);
	order->reply->pid = pid < 0 ? -errno : pid;
}

static _Noreturn void serve(void)
{
	static struct order order;
	const size_t size = sizeof *order.reply;
	order.reply = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	/* Our own stdin and stdout must not stay open here: whoever reads our output through a pipe waits for the last holder of it. */
	int null = open("/dev/null", O_RDWR);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	if (null > 3)
		close(null);
	fcntl(RUNNER_SOCKET, F_SETFD, FD_CLOEXEC);
	signals_reset(NSIG);
	shed_libraries();
	forget_peak();
	while (order.reply != MAP_FAILED && receive(&order) == 0) {
		make_process(&order);
		if (send(RUNNER_SOCKET, order.reply, size, MSG_NOSIGNAL) != (ssize_t)size)
			break;
		close_range(RUNNER_SOCKET + 1, ~0u, 0);
		if (own_peak_kib == UINT64_MAX)
			own_peak_kib = read_peak(); /* now that all that it takes has been touched */
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
