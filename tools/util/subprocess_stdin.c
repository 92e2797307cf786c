/* subprocess_stdin.c - one stdin for a program that runs many times. */
#include "strbuf.h"
#include "subprocess_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum kind {
	NOTHING,  /* stdin is closed: /dev/null */
	AS_IT_IS, /* terminals and other devices */
	FILE_AT,  /* regular file from `start` on */
	STREAM,	  /* pipes, sockets: kept while the first run reads */
};

struct subprocess_stdin {
	enum kind kind;
	off_t start;
	int fd; /* 0, or of a file that was opened for this */
	/* STREAM */
	int spool;	       /* unlinked file: what was read from stdin so far */
	uint64_t spooled, fed; /* bytes in it; of these given to the present run */
	bool ended;	       /* stdin has no more */
	int sink;	       /* write end of the present run's stdin, -1 = it wants no more */
};

static int open_null(struct err *err)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		err_set(err, "/dev/null", NULL, "cannot open it: %s", strerror(errno));
	return fd;
}

static int open_spool(struct err *err)
{
	const char *directory = getenv("TMPDIR");
	if (!directory || *directory != '/')
		directory = "/tmp";
	int fd = open(directory, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	char *name = xasprintf("%s/ruchy-prof-XXXXXX", directory);
	fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0)
		unlink(name);
	else
		err_set(err, name, "set TMPDIR to a directory that can be written", "cannot keep stdin for the runs: %s", strerror(errno));
	free(name);
	return fd;
}

struct subprocess_stdin *subprocess_stdin_open(struct err *err)
{
	struct stat st;
	struct subprocess_stdin *input = xcalloc(1, sizeof *input);
	input->spool = input->sink = -1;
	if (fstat(0, &st) < 0)
		input->kind = NOTHING;
	else if (S_ISREG(st.st_mode))
		input->kind = FILE_AT;
	else if (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode))
		input->kind = STREAM;
	else
		input->kind = AS_IT_IS;
	if (input->kind == FILE_AT)
		input->start = lseek(0, 0, SEEK_CUR);
	if (input->kind == STREAM && (input->spool = open_spool(err)) < 0) {
		free(input);
		return NULL;
	}
	return input;
}

struct subprocess_stdin *subprocess_stdin_open_file(const char *path, struct err *err)
{
	struct stat st;
	struct subprocess_stdin *input;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) {
		err_set(err, path, NULL, "cannot read the input: %s", strerror(errno));
		return NULL;
	}
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		err_set(err, path, NULL, "the input is no regular file");
		return NULL;
	}
	input = xcalloc(1, sizeof *input);
	input->spool = input->sink = -1;
	input->kind = FILE_AT;
	input->fd = fd;
	return input;
}

void subprocess_stdin_close(struct subprocess_stdin *input)
{
	if (!input)
		return;
	if (input->fd > 0)
		close(input->fd);
	subprocess_stdin_end(input);
	if (input->spool >= 0)
		close(input->spool);
	free(input);
}

bool subprocess_stdin_is_terminal(const struct subprocess_stdin *input)
{
	return input && input->kind == AS_IT_IS && isatty(0);
}

static int reopen_file(const struct subprocess_stdin *input, struct err *err)
{
	/* A new open, not dup(): the runs must not share one position. */
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", input->fd);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fd = fcntl(input->fd, F_DUPFD_CLOEXEC, 3);
	if (fd >= 0 && lseek(fd, input->start, SEEK_SET) >= 0)
		return fd;
	err_set(err, "stdin", NULL, "cannot read it again for this run: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static int open_stream(struct subprocess_stdin *input, struct err *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(err, NULL, NULL, "cannot make a pipe: %s", strerror(errno));
	fcntl(ends[1], F_SETFL, O_NONBLOCK); /* our end only; the program's end blocks as it expects */
	input->sink = ends[1];
	input->fed = 0;
	return ends[0];
}

int subprocess_stdin_begin(struct subprocess_stdin *input, struct err *err)
{
	int fd;
	if (!input || input->kind == NOTHING)
		return open_null(err);
	if (input->kind == FILE_AT)
		return reopen_file(input, err);
	if (input->kind == STREAM)
		return open_stream(input, err);
	fd = fcntl(0, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		err_set(err, "stdin", NULL, "cannot hand it over: %s", strerror(errno));
	return fd;
}

void subprocess_stdin_end(struct subprocess_stdin *input)
{
	if (input && input->sink >= 0) {
		close(input->sink);
		input->sink = -1;
	}
}

void subprocess_stdin_wants(const struct subprocess_stdin *input, struct pollfd fds[2])
{
	fds[0] = (struct pollfd){.fd = -1};
	fds[1] = (struct pollfd){.fd = -1};
	if (!input || input->sink < 0)
		return;
	/* Even with nothing to write, poll() tells when the program has closed its end. */
	fds[1].fd = input->sink;
	if (input->fed < input->spooled) {
		fds[1].events = POLLOUT;
	} else if (!input->ended) {
		/* Only now: stdin is read no faster than the program reads it. */
		fds[0].fd = 0;
		fds[0].events = POLLIN;
	}
}

static int read_source(struct subprocess_stdin *input, struct err *err)
{
	char data[65536];
	ssize_t n = read(0, data, sizeof data);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n <= 0) {
		input->ended = true;
		return 0;
	}
	for (ssize_t done = 0; done < n;) {
		ssize_t kept = pwrite(input->spool, data + done, (size_t)(n - done), (off_t)input->spooled);
		if (kept < 0 && errno == EINTR)
			continue;
		if (kept <= 0) {
			input->ended = true;
			return err_set(err, "stdin", "set TMPDIR to a directory with more room, or give the input as a file",
				       "cannot keep it for later runs: %s", strerror(errno));
		}
		done += kept;
		input->spooled += (uint64_t)kept;
	}
	return 0;
}

static void write_sink(struct subprocess_stdin *input)
{
	char data[65536];
	uint64_t left = input->spooled - input->fed;
	ssize_t n = pread(input->spool, data, left < sizeof data ? (size_t)left : sizeof data, (off_t)input->fed);
	ssize_t written = n > 0 ? write(input->sink, data, (size_t)n) : -1;
	if (written > 0)
		input->fed += (uint64_t)written;
	else if (n <= 0 || (errno != EAGAIN && errno != EINTR))
		subprocess_stdin_end(input); /* EPIPE: the program wants no more, which is its right */
}

int subprocess_stdin_feed(struct subprocess_stdin *input, const struct pollfd fds[2], struct err *err)
{
	int result = 0;
	if (!input || input->sink < 0)
		return 0;
	if (fds[1].fd >= 0 && fds[1].revents & (POLLERR | POLLNVAL)) {
		subprocess_stdin_end(input);
		return 0;
	}
	if (fds[0].fd >= 0 && fds[0].revents)
		result = read_source(input, err);
	if (input->fed < input->spooled && (fds[1].revents & POLLOUT || fds[0].revents))
		write_sink(input);
	if (input->ended && input->fed == input->spooled)
		subprocess_stdin_end(input);
	return result;
}
