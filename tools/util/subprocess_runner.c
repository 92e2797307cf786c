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

/* ---- in the new process: plain system calls only ------------------------------------------------------------------------ */

static _Noreturn void give_up(int report)
{
	int error = errno;
	ssize_t n = write(report, &error, sizeof error);
	(void)n;
	_exit(127);
}

/* What our caller ignored for good (nohup, `&` in a script) stays ignored; what this tool ignores for itself does not. */
static void reset_signals(void)
{
	sigset_t none;
	for (int signal_number = 1; signal_number < NSIG; signal_number++)
		if (signal_number != SIGHUP && signal_number != SIGINT && signal_number != SIGQUIT)
			signal(signal_number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Pointers to `count` strings, and a NULL behind them. */
static char *take_strings(char *text, const char *end, uint32_t count, char **pointers)
{
	for (uint32_t i = 0; i < count && text < end; i++) {
		pointers[i] = text;
		text += strnlen(text, (size_t)(end - text)) + 1;
	}
	return text;
}

static _Noreturn void become_program(const struct runner_request *request, const int fds[RUNNER_FDS])
{
	struct timespec now;
	struct runner_departure departure = {0};
	char go;
	size_t strings = (size_t)request->argc + request->envc + 2;
	char *text = mmap(NULL, request->text_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fds[RUNNER_TEXT], 0);
	char **pointers = mmap(NULL, strings * sizeof *pointers, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (text == MAP_FAILED || pointers == MAP_FAILED)
		give_up(fds[RUNNER_REPORT]);
	char **env = pointers + request->argc + 1;
	take_strings(take_strings(text, text + request->text_size, request->argc, pointers), text + request->text_size, request->envc, env);
	if (request->own_group)
		setpgid(0, 0);
	reset_signals();
	if (fchdir(fds[RUNNER_CWD]) < 0 || dup2(fds[RUNNER_IN], 0) < 0 || dup2(fds[RUNNER_OUT], 1) < 0 || dup2(fds[RUNNER_ERR], 2) < 0)
		give_up(fds[RUNNER_REPORT]);
	if (read(fds[RUNNER_GATE], &go, 1) != 1)
		_exit(127);
	int schedule = open("/proc/self/schedstat", O_RDONLY | O_CLOEXEC);
	if (schedule >= 0 && read(schedule, departure.schedule, sizeof departure.schedule - 1) < 0)
		departure.schedule[0] = '\0';
	clock_gettime(CLOCK_MONOTONIC, &now);
	departure.start = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	if (write(fds[RUNNER_REPORT], &departure, sizeof departure) != sizeof departure)
		_exit(127);
	execve(pointers[0], pointers, env);
	give_up(fds[RUNNER_REPORT]);
}

/* ---- the runner ----------------------------------------------------------------------------------------------------------- */

static int receive(struct runner_request *request, int fds[RUNNER_FDS])
{
	union control control;
	struct iovec part = {request, sizeof *request};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
	ssize_t n;
	do
		n = recvmsg(RUNNER_SOCKET, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	if (n != sizeof *request || !header || header->cmsg_len != CMSG_LEN(RUNNER_FDS * sizeof(int)))
		return -1;
	memcpy(fds, CMSG_DATA(header), RUNNER_FDS * sizeof(int));
	return 0;
}

/*
 * A new process needs this executable, libc and what the kernel maps; of the other libraries it would only get a copy of the page tables,
 * to be torn down a moment later by exec. Calls into libc must be bound by then (-z now): binding looks into every library.
 */
static void keep_libraries(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char *line = NULL;
	size_t size = 0;
	while (maps && getline(&line, &size, maps) > 0) {
		unsigned long start, end;
		const char *library = strstr(line, ".so");
		if (!library || strstr(line, "/libc.so") || strstr(line, "/libc-") || strstr(line, "/ld-") || strstr(line, "san"))
			continue;
		if (sscanf(line, "%lx-%lx", &start, &end) == 2)
			madvise((void *)start, end - start, MADV_DONTFORK);
	}
	free(line);
	if (maps)
		fclose(maps);
}

static _Noreturn void serve(void)
{
	struct runner_request request;
	int fds[RUNNER_FDS];
	/* Our own stdin and stdout must not stay open here: whoever reads our output through a pipe waits for the last holder of it. */
	int null = open("/dev/null", O_RDWR);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	if (null > 3)
		close(null);
	fcntl(RUNNER_SOCKET, F_SETFD, FD_CLOEXEC);
	keep_libraries();
	while (receive(&request, fds) == 0) {
		/* A plain copy of this process, not CLONE_VM: the peak at exec is then that of the few private pages here. */
		int pid = (int)syscall(SYS_clone, (unsigned long)(CLONE_PARENT | SIGCHLD), 0, 0, 0, 0);
		if (pid == 0)
			become_program(&request, fds);
		int reply = pid < 0 ? -errno : pid;
		for (int i = 0; i < RUNNER_FDS; i++)
			close(fds[i]);
		if (send(RUNNER_SOCKET, &reply, sizeof reply, MSG_NOSIGNAL) != sizeof reply)
			break;
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

static int spawn_runner(int socket)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t all;
	char name[] = RUNNER_NAME;
	char *argv[] = {name, NULL};
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, socket, RUNNER_SOCKET);
	posix_spawn_file_actions_addclosefrom_np(&actions, RUNNER_SOCKET + 1);
	/* Ctrl-C at the terminal reaches the runner too; it is blocked there, so that what is ignored and what not stays as we got it. */
	sigfillset(&all);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attributes, &all);
	int error = posix_spawn(&runner_pid, "/proc/self/exe", &actions, &attributes, argv, environ);
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

static void close_runner(void)
{
	close(runner_socket);
	runner_socket = -1;
	waitpid(runner_pid, NULL, 0);
}

static int ask(const struct runner_request *request, const int fds[RUNNER_FDS])
{
	union control control;
	struct iovec part = {(void *)request, sizeof *request};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
	memset(&control, 0, sizeof control);
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(RUNNER_FDS * sizeof(int));
	memcpy(CMSG_DATA(header), fds, RUNNER_FDS * sizeof(int));
	int reply;
	if (sendmsg(runner_socket, &message, MSG_NOSIGNAL) != sizeof *request)
		return -1;
	ssize_t n;
	do
		n = recv(runner_socket, &reply, sizeof reply, 0);
	while (n < 0 && errno == EINTR);
	if (n != sizeof reply) {
		errno = EPIPE;
		return -1;
	}
	if (reply < 0)
		errno = -reply;
	return reply < 0 ? -1 : reply;
}

int runner_start(const struct runner_request *request, const int fds[RUNNER_FDS], struct err *err)
{
	for (int attempt = 0; attempt < 2; attempt++) {
		if (open_runner(err) < 0)
			return -1;
		int pid = ask(request, fds);
		if (pid > 0)
			return pid;
		if (errno != EPIPE && errno != ECONNRESET)
			break;
		close_runner(); /* somebody killed it: once more with a new one */
	}
	return err_set(err, NULL, NULL, "cannot start a process: %s", strerror(errno));
}
