/*
 * rprof_file.c - the raw file and its shared mappings.
 *
 * The kernel keeps the pages of a killed process, so what was counted is in the file at any moment. Disk space is reserved before
 * it is mapped: a store into a mapping without space behind it would be a SIGBUS in the middle of the user's program.
 * Everything here runs under the lock of rprof_thread.c, with all signals blocked.
 */
#include "rprof_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define STEP	65536u /* space is reserved in such steps where there is enough: fewer calls */
#define HIGH_FD 100    /* out of the way: the program's own files get the numbers that they get without us */

static struct {
	struct rprof_raw_header *header; /* NULL: not recording */
	int fd;
	dev_t device;
	ino_t inode;
	uint64_t page;
	uint64_t reserved; /* bytes of the file that have disk space */
	bool said;	   /* one line per process */
} file = {.fd = -1};
static char path[PATH_MAX];

_Static_assert(sizeof(struct rprof_raw_chunk) == 64, "the payload of a chunk follows at 64 bytes");
_Static_assert(sizeof(struct rprof_raw_header) <= 4096, "the header fits the smallest page");

static const char *describe(int error)
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 32)
	/* strerror() may translate and so allocate, which is not safe after a fork. */
	const char *text = strerrordesc_np(error);
	return text != NULL ? text : "unknown error";
#else
	return strerror(error);
#endif
}

/* The one line. write() and no stdio: the program's buffers are its own. */
static void say(const char *what, int error)
{
	char line[PATH_MAX + 256];
	size_t used = 0;
	const char *const parts[] = {"ruchy-prof: ", what, ": ", path, ": ", describe(error)};
	if (file.said)
		return;
	file.said = true;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		for (const char *p = parts[i]; *p != '\0' && used < sizeof(line) - 1; p++)
			line[used++] = *p == '\n' ? '?' : *p;
	line[used++] = '\n';
	if (write(STDERR_FILENO, line, used) < 0)
		return; /* nobody is left to be told */
}

int rprof_file_reserve(int fd, uint64_t offset, uint64_t length)
{
	struct rlimit limit;
	if (offset > INT64_MAX || length > INT64_MAX - offset)
		return EFBIG;
	/* Beyond the limit the kernel would send SIGXFSZ, which kills. */
	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && offset + length > limit.rlim_cur)
		return EFBIG;
	return posix_fallocate(fd, (off_t)offset, (off_t)length);
}

static bool is_ours(int fd)
{
	struct stat now;
	return fstat(fd, &now) == 0 && now.st_dev == file.device && now.st_ino == file.inode;
}

/* A program may close descriptors that it did not open and get our number for a file of its own: never write to that. */
static bool have_fd(void)
{
	if (is_ours(file.fd))
		return true;
	file.fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (file.fd >= 0 && is_ours(file.fd))
		return true;
	if (file.fd >= 0)
		close(file.fd);
	file.fd = -1;
	return false;
}

static void *map(uint64_t offset, uint64_t length)
{
	void *at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, file.fd, (off_t)offset);
	return at == MAP_FAILED ? NULL : at;
}

static void fill_header(struct rprof_raw_header *header, struct rprof_pair start)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	header->version = RPROF_RAW_VERSION;
	header->page = (uint32_t)file.page;
	header->clock = rprof_clock_kind();
	header->state = RPROF_RUNNING;
	header->first = file.page;
	header->end = file.page;
	header->pid = (uint64_t)getpid();
	header->start_realtime_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	header->start_ticks = header->last_ticks = start.ticks;
	header->start_ns = header->last_ns = start.ns;
	header->ticks_per_second = rprof_clock_rate();
	memcpy(header->magic, RPROF_RAW_MAGIC, sizeof(header->magic));
}

/* At least `length` bytes of space behind `end`, `step` where there is that much; 0 or an errno. */
static int reserve_to(int fd, uint64_t end, uint64_t length, uint64_t step)
{
	if (step < length)
		step = length;
	if (end + length <= file.reserved)
		return 0;
	int error = rprof_file_reserve(fd, end, step);
	if (error != 0)
		error = rprof_file_reserve(fd, end, step = length);
	if (error == 0)
		file.reserved = end + step;
	return error;
}

/*
 * The header of the new file behind `fd`, mapped; NULL with errno. `room` is what will be asked for next: most programs need no more, and
 * file systems take time by the byte that is reserved or read ahead.
 */
static struct rprof_raw_header *map_header(int fd, uint64_t room)
{
	struct stat now;
	file.reserved = 0;
	int error = reserve_to(fd, 0, file.page, file.page + room);
	if (error != 0) {
		errno = error;
		return NULL;
	}
	if (fstat(fd, &now) != 0)
		return NULL;
	file.fd = fd;
	file.device = now.st_dev;
	file.inode = now.st_ino;
	return map(0, file.page);
}

/* Bytes of the first two chunks, whose payloads are as long as that. */
static uint64_t first_room(uint64_t table, uint64_t thread)
{
	if (thread == 0 || table > STEP || thread > STEP)
		return STEP;
	return rprof_file_chunk_length(table) + rprof_file_chunk_length(thread);
}

