/* rprof_name.c - which file: RUCHY_PROF_FILE, and never over what somebody else wrote. */
#include "rprof_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_PATTERN "ruchy-prof.%p.raw"
#define MOST_TRIES	100000u /* names to try until one is free */

static char pattern[PATH_MAX];
static char directory[PATH_MAX]; /* with a slash at its end; empty for an absolute pattern */

/* Text that knows its bound. */
struct out {
	char *at, *end;
	bool full;
};

static void put(struct out *out, char byte)
{
	if (out->at + 1 < out->end)
		*out->at++ = byte;
	else
		out->full = true;
}

static void put_text(struct out *out, const char *text)
{
	while (*text != '\0')
		put(out, *text++);
}

static void put_number(struct out *out, uint64_t number)
{
	char digits[20];
	size_t count = 0;
	do {
		digits[count++] = (char)('0' + number % 10);
		number /= 10;
	} while (number != 0);
	while (count > 0)
		put(out, digits[--count]);
}

int rprof_name_expand(const char *from, uint64_t pid, uint64_t count, char *to, size_t size)
{
	struct out out = {.at = to, .end = to + size};
	int found = 0;
	if (size == 0)
		return -1;
	for (; *from != '\0'; from++) {
		char next = *from == '%' ? from[1] : '\0';
		if (next == 'p') {
			put_number(&out, pid);
			found |= RPROF_HAS_PID;
		} else if (next == 'n') {
			put_number(&out, count);
			found |= RPROF_HAS_COUNT;
		} else {
			put(&out, *from);
		}
		if (next == 'p' || next == 'n' || next == '%')
			from++;
	}
	*out.at = '\0';
	return out.full ? -1 : found;
}

int rprof_name_start(void)
{
	const char *chosen = secure_getenv("RUCHY_PROF_FILE");
	if (chosen == NULL || chosen[0] == '\0')
		chosen = DEFAULT_PATTERN;
	size_t length = strlen(chosen);
	if (length >= sizeof(pattern)) {
		memcpy(pattern, chosen, sizeof(pattern) - 1);
		return ENAMETOOLONG;
	}
	memcpy(pattern, chosen, length + 1);
	directory[0] = '\0';
	if (pattern[0] == '/')
		return 0;
	if (getcwd(directory, sizeof(directory) - 1) == NULL) {
		directory[0] = '\0';
		return errno;
	}
	size_t used = strlen(directory);
	directory[used] = '/'; /* room was left above */
	directory[used + 1] = '\0';
	return 0;
}

/* The whole path for one count; `with_pid` and `suffix` (0 = none) make a fixed name unique. Specifiers found, or -1. */
static int make_path(char path[PATH_MAX], uint64_t count, bool with_pid, uint64_t suffix)
{
	size_t used = strlen(directory);
	memcpy(path, directory, used + 1);
	int found = rprof_name_expand(pattern, (uint64_t)getpid(), count, path + used, PATH_MAX - used);
	if (found < 0)
		return -1;
	struct out out = {.at = path + strlen(path), .end = path + PATH_MAX};
	if (with_pid) {
		put_text(&out, ".");
		put_number(&out, (uint64_t)getpid());
	}
	if (suffix > 0) {
		put_text(&out, ".");
		put_number(&out, suffix);
	}
	*out.at = '\0';
	return out.full ? -1 : found;
}

/* A new file, locked. EEXIST as well when another process came between and locked it first: then it is theirs. */
static int create(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
		close(fd);
		errno = EEXIST;
		return -1;
	}
	return fd;
}

enum content { CONTENT_EMPTY, CONTENT_BEGUN, CONTENT_RAW, CONTENT_FOREIGN };

/* Begun: space without a header, as a raw file is for a moment. */
static enum content look(int fd, struct rprof_raw_header *header)
{
	static const uint8_t nothing[sizeof(header->magic)];
	ssize_t size = pread(fd, header, sizeof(*header), 0);
	if (size == 0)
		return CONTENT_EMPTY;
	if (size != (ssize_t)sizeof(*header))
		return CONTENT_FOREIGN;
	if (memcmp(header->magic, RPROF_RAW_MAGIC, sizeof(header->magic)) == 0)
		return CONTENT_RAW;
	return memcmp(header->magic, nothing, sizeof(nothing)) == 0 ? CONTENT_BEGUN : CONTENT_FOREIGN;
}

enum old { OLD_FREE, OLD_IN_USE, OLD_FOREIGN };

/* What is the file behind `fd`? Free: empty or a raw file of another process, and this lock says that nobody writes to it. */
static enum old judge(int fd, const char *path)
{
	struct stat held, named;
	struct rprof_raw_header header;
	if (fstat(fd, &held) != 0 || !S_ISREG(held.st_mode) || look(fd, &header) == CONTENT_FOREIGN)
		return OLD_FOREIGN;
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		return OLD_IN_USE;
	/* Again: its writer may have gone on until the lock was free. */
	enum content content = look(fd, &header);
	if (content == CONTENT_BEGUN || content == CONTENT_FOREIGN)
		return OLD_FOREIGN;
	if (content == CONTENT_RAW && header.pid == (uint64_t)getpid())
		return OLD_IN_USE; /* written by this process before it called exec */
	if (lstat(path, &named) != 0 || named.st_dev != held.st_dev || named.st_ino != held.st_ino)
		return OLD_IN_USE; /* replaced by another process since it was opened */
	return OLD_FREE;
}

/* The first free name of those that count up: %n itself, or a suffix. */
static int create_first_free(char path[PATH_MAX], bool counted, bool with_pid)
{
	for (uint64_t i = 0; i < MOST_TRIES; i++) {
		if (make_path(path, i + 1, with_pid, counted ? 0 : i) < 0) {
			errno = ENAMETOOLONG;
			return -1;
		}
		int fd = create(path);
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return -1;
}

/* A new file in the place of `path`, which is free: its old content goes only once the new file has space. */
static int create_instead(char path[PATH_MAX])
{
	static char fixed[PATH_MAX]; /* callers hold the lock; a thread's stack may be small */
	memcpy(fixed, path, sizeof(fixed));
	int fd = create_first_free(path, false, true);
	if (fd < 0)
		return -1;
	int error = rprof_file_reserve(fd, 0, (uint64_t)sysconf(_SC_PAGESIZE));
	if (error == 0 && rename(path, fixed) != 0)
		error = errno;
	if (error != 0) {
		unlink(path);
		close(fd);
		fd = -1;
	}
	memcpy(path, fixed, sizeof(fixed));
	errno = error;
	return fd;
}

/* A fixed name that exists already: replace it, stay beside it, or refuse. */
static int create_over(char path[PATH_MAX])
{
	int old = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (old < 0)
		return -1;
	enum old found = judge(old, path);
	int fd = -1;
	errno = EEXIST;
	if (found == OLD_FREE)
		fd = create_instead(path); /* while `old` is locked, nobody else decides the same about it */
	else if (found == OLD_IN_USE)
		fd = create_first_free(path, false, true);
	int error = errno;
	close(old);
	errno = error;
	return fd;
}

int rprof_name_create(char path[PATH_MAX], bool forked)
{
	int found = make_path(path, 1, false, 0);
	if (found < 0) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (found & RPROF_HAS_COUNT)
		return create_first_free(path, true, false);
	if (found & RPROF_HAS_PID)
		return create_first_free(path, false, false);
	if (forked)
		return create_first_free(path, false, true);
	int fd = create(path);
	return fd >= 0 || errno != EEXIST ? fd : create_over(path);
}
