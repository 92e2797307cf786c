/* subprocess_capture.c - run a tool and keep what it prints. */
#include "interrupt.h"
#include "strbuf.h"
#include "subprocess_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEEP ((size_t)16 << 20)

struct stream {
	int fd; /* -1: ended */
	struct strbuf text;
};

int subprocess_spawn(pid_t *pid, char *const argv[], const char *directory, int out, int error)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t all, none;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, 1);
	posix_spawn_file_actions_adddup2(&actions, error, 2);
	posix_spawn_file_actions_addclosefrom_np(&actions, 3);
	if (directory)
		posix_spawn_file_actions_addchdir_np(&actions, directory);
	sigfillset(&all);
	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setsigmask(&attributes, &none);
	int result = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return result;
}

/* Take what is there. */
static void drain(struct stream *stream, bool *truncated)
{
	char data[65536];
	ssize_t n = read(stream->fd, data, sizeof data);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		close(stream->fd);
		stream->fd = -1;
		return;
	}
	size_t room = KEEP - stream->text.size;
	if ((size_t)n > room)
		*truncated = true;
	strbuf_add(&stream->text, data, (size_t)n < room ? (size_t)n : room);
}

/*
 * Until both streams end, or the tool has: what it left running in the background may hold them open for ever. An interrupt ends the tool;
 * it comes in only while we wait (`outside`), so that none is missed.
 */
static void read_streams(struct stream streams[2], pid_t pid, int pidfd, const sigset_t *outside, bool *truncated)
{
	bool ended = false, stopped = false;
	while (streams[0].fd >= 0 || streams[1].fd >= 0) {
		struct pollfd fds[3] = {{streams[0].fd, POLLIN, 0}, {streams[1].fd, POLLIN, 0}, {ended ? -1 : pidfd, POLLIN, 0}};
		if (interrupt_signal() && !stopped) {
			kill(pid, SIGTERM);
			stopped = true;
		}
		int ready = ppoll(fds, 3, ended ? &(struct timespec){0} : NULL, outside);
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			break;
		if (fds[2].revents)
			ended = true;
		for (int i = 0; i < 2; i++)
			if (fds[i].revents)
				drain(&streams[i], truncated);
	}
}

static void close_pipe(int ends[2])
{
	for (int i = 0; i < 2; i++)
		if (ends[i] >= 0)
			close(ends[i]);
}

int subprocess_capture(char *const argv[], const char *directory, struct subprocess_output *output, struct err *err)
{
	int out[2] = {-1, -1}, error[2] = {-1, -1};
	pid_t pid;
	struct sigaction standard = {.sa_handler = SIG_DFL}, old;
	sigset_t interrupts, outside;
	memset(output, 0, sizeof *output);
	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(error, O_CLOEXEC) < 0) {
		err_set(err, argv[0], NULL, "cannot make a pipe: %s", strerror(errno));
		close_pipe(out);
		return -1;
	}
	sigaction(SIGCHLD, &standard, &old); /* ignored by our caller, it would take the exit status away */
	int failed = subprocess_spawn(&pid, argv, directory, out[1], error[1]);
	if (failed) {
		sigaction(SIGCHLD, &old, NULL);
		close_pipe(out);
		close_pipe(error);
		return err_set(err, argv[0], NULL, "cannot start it: %s", strerror(failed));
	}
	close(out[1]);
	close(error[1]);
	struct stream streams[2] = {{.fd = out[0]}, {.fd = error[0]}};
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	interrupt_set(&interrupts);
	pthread_sigmask(SIG_BLOCK, &interrupts, &outside);
	read_streams(streams, pid, pidfd, &outside, &output->truncated);
	pthread_sigmask(SIG_SETMASK, &outside, NULL);
	close_pipe((int[2]){streams[0].fd, streams[1].fd});
	if (pidfd >= 0)
		close(pidfd);
	while (waitpid(pid, &output->status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGCHLD, &old, NULL);
	output->out_size = streams[0].text.size;
	output->err_size = streams[1].text.size;
	output->out = strbuf_take(&streams[0].text);
	output->err = strbuf_take(&streams[1].text);
	if (interrupt_signal()) {
		subprocess_output_free(output);
		return err_set(err, argv[0], NULL, "interrupted");
	}
	return 0;
}

void subprocess_output_free(struct subprocess_output *output)
{
	free(output->out);
	free(output->err);
	memset(output, 0, sizeof *output);
}