/* 0 or an errno. */
static int create(bool forked, uint64_t room)
{
	struct rprof_pair start = rprof_clock_pair();
	int fd = rprof_name_create(path, forked);
	if (fd < 0)
		return errno;
	int high = fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD);
	if (high >= 0) {
		close(fd);
		fd = high;
	}
	struct rprof_raw_header *header = map_header(fd, room);
	if (header == NULL) {
		int error = errno;
		unlink(path); /* new, and of no use */
		close(fd);
		file.fd = -1;
		return error;
	}
	fill_header(header, start);
	file.header = header;
	return 0;
}

bool rprof_file_start(bool forked, uint64_t table, uint64_t thread)
{
	long page = sysconf(_SC_PAGESIZE);
	file.page = page < 4096 ? 4096 : (uint64_t)page;
	int error = forked ? 0 : rprof_name_start();
	if (error == 0)
		error = create(forked, first_room(table, thread));
	if (error != 0)
		say("not recording", error);
	return error == 0;
}

bool rprof_file_leave(void)
{
	if (file.header == NULL)
		return false;
	munmap(file.header, file.page);
	file.header = NULL;
	if (is_ours(file.fd))
		close(file.fd);
	file.fd = -1;
	return true;
}

bool rprof_file_recording(void)
{
	return file.header != NULL;
}

uint64_t rprof_file_chunk_length(uint64_t size)
{
	return (sizeof(struct rprof_raw_chunk) + size + file.page - 1) / file.page * file.page;
}

/* Space for a chunk behind the last one; 0 or an errno. */
static int grow(uint64_t length)
{
	return have_fd() ? reserve_to(file.fd, file.header->end, length, STEP) : EBADF;
}

void rprof_file_publish(uint64_t length)
{
	__atomic_store_n(&file.header->end, file.header->end + length, __ATOMIC_RELEASE);
}

static bool write_rest(const uint8_t *from, uint64_t size, uint64_t offset)
{
	while (size > 0) {
		ssize_t wrote = pwrite(file.fd, from, size, (off_t)offset);
		if (wrote <= 0)
			return false;
		from += wrote;
		offset += (uint64_t)wrote;
		size -= (uint64_t)wrote;
	}
	return true;
}

/* Whole, head and payload: it costs no resident memory, as a mapping would. */
static bool write_table(const struct rprof_raw_chunk *head, const struct rprof_program *table)
{
	const struct iovec parts[] = {
	    {.iov_base = (void *)head, .iov_len = sizeof(*head)},
	    {.iov_base = (void *)table->table, .iov_len = head->size},
	};
	uint64_t at = file.header->end;
	ssize_t wrote = pwritev(file.fd, parts, 2, (off_t)at);
	if (wrote < (ssize_t)sizeof(*head))
		return false;
	uint64_t done = (uint64_t)wrote - sizeof(*head);
	return write_rest(table->table + done, head->size - done, at + (uint64_t)wrote);
}

bool rprof_file_add_table(uint32_t program, const struct rprof_program *table)
{
	if (table->table_size > INT64_MAX / 2) {
		say("not recording", EFBIG);
		return false;
	}
	const struct rprof_raw_chunk head = {
	    .kind = RPROF_CHUNK_TABLE,
	    .program = program,
	    .length = rprof_file_chunk_length(table->table_size),
	    .size = table->table_size,
	};
	int error = grow(head.length);
	errno = 0;
	if (error == 0 && !write_table(&head, table))
		error = errno != 0 ? errno : EIO;
	if (error != 0) {
		say("not recording", error);
		return false;
	}
	rprof_file_publish(head.length);
	return true;
}

struct rprof_raw_chunk *rprof_file_map_thread(uint32_t program, uint64_t size)
{
	return rprof_file_map_chunk(RPROF_CHUNK_THREAD, program, size);
}

struct rprof_raw_chunk *rprof_file_map_chunk(uint32_t kind, uint32_t program, uint64_t size)
{
	uint64_t length = rprof_file_chunk_length(size);
	int error = grow(length);
	struct rprof_raw_chunk *chunk = error == 0 ? map(file.header->end, length) : NULL;
	if (chunk == NULL) {
		say("not recording all threads", error != 0 ? error : errno);
		return NULL;
	}
	chunk->kind = kind;
	chunk->program = program;
	chunk->length = length;
	chunk->size = size;
	return chunk;
}

void rprof_file_lost_thread(void)
{
	if (file.header != NULL)
		file.header->lost_threads++;
}

void rprof_file_mark(void)
{
	if (file.header == NULL)
		return;
	struct rprof_pair now = rprof_clock_pair();
	file.header->last_ticks = now.ticks;
	file.header->last_ns = now.ns;
}

void rprof_file_mark_exit(void)
{
	rprof_file_mark();
	if (file.header != NULL)
		file.header->state = RPROF_EXITED;
}

uint64_t rprof_file_ticks_in(uint64_t ns)
{
	uint64_t rate = rprof_clock_rate();
	if (rate != 0)
		return (uint64_t)((double)ns * (double)rate / 1e9);
	if (file.header == NULL)
		return ns; /* nothing is recorded: any number will do */
	struct rprof_pair now = rprof_clock_pair();
	uint64_t passed_ns = now.ns - file.header->start_ns;
	uint64_t passed = now.ticks - file.header->start_ticks;
	return passed_ns == 0 ? ns : (uint64_t)((double)ns * (double)passed / (double)passed_ns);
}
