/* fs.c - read whole, write atomically, make and remove directories. */
#include "fs.h"
#include "interrupt.h"
#include "strbuf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define READ_LIMIT  ((size_t)1 << 30)
#define PATIENCE    20
#define PATIENCE_MS 50

/* ---- read ------------------------------------------------------------------------------------------------------------- */

/*
 * A named pipe has been opened without waiting for one that writes to it, who may never come; until there is one it reads as empty.
 * `patience`: so many times is that not its end.
 */
static char *read_fd(int fd, size_t expected, int patience, size_t limit, const char *path, size_t *size, struct err *err)
{
	struct pollfd arrives = {.fd = fd, .events = POLLIN};
	/* One byte more than the file has: the read that finds its end needs room too. */
	size_t capacity = expected + 2, used = 0;
	char *data = xmalloc(capacity);
	for (;;) {
		if (used + 1 == capacity) {
			capacity *= 2;
			data = xrealloc(data, capacity, 1);
		}
		ssize_t n = read(fd, data + used, capacity - used - 1);
		if (n < 0 && (errno == EINTR || errno == EAGAIN) && !interrupt_signal()) {
			poll(&arrives, 1, -1);
			continue;
		}
		if (n < 0) {
			err_set(err, path, NULL, "cannot read the file: %s", strerror(errno));
			break;
		}
		if (n == 0 && used == 0 && patience-- > 0 && !interrupt_signal()) {
			poll(&arrives, 1, PATIENCE_MS);
			continue;
		}
		if (n == 0) {
			data[used] = 0;
			*size = used;
			return data;
		}
		used += (size_t)n;
		if (used > limit) {
			err_set(err, path, NULL, "the file is too large: more than %zu bytes", limit);
			break;
		}
	}
	free(data);
	return NULL;
}

char *fs_read(const char *path, size_t limit, size_t *size, struct err *err)
{
	struct stat st;
	if (limit == 0 || limit > READ_LIMIT)
		limit = READ_LIMIT;
	/* Asked before open(): opening a device can have effects of its own. */
	if (stat(path, &st) < 0) {
		err_set(err, path, NULL, errno == ENOENT ? "no such file" : "cannot read the file: %s", strerror(errno));
		return NULL;
	}
	if (S_ISDIR(st.st_mode) || S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)) {
		err_set(err, path, NULL, "this is a %s, not a file", S_ISDIR(st.st_mode) ? "directory" : "device");
		return NULL;
	}
	if (st.st_size > 0 && (uintmax_t)st.st_size > limit) {
		err_set(err, path, NULL, "the file is too large: more than %zu bytes", limit);
		return NULL;
	}
	bool pipe = S_ISFIFO(st.st_mode);
	int fd = open(path, O_RDONLY | O_CLOEXEC | (pipe ? O_NONBLOCK : 0));
	if (fd < 0) {
		err_set(err, path, NULL, "cannot read the file: %s", strerror(errno));
		return NULL;
	}
	size_t ignored;
	size_t expected = st.st_size > 0 ? (size_t)st.st_size : 4096;
	char *data = read_fd(fd, expected, pipe ? PATIENCE : 0, limit, path, size ? size : &ignored, err);
	close(fd);
	return data;
}

/* ---- write ------------------------------------------------------------------------------------------------------------ */

static int write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data += n;
		size -= (size_t)n;
	}
	return 0;
}

/* The part of `path` up to and with the last slash. */
static size_t directory_size(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* A new file in the directory of `path`. Its name is not made from the target's, which may already be as long as names may be. */
static int open_beside(const char *path, int mode, char **name)
{
	for (int attempt = 0;; attempt++) {
		uint64_t random;
		if (getrandom(&random, sizeof random, GRND_NONBLOCK) != (ssize_t)sizeof random) {
			struct timespec now;
			clock_gettime(CLOCK_MONOTONIC, &now);
			random = ((uint64_t)getpid() << 32) ^ (uint64_t)now.tv_nsec;
		}
		*name = xasprintf("%.*s.ruchy-prof-%016llx.tmp", (int)directory_size(path), path, (unsigned long long)random);
		int fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
		if (fd >= 0 || errno != EEXIST || attempt == 100)
			return fd;
		free(*name);
	}
}

static int fill_and_rename(int fd, const char *temporary, const char *path, const void *data, size_t size)
{
	int failed = write_all(fd, data, size) < 0;
	int error = errno;
	/* Some file systems have no fsync; they say EINVAL or so, and the data is as safe as it can be. */
	if (!failed && fsync(fd) < 0 && (errno == EIO || errno == ENOSPC || errno == EDQUOT)) {
		failed = 1;
		error = errno;
	}
	if (close(fd) < 0 && !failed) {
		failed = 1;
		error = errno;
	}
	if (!failed && rename(temporary, path) < 0) {
		failed = 1;
		error = errno;
	}
	if (failed)
		unlink(temporary);
	errno = error;
	return failed ? -1 : 0;
}

static int replace_file(const char *path, const void *data, size_t size, int mode, struct err *err)
{
	char *temporary;
	int fd = open_beside(path, mode, &temporary);
	int failed = fd < 0 || fill_and_rename(fd, temporary, path, data, size) < 0;
	if (failed)
		err_set(err, path, errno == ENOENT ? "its directory does not exist" : NULL, "cannot write the file: %s", strerror(errno));
	free(temporary);
	return failed ? -1 : 0;
}

/* Pipes, terminals, /dev/null: there is nothing to replace. */
static int write_through(const char *path, const void *data, size_t size, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int failed = fd < 0 || write_all(fd, data, size) < 0;
	if (failed)
		err_set(err, path, NULL, "cannot write: %s", strerror(errno));
	if (fd >= 0 && close(fd) < 0 && !failed)
		failed = err_set(err, path, NULL, "cannot write: %s", strerror(errno));
	return failed ? -1 : 0;
}

static int write_checked(const char *path, const void *data, size_t size, int mode, struct err *err)
{
	struct stat st;
	if (!*path)
		return err_set(err, NULL, NULL, "cannot write a file without a name");
	if (stat(path, &st) < 0)
		return replace_file(path, data, size, mode, err);
	if (S_ISDIR(st.st_mode))
		return err_set(err, path, NULL, "cannot write the file: this is a directory");
	if (!S_ISREG(st.st_mode))
		return write_through(path, data, size, err);
	/* rename() would replace a write-protected file without asking. */
	if (access(path, W_OK) < 0)
		return err_set(err, path, NULL, "cannot write the file: %s", strerror(errno));
	char *real = realpath(path, NULL); /* the file that a link points to is replaced, not the link */
	int result = replace_file(real ? real : path, data, size, mode, err);
	free(real);
	return result;
}

int fs_write(const char *path, const void *data, size_t size, int mode, struct err *err)
{
	/* A file size limit (ulimit -f) must be an error like a full disk, not SIGXFSZ, which would leave the temporary file behind. */
	sigset_t limit, old;
	struct timespec now = {0};
	sigemptyset(&limit);
	sigaddset(&limit, SIGXFSZ);
	pthread_sigmask(SIG_BLOCK, &limit, &old);
	int result = write_checked(path, data, size, mode, err);
	if (!sigismember(&old, SIGXFSZ))
		sigtimedwait(&limit, NULL, &now);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return result;
}

const char *fs_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int fs_copy(const char *from, const char *to, int mode, struct err *err)
{
	size_t size;
	char *data = fs_read(from, 0, &size, err);
	int status = data ? fs_write(to, data, size, mode, err) : -1;

	free(data);
	return status;
}

/* ---- directories ------------------------------------------------------------------------------------------------------ */

static int make_directory(const char *path)
{
	struct stat st;
	if (mkdir(path, 0700) == 0)
		return 0;
	int error = errno;
	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return 0;
		error = ENOTDIR;
	}
	errno = error;
	return -1;
}

int fs_mkdirs(const char *path, struct err *err)
{
	char *part = xstrdup(path);
	int failed = 0;
	for (char *at = part; !failed && *at; at++) {
		if (*at != '/' || at == part)
			continue;
		*at = 0;
		failed = make_directory(part) < 0;
		*at = '/';
	}
	if (!failed)
		failed = make_directory(part) < 0;
	if (failed)
		err_set(err, path, NULL, "cannot make the directory: %s", strerror(errno));
	free(part);
	return failed ? -1 : 0;
}

/* `name` in the open directory `parent`. Descriptors, not paths: a link put in place meanwhile is not followed. */
static void remove_at(int parent, const char *name)
{
	if (unlinkat(parent, name, 0) == 0 || (errno != EISDIR && errno != EPERM && errno != EACCES))
		return;
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	DIR *dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return;
	}
	struct dirent *entry;
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			remove_at(fd, entry->d_name);
	closedir(dir);
	unlinkat(parent, name, AT_REMOVEDIR);
}

void fs_remove_tree(const char *path)
{
	if (path && *path)
		remove_at(AT_FDCWD, path);
}
